"""Facebook and Instagram through the real python-facebook-api: comments, limits, threads, re-checks, replies."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.base import AuthFailed, Budget, Misconfigured, RetryAt, SourceError, Transient
from sources.meta import Facebook, Instagram
from sources.meta.edge import COUNTS
from sources.meta.facebook import FacebookOptions
from sources.meta.instagram import InstagramOptions
from sources.meta.posts import read_batch, read_comment, read_facebook, read_medium
from sources.threads import Refused
from tests.platforms import Platforms
from tests.platforms.meta import ACCOUNT, OWN, PAGE
from tests.sources.keeper import Keeper
from tests.sources.test_chaos import SEEDS, Faults, Storm

Make = Callable[..., Any]
RECORDED = Path(__file__).parents[3] / "shared" / "recorded" / "facebook_instagram" / "python-facebook"


@pytest.fixture
def make_facebook(platforms: Platforms) -> Make:
    def make(credentials: dict[str, str] | None = None, **options: Any) -> Facebook:
        given = {"page": PAGE, **platforms.facebook_options, **options}
        return Facebook(FacebookOptions(**given), credentials or platforms.meta_credentials, platforms.clock.now)

    return make


@pytest.fixture
def make_instagram(platforms: Platforms) -> Make:
    def make(**options: Any) -> Instagram:
        given = {"account": ACCOUNT, "handle": f"@{OWN}", **platforms.instagram_options, **options}
        return Instagram(InstagramOptions(**given), platforms.meta_credentials, platforms.clock.now)

    return make


def paths(platforms: Platforms, name: str) -> list[str]:
    return [each.path.rpartition("/")[2] for each in platforms.all[name].requests]


class TestFacebook:
    def test_all_that_others_wrote_on_the_page(self, platforms: Platforms, make_facebook: Make) -> None:
        ours = platforms.facebook.post("Fly with us", author=OWN)
        visitor = platforms.facebook.post("where is my bag?")
        comment = platforms.facebook.post("late again", thread=ours)
        platforms.facebook.post("sorry!", author=OWN, parent=comment)
        answer = platforms.facebook.post("thanks", parent=comment)
        keeper = Keeper()
        keeper.poll(make_facebook())
        assert set(keeper.posts) == {visitor, comment, answer}
        found = {id: (post.in_reply_to, post.thread_id) for id, post in keeper.posts.items()}
        assert found == {visitor: (None, visitor), comment: (ours, ours), answer: (comment, ours)}

    def test_only_posts_that_changed_are_read_and_only_down_to_what_is_known(
        self, platforms: Platforms, make_facebook: Make
    ) -> None:
        busy, quiet = (platforms.facebook.post("Fly with us", author=OWN) for _ in range(2))
        now = platforms.clock.now()
        for number in range(250):
            platforms.facebook.post(f"comment {number}", thread=busy, at=now - timedelta(minutes=250 - number))
        platforms.facebook.post("quiet", thread=quiet)
        keeper = Keeper()
        keeper.poll(make_facebook())
        assert len(keeper.posts) == 251
        platforms.clock.advance(hours=6)
        platforms.facebook.requests.clear()
        keeper.poll(make_facebook())
        assert paths(platforms, "facebook") == ["feed"]
        new = platforms.facebook.post("me too", thread=busy)
        platforms.facebook.requests.clear()
        keeper.poll(make_facebook())
        assert paths(platforms, "facebook") == ["feed", "comments"]
        assert new in keeper.posts

    def test_a_thread_is_read_from_any_of_its_comments(self, platforms: Platforms, make_facebook: Make) -> None:
        now = platforms.clock.now()
        ours = platforms.facebook.post("Fly with us", author=OWN, at=now - timedelta(minutes=3))
        comment = platforms.facebook.post("late again", thread=ours, at=now - timedelta(minutes=2))
        answer = platforms.facebook.post("sorry!", author=OWN, parent=comment, at=now - timedelta(minutes=1))
        for post_id, thread_id in ((comment, ours), (answer, None), (ours, None)):
            assert [post.id for post in make_facebook().thread(post_id, thread_id)] == [ours, comment, answer]

    def test_a_comment_is_read_alone_where_its_post_is_not_shown(
        self, platforms: Platforms, make_facebook: Make
    ) -> None:
        ours = platforms.facebook.post("Fly with us", author=OWN)
        comment = platforms.facebook.post("late again", thread=ours)
        del platforms.facebook.items[ours]
        assert [post.id for post in make_facebook().thread(comment, ours)] == [comment]

    def test_deleted_ones_are_found_among_a_hundred(self, platforms: Platforms, make_facebook: Make) -> None:
        ids = [platforms.facebook.post(f"bag {number}") for number in range(100)]
        gone = {ids[3], ids[71]}
        for id in gone:
            platforms.facebook.delete(id)
        found = make_facebook().recheck(ids)
        assert {id for id, post in found.items() if post is None} == gone
        assert len(found) == 100

    def test_a_page_that_is_closed_to_us_purges_nothing(self, platforms: Platforms, make_facebook: Make) -> None:
        id = platforms.facebook.post("bag")
        platforms.facebook.open = False
        with pytest.raises(Refused):
            make_facebook().recheck([id])

    def test_the_page_replies(self, platforms: Platforms, make_facebook: Make) -> None:
        to = platforms.facebook.post("where is my bag?")
        receipt = make_facebook().reply(to, "We are on it.")
        assert platforms.facebook.replies == [{"id": receipt.id, "to": to, "text": "We are on it."}]

    @pytest.mark.parametrize("body", [{}, {"id": None}])
    def test_an_answer_without_the_reply_leaves_it_open(
        self, platforms: Platforms, make_facebook: Make, body: dict[str, Any]
    ) -> None:
        platforms.facebook.fail("200", body=body)
        with pytest.raises(Transient, match="without saying under which id"):
            make_facebook().reply("1", "We are on it.")


class TestInstagram:
    def test_comments_and_their_answers(self, platforms: Platforms, make_instagram: Make) -> None:
        comment = platforms.instagram.post("is it late?")
        platforms.instagram.post("no", author=OWN, parent=comment)
        keeper = Keeper()
        keeper.poll(make_instagram())
        answer = platforms.instagram.post("it was", parent=comment)
        keeper.poll(make_instagram())
        assert set(keeper.posts) == {comment, answer}
        assert keeper.posts[answer].in_reply_to == comment
        assert keeper.posts[answer].thread_id == platforms.instagram.medium

    def test_a_medium_whose_comments_did_not_change_costs_nothing(
        self, platforms: Platforms, make_instagram: Make
    ) -> None:
        platforms.instagram.post("is it late?")
        platforms.instagram.post_medium("without comments")
        keeper = Keeper()
        keeper.poll(make_instagram())
        keeper.poll(make_instagram())
        assert paths(platforms, "instagram") == ["media", "comments", "media"]

    def test_answers_beyond_those_sent_along_are_told(self, platforms: Platforms, make_instagram: Make) -> None:
        comment = platforms.instagram.post("is it late?")
        for number in range(21):
            platforms.instagram.post(f"answer {number}", parent=comment)
        keeper = Keeper()
        keeper.poll(make_instagram())
        assert f"{comment}: it has more than 20 answers" in keeper.gaps[0].reason

    def test_a_thread_is_the_medium_with_its_comments(self, platforms: Platforms, make_instagram: Make) -> None:
        comment = platforms.instagram.post("is it late?")
        answer = platforms.instagram.post("no", author=OWN, parent=comment)
        for thread_id in (platforms.instagram.medium, None):
            thread = [post.id for post in make_instagram().thread(answer, thread_id)]
            assert thread == [platforms.instagram.medium, comment, answer]

    def test_the_account_replies_to_a_comment(self, platforms: Platforms, make_instagram: Make) -> None:
        to = platforms.instagram.post("is it late?")
        receipt = make_instagram().reply(to, "No.")
        assert platforms.instagram.replies == [{"id": receipt.id, "to": to, "text": "No."}]


class TestErrors:
    @pytest.mark.parametrize(
        ("fault", "detail", "error", "words"),
        [
            ("400", {"code": 190}, AuthFailed, "refused our token"),
            ("403", {"code": 10}, AuthFailed, "does not allow this to our app"),
            ("403", {"code": 200}, AuthFailed, "does not allow this to our app"),
            ("400", {"code": 4}, RetryAt, "asks us to wait"),
            ("400", {"code": 80_001, "minutes": 19}, RetryAt, "asks us to wait"),
            ("429", {"raw": "slow down"}, RetryAt, "asks us to wait"),
            ("500", {}, Transient, "trouble of its own"),
            ("400", {"code": 2}, Transient, "trouble of its own"),
            ("400", {"code": 803}, Refused, "does not show this"),
            ("400", {"code": 100}, Misconfigured, "refused the request"),
            ("400", {"raw": "<html>"}, Misconfigured, r"\(status 400\)"),
            ("html", {}, Transient, "not JSON"),
            ("drop", {}, Transient, "cut short"),
            ("200", {"body": []}, Transient, "unknown form"),
            ("200", {"body": {"error": "busy"}}, Transient, "unknown form"),
            ("200", {"raw": "{}"}, Transient, "does not call JSON"),
            ("200", {"body": {}}, Transient, "without a list"),
        ],
    )
    def test_every_answer_has_its_sentence(
        self,
        platforms: Platforms,
        make_facebook: Make,
        fault: str,
        detail: dict[str, Any],
        error: type[SourceError],
        words: str,
    ) -> None:
        platforms.facebook.post("bag")
        platforms.facebook.fail(fault, **detail)
        keeper = Keeper()
        with pytest.raises(error, match=words) as caught:
            keeper.poll(make_facebook())
        if isinstance(caught.value, RetryAt):
            wait = caught.value.when - platforms.clock.now()
            assert abs(wait - timedelta(minutes=detail.get("minutes", 15))) < timedelta(seconds=3)
        keeper.poll(make_facebook())
        assert len(keeper.posts) == 1

    @pytest.mark.parametrize("name", ["facebook", "instagram"])
    @pytest.mark.parametrize("body", ["{}", '{"data": []}'])
    def test_a_recheck_has_the_same_errors(
        self, platforms: Platforms, make_facebook: Make, make_instagram: Make, name: str, body: str
    ) -> None:
        """An answer that does not call itself JSON is an error of python-facebook-api's own."""
        id = platforms.facebook.post("bag") if name == "facebook" else platforms.instagram.post("bag")
        source = (make_facebook if name == "facebook" else make_instagram)()
        platforms.all[name].fail("200", raw=body)
        with pytest.raises(Transient, match="does not call JSON"):
            source.recheck([id])
        assert source.recheck([id])[id].text == "bag"

    @pytest.mark.parametrize("name", ["facebook", "instagram"])
    @pytest.mark.parametrize("body", [{}, {"id": "1"}, {"id": "1", "created_time": 7, "timestamp": "soon", "text": ""}])
    def test_a_thread_of_another_form_is_trouble_of_the_platform(
        self, platforms: Platforms, make_facebook: Make, make_instagram: Make, name: str, body: dict[str, Any]
    ) -> None:
        source = (make_facebook if name == "facebook" else make_instagram)()
        for thread_id in ("1", None):
            platforms.all[name].fail("200", body=body)
            with pytest.raises(Transient, match="without what we asked for"):
                source.thread("1", thread_id)

    @pytest.mark.parametrize("usage", ['{"new_count": 7}', "[]", "7", "{"])
    @pytest.mark.parametrize("header", COUNTS)
    def test_a_usage_header_of_another_form_changes_nothing(
        self, platforms: Platforms, make_facebook: Make, header: str, usage: str
    ) -> None:
        given = {"Content-Type": "application/json", header: usage}
        platforms.facebook.fail("200", raw='{"data": []}', headers=given)
        Keeper().poll(make_facebook())

    def test_a_wrong_token_is_told_without_showing_it(self, make_facebook: Make) -> None:
        with pytest.raises(AuthFailed) as caught:
            Keeper().poll(make_facebook({"access_token": "who-knows"}))
        assert "who-knows" not in str(caught.value)

    def test_a_server_that_hangs_is_given_up(self, platforms: Platforms, make_instagram: Make) -> None:
        platforms.instagram.fail("hang", seconds=1.5)
        began = time.monotonic()
        with pytest.raises(Transient, match=r"Instagram did not answer within 0\.2 seconds"):
            Keeper().poll(make_instagram(timeout=0.2))
        assert time.monotonic() - began < 1

    def test_a_cursor_that_expired_begins_the_pass_again(self, platforms: Platforms, make_facebook: Make) -> None:
        ids = {platforms.facebook.post(f"bag {number}") for number in range(150)}
        keeper = Keeper()
        keeper.poll(make_facebook(), Budget(requests=1))
        platforms.facebook.expire_tokens()
        keeper.poll(make_facebook())
        assert set(keeper.posts) == ids


class Commenting(Storm):
    """Two posts of three are comments."""

    def post_some(self) -> None:
        place = "thread" if self.platform.name == "facebook" else "parent"
        for _ in range(self.dice.choice(self.bursts)):
            self.posted += 1
            threads = sorted(id for id in self.expected if not getattr(self.platform.items[id], place))
            chosen = self.dice.choice(threads) if threads and self.dice.random() < 0.67 else ""
            late = self.dice.uniform(0, 240) if self.dice.random() < 0.1 else 0
            self.expected.add(self.platform.post(f"aurora air {self.posted}", late=late, **{place: chosen}))

    def change_one(self) -> None:
        super().change_one()
        self.expected &= set(self.platform.items)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", ["facebook", "instagram"])
def test_nothing_is_lost_in_a_storm(
    seed: int, name: str, platforms: Platforms, make_facebook: Make, make_instagram: Make
) -> None:
    faults: Faults = {"400": {"code": 2}, "500": {}, "503": {}, "html": {}, "drop": {}, "403": {"code": 4}}
    make = make_facebook if name == "facebook" else make_instagram
    storm, keeper = Commenting(platforms.all[name], faults, seed, bursts=(0, 2, 8, 20)), Keeper()
    storm.rage(make, keeper)
    platforms.clock.advance(days=1)
    storm.calm(make, keeper)
    assert storm.expected - set(keeper.posts) == set()
    assert len(keeper.posts) == len(keeper.texts)
    assert all("more than 20 answers" in gap.reason for gap in keeper.gaps)


@pytest.mark.parametrize(
    ("pattern", "read"),
    [
        ("feed*p[12].json", lambda item: read_facebook(item, "4")),
        ("comments_info.json", lambda item: read_facebook(item, "19292868552")),
        ("medias_fields.json", read_medium),
        ("tagged_medias.json", read_medium),
        ("testdata__instagram__apidata__*comments_p*.json", read_comment),
        ("comments_fields.json", read_comment),
        ("replies.json", read_comment),
    ],
)
def test_recorded_answers_are_read_whole(pattern: str, read: Any) -> None:
    if not RECORDED.is_dir():
        pytest.skip("the recordings of ../shared/recorded are not here")
    files = sorted(RECORDED.glob(pattern))
    assert files
    for path in files:
        body = json.loads(path.read_text())
        found = body["data"] if "data" in body else list(body.values())
        batch = read_batch(found, read)
        assert batch.unread == []
        assert len(batch.posts) == len(found) > 0


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "data"]), inner, max_size=2),
    max_leaves=8,
)
NAMES = ["id", "message", "text", "created_time", "timestamp", "from", "parent", "media", "permalink", "username"]


@given(st.lists(st.dictionaries(st.sampled_from(NAMES), json_values, min_size=1), max_size=3))
def test_any_json_gives_a_post_or_a_reason_for_each_item(items: list[dict[str, Any]]) -> None:
    for read in (read_medium, read_comment, lambda item: read_facebook(item, PAGE)):
        batch = read_batch(items, read)
        assert len(batch.posts) + len(batch.unread) == len(items)

"""YouTube through the real python-youtube: threads and their answers, the quota, closed videos, re-checks."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sources.base import AuthFailed, Budget, Misconfigured, RetryAt, SourceError, Transient
from sources.youtube import YouTube
from sources.youtube.edge import next_midnight
from sources.youtube.source import YouTubeOptions, clean_channel, clean_video
from tests.platforms import Platforms
from tests.platforms.youtube import CHANNEL, VIDEO
from tests.sources.conftest import BRAND
from tests.sources.keeper import Keeper
from tests.sources.test_chaos import SEEDS, Faults, Storm

MakeYouTube = Callable[..., YouTube]
OTHER = "another-vid"


@pytest.fixture
def make_youtube(platforms: Platforms) -> MakeYouTube:
    """Builds a YouTube source; its arguments are options, `credentials` apart."""

    def make(credentials: dict[str, str] | None = None, **options: Any) -> YouTube:
        given = {**BRAND, "videos": [VIDEO], **platforms.youtube_options, **options}
        return YouTube(YouTubeOptions(**given), credentials or platforms.youtube_credentials, platforms.clock.now)

    return make


def comment_many(platforms: Platforms, count: int, **where: Any) -> list[str]:
    """Comments a second apart, oldest first, the newest now."""
    now = platforms.clock.now()
    times = [now - timedelta(seconds=count - number) for number in range(count)]
    return [platforms.youtube.post(f"aurora air {number}", at=at, **where) for number, at in enumerate(times)]


def paths(platforms: Platforms) -> list[str]:
    return [each.path.removeprefix("/youtube/v3/") for each in platforms.youtube.requests]


class TestFetch:
    def test_what_names_the_brand_is_kept(self, platforms: Platforms, make_youtube: MakeYouTube) -> None:
        first = platforms.youtube.post("my bag is gone")
        named = platforms.youtube.post("with Aurora  Air & co?\n<b>", parent=first)
        keeper = Keeper()
        keeper.poll(make_youtube())
        (post,) = keeper.posts.values()
        assert (post.id, post.text) == (named, "with Aurora  Air & co?\n<b>".replace("  ", " "))
        assert (post.in_reply_to, post.thread_id) == (first, first)
        assert post.author
        assert (post.author.id, post.author.handle) == ("UCann", "ann")
        assert post.url == f"https://www.youtube.com/watch?v={VIDEO}&lc={named}"

    def test_everything_of_a_channel(self, platforms: Platforms, make_youtube: MakeYouTube) -> None:
        platforms.youtube.videos |= {OTHER: CHANNEL, "not-of-ours": "UCsomebody"}
        both = {platforms.youtube.post("first!"), platforms.youtube.post("second", video=OTHER)}
        platforms.youtube.post("third", video="not-of-ours")
        keeper = Keeper()
        keeper.poll(make_youtube(videos=[], channels=[CHANNEL], everything=True, terms=[]))
        assert set(keeper.posts) == both

    def test_the_first_poll_looks_back_as_far_as_it_is_told(
        self, platforms: Platforms, make_youtube: MakeYouTube
    ) -> None:
        now = platforms.clock.now()
        old, new = (platforms.youtube.post("aurora air", at=now - timedelta(hours=age)) for age in (30, 20))
        answer = platforms.youtube.post("aurora air", parent=old, at=now - timedelta(hours=2))
        keeper = Keeper()
        keeper.poll(make_youtube())
        assert set(keeper.posts) == {new, answer}

    def test_new_answers_to_a_known_thread_are_found(self, platforms: Platforms, make_youtube: MakeYouTube) -> None:
        first = platforms.youtube.post("aurora air is late")
        keeper = Keeper()
        keeper.poll(make_youtube())
        for number in range(130):
            platforms.clock.advance(60)
            platforms.youtube.post(f"aurora air indeed {number}", parent=first)
        platforms.youtube.requests.clear()
        keeper.poll(make_youtube())
        assert len(keeper.posts) == 131
        assert paths(platforms) == ["commentThreads", "comments", "comments"]

    def test_answers_that_are_known_cost_nothing_again(self, platforms: Platforms, make_youtube: MakeYouTube) -> None:
        first = platforms.youtube.post("aurora air is late")
        for number in range(30):
            platforms.youtube.post(f"aurora air {number}", parent=first)
        keeper = Keeper()
        keeper.poll(make_youtube())
        platforms.youtube.requests.clear()
        keeper.poll(make_youtube())
        assert paths(platforms) == ["commentThreads"]
        assert len(keeper.posts) == 31

    def test_an_answer_that_came_while_another_went_is_found_within_a_day(
        self, platforms: Platforms, make_youtube: MakeYouTube
    ) -> None:
        first = platforms.youtube.post("aurora air is late")
        answers = [platforms.youtube.post(f"aurora air {number}", parent=first) for number in range(10)]
        keeper = Keeper()
        keeper.poll(make_youtube())
        platforms.youtube.delete(answers[9])
        swapped = platforms.youtube.post("aurora air again", parent=first)
        platforms.clock.advance(hours=23)
        keeper.poll(make_youtube())
        assert swapped not in keeper.posts
        platforms.clock.advance(hours=2)
        keeper.poll(make_youtube())
        assert swapped in keeper.posts

    def test_a_token_that_expired_begins_the_pass_again(self, platforms: Platforms, make_youtube: MakeYouTube) -> None:
        ids = comment_many(platforms, 250)
        keeper = Keeper()
        keeper.poll(make_youtube(), Budget(requests=1))
        platforms.youtube.expire_tokens()
        keeper.poll(make_youtube())
        assert set(keeper.posts) == set(ids)

    def test_so_does_a_token_of_answers(self, platforms: Platforms, make_youtube: MakeYouTube) -> None:
        first = platforms.youtube.post("aurora air")
        answers = {platforms.youtube.post(f"aurora air {number}", parent=first) for number in range(150)}
        keeper = Keeper()
        keeper.poll(make_youtube(), Budget(requests=2))
        platforms.youtube.expire_tokens()
        keeper.poll(make_youtube())
        assert set(keeper.posts) == {first, *answers}

    def test_a_thread_deleted_before_its_answers_were_read(
        self, platforms: Platforms, make_youtube: MakeYouTube
    ) -> None:
        first = platforms.youtube.post("aurora air")
        for number in range(10):
            platforms.youtube.post(f"aurora air {number}", parent=first)
        keeper = Keeper()
        keeper.poll(make_youtube(), Budget(requests=1))
        platforms.youtube.delete(first)
        kept = platforms.youtube.post("aurora air again")
        keeper.poll(make_youtube())
        assert kept in keeper.posts
        assert "top" not in keeper.cursor[f"video {VIDEO}"]

    def test_all_listings_get_their_turn_of_a_small_budget(
        self, platforms: Platforms, make_youtube: MakeYouTube
    ) -> None:
        platforms.youtube.videos[OTHER] = CHANNEL
        both = {platforms.youtube.post("aurora air"), platforms.youtube.post("aurora air", video=OTHER)}
        keeper = Keeper()
        for _ in range(2):
            keeper.poll(make_youtube(videos=[VIDEO, OTHER]), Budget(requests=1))
        assert set(keeper.posts) == both

    def test_each_request_is_a_unit(self, platforms: Platforms, make_youtube: MakeYouTube) -> None:
        comment_many(platforms, 250)
        keeper = Keeper()
        keeper.poll(make_youtube())
        assert keeper.cost.requests == len(platforms.youtube.requests) == 3


class TestClosed:
    def test_a_video_without_comments_is_told_once_and_tried_again(
        self, platforms: Platforms, make_youtube: MakeYouTube
    ) -> None:
        platforms.youtube.videos[OTHER] = CHANNEL
        platforms.youtube.closed[OTHER] = "commentsDisabled"
        platforms.youtube.post("aurora air")
        hidden = platforms.youtube.post("aurora air", video=OTHER)
        keeper = Keeper()
        for _ in range(3):
            keeper.poll(make_youtube(videos=[OTHER, VIDEO]))
        assert [gap.reason.partition(":")[0] for gap in keeper.gaps] == [f"video {OTHER}"]
        assert len(keeper.posts) == 1
        platforms.youtube.closed.clear()
        platforms.clock.advance(hours=2)
        keeper.poll(make_youtube(videos=[OTHER, VIDEO]))
        assert hidden in keeper.posts

    def test_nothing_but_closed_ones_is_a_mistake(self, platforms: Platforms, make_youtube: MakeYouTube) -> None:
        keeper = Keeper()
        for _ in range(2):
            with pytest.raises(Misconfigured, match=f"shows no comments on any of video {OTHER}"):
                keeper.poll(make_youtube(videos=[OTHER]))
        assert len(platforms.youtube.requests) == 1


class TestErrors:
    def test_a_used_up_quota_waits_for_midnight_in_california(
        self, platforms: Platforms, make_youtube: MakeYouTube
    ) -> None:
        comment_many(platforms, 250)
        platforms.youtube.quota = 1
        keeper = Keeper()
        with pytest.raises(RetryAt, match="quota of YouTube is used up") as caught:
            keeper.poll(make_youtube())
        assert caught.value.when == next_midnight(platforms.clock.now())
        platforms.youtube.quota = 10_000
        keeper.poll(make_youtube())
        assert len(keeper.posts) == 250

    @pytest.mark.parametrize(
        ("now", "midnight"),
        [
            (datetime(2026, 11, 21, 7, 59, tzinfo=UTC), datetime(2026, 11, 21, 8, tzinfo=UTC)),
            (datetime(2026, 11, 21, 8, tzinfo=UTC), datetime(2026, 11, 22, 8, tzinfo=UTC)),
            (datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2026, 7, 2, 7, tzinfo=UTC)),
            (datetime(2026, 10, 31, 12, tzinfo=UTC), datetime(2026, 11, 1, 7, tzinfo=UTC)),
        ],
    )
    def test_midnight_moves_with_the_clocks(self, now: datetime, midnight: datetime) -> None:
        assert next_midnight(now) == midnight

    @pytest.mark.parametrize(
        ("fault", "detail", "error", "words"),
        [
            ("403", {"reason": "rateLimitExceeded"}, RetryAt, "asks us to wait"),
            ("429", {}, RetryAt, "asks us to wait"),
            ("403", {"reason": "accessNotConfigured"}, AuthFailed, "refused our key"),
            ("400", {"reason": "keyInvalid"}, AuthFailed, "refused our key"),
            ("401", {"reason": "authError"}, AuthFailed, "refused our key"),
            ("400", {"reason": "processingFailure"}, Transient, "could not process"),
            ("400", {"reason": "invalidPageToken"}, Misconfigured, "token of the page"),
            ("400", {}, Misconfigured, r"refused the request \(status 400\)"),
            ("400", {"raw": "<html>"}, Misconfigured, r"\(status 400\)\."),
            ("400", {"body": {"error": "odd words"}}, Misconfigured, "odd words"),
            ("500", {}, Transient, "trouble of its own"),
            ("html", {}, Transient, "not JSON"),
            ("drop", {}, Transient, "cut short"),
            ("200", {"body": []}, Transient, "unknown form"),
            ("200", {"body": {"error": {}}}, Transient, "unknown form"),
            ("200", {"body": {"pageInfo": {}}}, Transient, "without a list"),
        ],
    )
    def test_every_answer_has_its_sentence(
        self,
        platforms: Platforms,
        make_youtube: MakeYouTube,
        fault: str,
        detail: dict[str, Any],
        error: type[SourceError],
        words: str,
    ) -> None:
        platforms.youtube.post("aurora air")
        platforms.youtube.fail(fault, **detail)
        keeper = Keeper()
        with pytest.raises(error, match=words):
            keeper.poll(make_youtube())
        keeper.poll(make_youtube())
        assert len(keeper.posts) == 1

    def test_a_wrong_key(self, make_youtube: MakeYouTube) -> None:
        with pytest.raises(AuthFailed, match=r"refused our key \(status 400\)") as caught:
            Keeper().poll(make_youtube({"api_key": "who-knows"}))
        assert "who-knows" not in str(caught.value)

    def test_a_server_that_hangs_is_given_up(self, platforms: Platforms, make_youtube: MakeYouTube) -> None:
        platforms.youtube.fail("hang", seconds=1.5)
        began = time.monotonic()
        with pytest.raises(Transient, match=r"did not answer within 0\.2 seconds"):
            Keeper().poll(make_youtube(timeout=0.2))
        assert time.monotonic() - began < 1

    def test_an_odd_comment_is_counted(self, platforms: Platforms, make_youtube: MakeYouTube) -> None:
        platforms.youtube.fail("200", body={"items": [{"id": "x", "snippet": {"topLevelComment": {"id": "x"}}}]})
        keeper = Keeper()
        keeper.poll(make_youtube())
        assert "1 comments from YouTube could not be read" in keeper.gaps[0].reason


class TestOnDemand:
    def test_a_long_thread_is_read_with_its_answers(self, platforms: Platforms, make_youtube: MakeYouTube) -> None:
        first = platforms.youtube.post("my bag is gone", at=platforms.clock.now() - timedelta(days=40))
        answers = [
            platforms.youtube.post(f"answer {n}", parent=first, at=platforms.clock.now() - timedelta(minutes=200 - n))
            for n in range(120)
        ]
        thread = make_youtube().thread(answers[60], None)
        assert [post.id for post in thread] == [first, *answers]

    def test_a_thread_that_is_gone_is_empty(self, platforms: Platforms, make_youtube: MakeYouTube) -> None:
        first = platforms.youtube.post("aurora air")
        platforms.youtube.delete(first)
        assert list(make_youtube().thread(first, first)) == []

    def test_deleted_is_gone_and_edited_is_new(self, platforms: Platforms, make_youtube: MakeYouTube) -> None:
        kept, gone, edited = comment_many(platforms, 3)
        platforms.youtube.delete(gone)
        platforms.clock.advance(60)
        platforms.youtube.edit(edited, "aurora air, corrected")
        found = make_youtube().recheck([kept, gone, edited, "?"])
        assert {id: post and (post.text, post.edited) for id, post in found.items()} == {
            kept: ("aurora air 0", False),
            gone: None,
            edited: ("aurora air, corrected", True),
        }

    def test_ids_are_asked_for_by_the_fifty(self, platforms: Platforms, make_youtube: MakeYouTube) -> None:
        assert len(make_youtube().recheck(comment_many(platforms, 120))) == 120
        assert [len(each.params["id"].split(",")) for each in platforms.youtube.requests] == [50, 50, 20]


class TestOptions:
    @pytest.mark.parametrize(
        "address",
        [
            "dQw4w9WgXcQ",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=4",
            "https://youtu.be/dQw4w9WgXcQ?si=x",
            "https://www.youtube.com/shorts/dQw4w9WgXcQ",
        ],
    )
    def test_videos_may_be_addresses(self, address: str) -> None:
        assert clean_video(address) == "dQw4w9WgXcQ"

    def test_channels_are_ids(self) -> None:
        assert clean_channel(f"https://www.youtube.com/channel/{CHANNEL}") == CHANNEL
        with pytest.raises(ValueError, match="cannot be the id of a channel"):
            clean_channel("@auroraair")
        with pytest.raises(ValueError, match="cannot be a video"):
            clean_video("https://example.org")

    @pytest.mark.parametrize(
        ("options", "words"),
        [({"videos": []}, "needs videos or channels"), ({"terms": []}, "needs a brand with terms")],
    )
    def test_what_cannot_work_is_refused(self, make_youtube: MakeYouTube, options: dict[str, Any], words: str) -> None:
        with pytest.raises(Misconfigured, match=words):
            make_youtube(**options)


class Answering(Storm):
    """Two comments of three answer another."""

    def post_some(self) -> None:
        for _ in range(self.dice.choice(self.bursts)):
            self.posted += 1
            threads = sorted(id for id in self.expected if "." not in id)
            parent = self.dice.choice(threads) if threads and self.dice.random() < 0.67 else ""
            late = self.dice.uniform(0, 240) if self.dice.random() < 0.1 else 0
            self.expected.add(self.platform.post(f"aurora air {self.posted}", late=late, parent=parent))

    def change_one(self) -> None:
        super().change_one()
        self.expected &= set(self.platform.comments)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_in_a_storm(seed: int, platforms: Platforms, make_youtube: MakeYouTube) -> None:
    faults: Faults = {"429": {}, "500": {}, "503": {}, "html": {}, "drop": {}, "400": {"reason": "processingFailure"}}
    storm, keeper = Answering(platforms.youtube, faults, seed, bursts=(0, 2, 10, 60)), Keeper()
    storm.rage(make_youtube, keeper)
    platforms.clock.advance(days=1)
    storm.calm(make_youtube, keeper)
    assert storm.expected - set(keeper.posts) == set()
    assert len(keeper.posts) == len(keeper.texts)
    assert keeper.gaps == []

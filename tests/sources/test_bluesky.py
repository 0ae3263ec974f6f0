"""Bluesky through the real atproto: sessions, the cursor, errors, threads, re-checks and replies."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from sources.base import AuthFailed, Budget, Misconfigured, RetryAt, SourceError, Transient
from sources.bluesky import Bluesky
from tests.platforms import Platforms
from tests.platforms.bluesky import HANDLE
from tests.sources.keeper import Keeper

Make = Callable[..., Bluesky]


def post_many(platforms: Platforms, count: int, text: str = "aurora air") -> list[str]:
    """Posts of different moments, oldest first."""
    start = platforms.clock.now() - timedelta(milliseconds=10 * count)
    ages = (timedelta(milliseconds=10 * number) for number in range(count))
    return [platforms.bluesky.post(f"{text} {number}", at=start + age) for number, age in enumerate(ages)]


def count(platforms: Platforms, method: str) -> int:
    return sum(each.path.endswith(method) for each in platforms.bluesky.requests)


class TestSession:
    def test_one_sign_in_serves_many_polls_by_sources_built_anew(
        self, platforms: Platforms, make_bluesky: Make
    ) -> None:
        keeper = Keeper()
        for number in range(5):
            platforms.bluesky.post(f"aurora air {number}")
            keeper.poll(make_bluesky())
        assert len(keeper.posts) == 5
        assert len(platforms.bluesky.signed_in) == 1

    def test_the_session_is_kept_before_anything_else_may_fail(self, platforms: Platforms, make_bluesky: Make) -> None:
        platforms.bluesky.fail("503", path="searchPosts")
        keeper = Keeper()
        with pytest.raises(Transient):
            keeper.poll(make_bluesky())
        keeper.poll(make_bluesky())
        assert len(platforms.bluesky.signed_in) == 1

    def test_the_cursor_shows_no_token(self, platforms: Platforms, make_bluesky: Make) -> None:
        keeper = Keeper()
        keeper.poll(make_bluesky())
        kept = json.dumps(keeper.cursor)
        assert keeper.cursor["session"]
        assert not any(token in kept for token in platforms.bluesky._tokens)

    def test_a_session_that_ends_soon_is_renewed_and_kept(self, platforms: Platforms, make_bluesky: Make) -> None:
        platforms.bluesky.token_lasts = timedelta(minutes=5)
        keeper = Keeper()
        keeper.poll(make_bluesky())
        before = keeper.cursor["session"]
        keeper.poll(make_bluesky())
        assert platforms.bluesky.renewed >= 1
        assert len(platforms.bluesky.signed_in) == 1
        assert keeper.cursor["session"] != before
        assert keeper.cost.requests == len(platforms.bluesky.requests)

    def test_a_session_that_bluesky_no_longer_takes_is_replaced(self, platforms: Platforms, make_bluesky: Make) -> None:
        keeper = Keeper()
        keeper.poll(make_bluesky())
        platforms.bluesky.expire_tokens()
        platforms.bluesky.post("aurora air")
        keeper.poll(make_bluesky())
        keeper.poll(make_bluesky())
        assert len(keeper.posts) == 1
        assert len(platforms.bluesky.signed_in) == 2

    @pytest.mark.parametrize("kept", ["", "nonsense", 7, None])
    def test_a_kept_session_that_is_none_does_no_harm(
        self, platforms: Platforms, make_bluesky: Make, kept: object
    ) -> None:
        platforms.bluesky.post("aurora air")
        keeper = Keeper(cursor={"session": kept})
        keeper.poll(make_bluesky())
        assert len(keeper.posts) == 1

    def test_another_password_signs_in_anew(self, platforms: Platforms, make_bluesky: Make) -> None:
        keeper = Keeper()
        keeper.poll(make_bluesky())
        with pytest.raises(AuthFailed, match="Invalid identifier or password"):
            keeper.poll(make_bluesky({"handle": HANDLE, "app_password": "another"}))

    @pytest.mark.parametrize("body", [{}, {"accessJwt": 1}, {"did": "did:plc:a", "handle": "a.b", "accessJwt": "x"}])
    def test_a_session_that_is_none_is_told_and_not_kept(
        self, platforms: Platforms, make_bluesky: Make, body: dict[str, object]
    ) -> None:
        platforms.bluesky.fail("200", path="createSession", body=body)
        keeper = Keeper()
        with pytest.raises(Transient):
            keeper.poll(make_bluesky())
        assert keeper.cursor == {}

    def test_tokens_that_are_none_are_told(self, platforms: Platforms, make_bluesky: Make) -> None:
        body = {"did": "did:plc:abc", "handle": HANDLE, "accessJwt": "no token", "refreshJwt": "none", "active": True}
        platforms.bluesky.fail("200", times=2, path="createSession", body=body)
        with pytest.raises(AuthFailed, match="session that cannot be used"):
            Keeper().poll(make_bluesky())
        assert len(platforms.bluesky.requests) == 2

    def test_the_ration_of_sign_ins_is_told_as_a_limit(self, platforms: Platforms, make_bluesky: Make) -> None:
        for _ in range(30):
            Keeper().poll(make_bluesky())
        with pytest.raises(RetryAt) as caught:
            Keeper().poll(make_bluesky())
        assert timedelta(minutes=4) < caught.value.when - platforms.clock.now() <= timedelta(minutes=5)


class TestStart:
    def test_what_is_posted_between_signing_in_and_a_search_long_after_is_read(
        self, platforms: Platforms, make_bluesky: Make
    ) -> None:
        id = platforms.bluesky.post("aurora air")
        keeper = Keeper()
        keeper.poll(make_bluesky(), pages=1)
        platforms.clock.advance(days=8)
        keeper.poll(make_bluesky())
        assert list(keeper.posts) == [id]

    def test_a_search_that_fails_for_long_begins_where_the_others_did(
        self, platforms: Platforms, make_bluesky: Make
    ) -> None:
        platforms.bluesky.post("aurora air")
        second = platforms.bluesky.post("borealis")
        keeper, terms = Keeper(), ("aurora air", "borealis")
        keeper.poll(make_bluesky(terms=terms), pages=2)
        platforms.clock.advance(days=8)
        keeper.poll(make_bluesky(terms=terms))
        assert second in keeper.posts


class TestSearch:
    def test_pages_are_read_by_time_to_the_end(self, platforms: Platforms, make_bluesky: Make) -> None:
        ids = post_many(platforms, 250)
        keeper = Keeper()
        keeper.poll(make_bluesky())
        assert set(keeper.posts) == set(ids)
        asked = [each.params for each in platforms.bluesky.requests if each.path.endswith("searchPosts")]
        assert ["until" in each for each in asked] == [False, True, True]
        assert not any("cursor" in each for each in asked)

    def test_posts_that_arrive_or_go_while_we_page_shift_nothing(
        self, platforms: Platforms, make_bluesky: Make
    ) -> None:
        ids = post_many(platforms, 250)
        keeper = Keeper()
        keeper.poll(make_bluesky(), pages=2)
        newer = post_many(platforms, 30, "aurora air, newer")
        for id in ids[-40:]:
            platforms.bluesky.delete(id)
        keeper.poll(make_bluesky())
        assert set(ids[:210]) <= set(keeper.posts)
        assert set(newer) <= set(keeper.posts)

    def test_many_posts_of_one_moment_are_read_to_the_end(self, platforms: Platforms, make_bluesky: Make) -> None:
        at = platforms.clock.now() - timedelta(hours=1)
        ids = [platforms.bluesky.post(f"aurora air {number}", at=at) for number in range(250)]
        older = platforms.bluesky.post("aurora air before", at=at - timedelta(minutes=1))
        keeper = Keeper()
        keeper.poll(make_bluesky())
        assert set(keeper.posts) == {*ids, older}

    def test_a_post_dated_back_does_not_hide_those_between(self, platforms: Platforms, make_bluesky: Make) -> None:
        now = platforms.clock.now()
        ids = [platforms.bluesky.post("aurora air", at=now - timedelta(minutes=number)) for number in range(150)]
        back = platforms.bluesky.post("aurora air, dated back", at=now - timedelta(hours=20), late=0.01)
        keeper = Keeper()
        platforms.clock.advance(1)
        keeper.poll(make_bluesky())
        assert set(keeper.posts) == {*ids, back}

    def test_a_post_that_is_indexed_late_is_found(self, platforms: Platforms, make_bluesky: Make) -> None:
        late = platforms.bluesky.post("aurora air, indexed late", late=90)
        newer = platforms.bluesky.post("aurora air, indexed at once")
        keeper = Keeper()
        keeper.poll(make_bluesky())
        assert set(keeper.posts) == {newer}
        platforms.clock.advance(120)
        keeper.poll(make_bluesky())
        assert set(keeper.posts) == {newer, late}

    def test_a_post_that_is_dated_hours_back_is_found_within_hours(
        self, platforms: Platforms, make_bluesky: Make
    ) -> None:
        keeper = Keeper()
        for _ in range(2):
            platforms.bluesky.post("aurora air")
            keeper.poll(make_bluesky())
            platforms.clock.advance(hours=1)
        back = platforms.bluesky.post(
            "aurora air, written on the plane", at=platforms.clock.now() - timedelta(hours=5), late=0.01
        )
        platforms.clock.advance(hours=5)
        keeper.poll(make_bluesky())
        assert back in keeper.posts

    def test_a_date_in_the_future_hides_nothing(self, platforms: Platforms, make_bluesky: Make) -> None:
        platforms.bluesky.post("aurora air from tomorrow", at=platforms.clock.now() + timedelta(days=1), late=-86_400)
        keeper = Keeper()
        keeper.poll(make_bluesky())
        now = platforms.bluesky.post("aurora air now")
        keeper.poll(make_bluesky())
        assert now in keeper.posts

    def test_empty_pages_with_a_token_are_no_end(self, platforms: Platforms, make_bluesky: Make) -> None:
        ids = post_many(platforms, 150)
        platforms.bluesky.fail("empty", path="searchPosts")
        keeper = Keeper()
        keeper.poll(make_bluesky())
        assert set(ids[:149]) <= set(keeper.posts)
        keeper.poll(make_bluesky())
        assert set(keeper.posts) == set(ids)

    def test_each_term_is_searched_and_our_own_posts_are_left_out(
        self, platforms: Platforms, make_bluesky: Make
    ) -> None:
        one, two = platforms.bluesky.post("aurora air"), platforms.bluesky.post("fly @auroraair")
        platforms.bluesky.post("We are aurora air", author=HANDLE)
        keeper = Keeper()
        keeper.poll(make_bluesky(terms=["aurora air", "@auroraair"]))
        assert set(keeper.posts) == {one, two}

    def test_a_language_may_be_asked_for(self, platforms: Platforms, make_bluesky: Make) -> None:
        platforms.bluesky.post("aurora air", lang="de")
        english = platforms.bluesky.post("aurora air", lang="en")
        keeper = Keeper()
        keeper.poll(make_bluesky(lang="en"))
        assert set(keeper.posts) == {english}

    @pytest.mark.parametrize("options", [{"terms": []}, {"query": " "}])
    def test_a_feed_with_nothing_to_read_is_refused(self, make_bluesky: Make, options: dict[str, object]) -> None:
        with pytest.raises(Misconfigured):
            make_bluesky(**options)


class TestNotifications:
    def test_mentions_replies_and_quotes_but_not_more(self, platforms: Platforms, make_bluesky: Make) -> None:
        ours = platforms.bluesky.post("Our news", author=HANDLE)
        mention = platforms.bluesky.post(f"@{HANDLE} hello")
        reply = platforms.bluesky.post("I disagree", reply_to=ours)
        quote = platforms.bluesky.post("Look at this", quote=ours)
        platforms.bluesky.post("aurora air, which does not mention us")
        keeper = Keeper()
        keeper.poll(make_bluesky(mentions=True))
        assert set(keeper.posts) == {mention, reply, quote}
        assert keeper.posts[quote].quote_of == ours
        assert (keeper.posts[reply].in_reply_to, keeper.posts[reply].thread_id) == (ours, ours)

    def test_an_interrupted_poll_goes_on_below_and_then_reads_what_came(
        self, platforms: Platforms, make_bluesky: Make
    ) -> None:
        ids = post_many(platforms, 250, f"@{HANDLE}")
        keeper = Keeper()
        keeper.poll(make_bluesky(mentions=True), pages=2)
        newer = platforms.bluesky.post(f"@{HANDLE} while we were down")
        keeper.poll(make_bluesky(mentions=True))
        assert set(keeper.posts) == {*ids, newer}

    def test_a_token_that_is_no_longer_taken_begins_the_pass_anew(
        self, platforms: Platforms, make_bluesky: Make
    ) -> None:
        ids = post_many(platforms, 150, f"@{HANDLE}")
        keeper = Keeper()
        keeper.poll(make_bluesky(mentions=True), pages=2)
        platforms.bluesky.fail("400", path="listNotifications")
        keeper.poll(make_bluesky(mentions=True))
        assert set(keeper.posts) == set(ids)

    def test_the_first_poll_looks_back_as_far_as_it_is_told(self, platforms: Platforms, make_bluesky: Make) -> None:
        now = platforms.clock.now()
        old, new = (platforms.bluesky.post(f"@{HANDLE}", at=now - timedelta(hours=age)) for age in (30, 20))
        keeper, further = Keeper(), Keeper()
        keeper.poll(make_bluesky(mentions=True, since="21h"))
        further.poll(make_bluesky(mentions=True, since="2d"))
        assert new in keeper.posts
        assert set(further.posts) == {new, old}


class TestErrors:
    @pytest.mark.parametrize(
        ("fault", "error", "words"),
        [
            ("400", Misconfigured, "Bluesky refused the request \\(status 400\\): Error"),
            ("401", AuthFailed, "Bluesky refused our credentials"),
            ("403", AuthFailed, "Bluesky refused our credentials"),
            ("500", Transient, "trouble of its own"),
            ("503", Transient, "trouble of its own"),
            ("html", Transient, "not a JSON object"),
            ("drop", Transient, "cut short"),
        ],
    )
    @pytest.mark.parametrize("path", ["createSession", "searchPosts"])
    def test_a_fault_is_told(
        self, platforms: Platforms, make_bluesky: Make, fault: str, error: type[SourceError], words: str, path: str
    ) -> None:
        platforms.bluesky.post("aurora air")
        platforms.bluesky.fail(fault, path=path)
        with pytest.raises(error, match=words):
            Keeper().poll(make_bluesky())
        assert count(platforms, path) == 1

    def test_a_limit_tells_when(self, platforms: Platforms, make_bluesky: Make) -> None:
        platforms.bluesky.fail("429", path="searchPosts", reset=120)
        with pytest.raises(RetryAt, match="wait until") as caught:
            Keeper().poll(make_bluesky())
        assert abs(caught.value.when - platforms.clock.now() - timedelta(minutes=2)) < timedelta(seconds=5)

    def test_a_limit_that_does_not_tell_lasts_its_window(self, platforms: Platforms, make_bluesky: Make) -> None:
        platforms.bluesky.fail("429", path="searchPosts")
        with pytest.raises(RetryAt) as caught:
            Keeper().poll(make_bluesky())
        assert abs(caught.value.when - platforms.clock.now() - timedelta(minutes=5)) < timedelta(seconds=5)

    def test_a_silent_server_is_not_waited_for(self, platforms: Platforms, make_bluesky: Make) -> None:
        platforms.bluesky.fail("hang", seconds=3)
        with pytest.raises(Transient, match=r"did not answer within 0\.3 seconds"):
            Keeper().poll(make_bluesky(timeout=0.3))

    def test_a_server_that_is_not_there(self, make_bluesky: Make) -> None:
        with pytest.raises(Transient, match="cannot be reached"):
            Keeper().poll(make_bluesky(base_url="http://127.0.0.1:1/bluesky"))

    @pytest.mark.parametrize(
        "text", ['{"posts": ["\\ud83d"]}', '{"posts":' + "[" * 100_000, '{"posts": [NaN]}', "[]", ""]
    )
    def test_json_that_is_none_or_too_deep_moves_no_cursor(
        self, platforms: Platforms, make_bluesky: Make, text: str
    ) -> None:
        platforms.bluesky.fail("200", path="searchPosts", raw=text)
        keeper = Keeper()
        with pytest.raises(Transient):
            keeper.poll(make_bluesky())
        assert keeper.cursor['search "aurora air"'].keys() == {"since"}

    @pytest.mark.parametrize("body", [{}, {"posts": None}, {"posts": {}}])
    def test_an_answer_without_posts_moves_no_cursor(
        self, platforms: Platforms, make_bluesky: Make, body: dict[str, object]
    ) -> None:
        platforms.bluesky.fail("200", path="searchPosts", body=body)
        keeper = Keeper()
        with pytest.raises(Transient):
            keeper.poll(make_bluesky())
        assert keeper.cursor['search "aurora air"'].keys() == {"since"}

    def test_a_post_that_cannot_be_read_is_counted_and_the_rest_kept(
        self, platforms: Platforms, make_bluesky: Make
    ) -> None:
        platforms.bluesky.post("aurora air")
        Keeper().poll(make_bluesky())
        good = {"uri": "at://did:plc:abc/app.bsky.feed.post/1", "author": {"did": "did:plc:abc"}}
        good |= {"record": {"text": "aurora air"}, "indexedAt": platforms.clock.now().isoformat()}
        platforms.bluesky.fail("200", path="searchPosts", body={"posts": [{"uri": "at://odd"}, None, good]})
        keeper = Keeper()
        assert [post.text for post in keeper.poll(make_bluesky())] == ["aurora air"]
        assert "2 posts from Bluesky could not be read" in keeper.gaps[0].reason


class TestThread:
    def test_parents_replies_and_our_own_answer_oldest_first(self, platforms: Platforms, make_bluesky: Make) -> None:
        now = platforms.clock.now()
        ages = iter(range(10, 0, -1))

        def say(text: str, author: str, reply_to: str | None = None) -> str:
            return platforms.bluesky.post(text, author, at=now - timedelta(minutes=next(ages)), reply_to=reply_to)

        root = say("Which airline?", "bob")
        asked = say("aurora air?", "ann", root)
        answer = say("We fly there.", HANDLE, asked)
        thanks = say("Thanks", "ann", answer)
        say("Another branch", "cid", root)
        thread = make_bluesky().thread(asked, root)
        assert [post.id for post in thread] == [root, asked, answer, thanks]

    def test_what_is_gone_has_no_thread(self, platforms: Platforms, make_bluesky: Make) -> None:
        gone = platforms.bluesky.post("aurora air")
        platforms.bluesky.delete(gone)
        assert make_bluesky().thread(gone, gone) == ()


class TestRecheck:
    def test_deleted_is_gone_and_hidden_is_absent(self, platforms: Platforms, make_bluesky: Make) -> None:
        kept, deleted, hidden = post_many(platforms, 3)
        platforms.bluesky.delete(deleted)
        platforms.bluesky.hide(hidden)
        found = make_bluesky().recheck([kept, deleted, hidden, "at://nonsense"])
        assert found[deleted] is None
        assert set(found) == {kept, deleted}

    def test_ids_are_asked_for_25_at_a_time(self, platforms: Platforms, make_bluesky: Make) -> None:
        ids = post_many(platforms, 60)
        assert len(make_bluesky().recheck(ids)) == 60
        assert count(platforms, "getPosts") == 3


class TestReply:
    def test_it_names_the_root_and_the_parent_and_makes_links_links(
        self, platforms: Platforms, make_bluesky: Make
    ) -> None:
        root = platforms.bluesky.post("Which airline?")
        asked = platforms.bluesky.post("aurora air?", reply_to=root)
        receipt = make_bluesky().reply(asked, "See https://auroraair.com/help")
        (sent,) = platforms.bluesky.replies
        assert receipt.id == sent["id"]
        assert receipt.url.startswith("https://bsky.app/profile/did:plc:")
        refs = sent["record"]["reply"]
        assert (refs["root"]["uri"], refs["parent"]["uri"]) == (root, asked)
        (facet,) = sent["record"]["facets"]
        assert facet["features"][0]["uri"] == "https://auroraair.com/help"
        assert (facet["index"]["byteStart"], facet["index"]["byteEnd"]) == (4, 30)

    def test_a_post_that_is_gone_cannot_be_answered(self, platforms: Platforms, make_bluesky: Make) -> None:
        gone = platforms.bluesky.post("aurora air?")
        platforms.bluesky.delete(gone)
        with pytest.raises(Misconfigured, match="no longer shows"):
            make_bluesky().reply(gone, "Hello")

    def test_a_text_that_is_too_long_is_told_in_blueskys_words(self, platforms: Platforms, make_bluesky: Make) -> None:
        to = platforms.bluesky.post("aurora air?")
        with pytest.raises(Misconfigured, match="must not be longer than 300 graphemes"):
            make_bluesky().reply(to, "a" * 301)
        assert platforms.bluesky.replies == []


def test_a_small_budget_ends_between_pages(platforms: Platforms, make_bluesky: Make) -> None:
    ids = post_many(platforms, 250)
    keeper = Keeper()
    for _ in range(4):
        keeper.poll(make_bluesky(), Budget(requests=1))
    assert set(keeper.posts) == set(ids)

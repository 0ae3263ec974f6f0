"""Mastodon through the real Mastodon.py: the cursor, errors, threads, re-checks and replies."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from sources.base import AuthFailed, Budget, Misconfigured, RetryAt, SourceError, Transient
from sources.mastodon import Mastodon
from sources.mastodon.source import address
from sources.registry import build
from tests.platforms import Platforms
from tests.platforms.mastodon import ACCOUNT
from tests.sources.keeper import Keeper

Make = Callable[..., Mastodon]


def post_many(platforms: Platforms, count: int, text: str = "#auroraair") -> list[str]:
    return [platforms.mastodon.post(f"{text} {number}") for number in range(count)]


def asked(platforms: Platforms, name: str) -> list[str | None]:
    """What was sent under one parameter, request by request."""
    return [each.params.get(name) for each in platforms.mastodon.requests]


class TestHashtags:
    def test_pages_are_read_to_the_end_without_login(self, platforms: Platforms, make_mastodon: Make) -> None:
        old = platforms.mastodon.post("#auroraair", at=platforms.clock.now() - timedelta(days=3))
        ids = post_many(platforms, 90)
        keeper = Keeper()
        keeper.poll(make_mastodon())
        assert set(keeper.posts) == {*ids, old}
        assert asked(platforms, "limit") == ["40"] * 3
        assert keeper.cost.requests == 3

    def test_a_quiet_poll_takes_one_request(self, platforms: Platforms, make_mastodon: Make) -> None:
        post_many(platforms, 100)
        keeper = Keeper()
        keeper.poll(make_mastodon())
        platforms.clock.advance(hours=1)
        platforms.mastodon.post("#auroraair")
        keeper.poll(make_mastodon())
        before = keeper.cost.requests
        keeper.poll(make_mastodon())
        assert keeper.cost.requests - before == 1

    def test_a_burst_is_read_again_once_it_is_old_and_then_no_more(
        self, platforms: Platforms, make_mastodon: Make
    ) -> None:
        start = platforms.clock.now() - timedelta(minutes=10)
        for number in range(100):
            platforms.mastodon.post(f"#auroraair {number}", at=start + timedelta(seconds=6 * number))
        keeper, spent = Keeper(), []
        keeper.poll(make_mastodon())
        for _ in range(3):
            platforms.clock.advance(minutes=30)
            before = keeper.cost.requests
            keeper.poll(make_mastodon())
            spent.append(keeper.cost.requests - before)
        assert spent == [3, 1, 1]  # the end, which only an empty page tells, is known

    def test_an_interrupted_poll_goes_on_below_and_then_reads_what_came(
        self, platforms: Platforms, make_mastodon: Make
    ) -> None:
        ids = post_many(platforms, 90)
        keeper = Keeper()
        keeper.poll(make_mastodon(), pages=1)
        platforms.mastodon.delete(ids[50])  # the one that the next page is asked for below
        newer = platforms.mastodon.post("#auroraair while we were down")
        keeper.poll(make_mastodon())
        assert set(keeper.posts) == {*ids, newer}

    def test_a_hashtag_that_fails_for_long_begins_where_the_others_did(
        self, platforms: Platforms, make_mastodon: Make
    ) -> None:
        early = post_many(platforms, 50, "#borealis")
        keeper, hashtags = Keeper(), ("auroraair", "borealis")
        keeper.poll(make_mastodon(hashtags=hashtags), pages=1)
        platforms.clock.advance(days=8)
        post_many(platforms, 40, "#borealis later")
        keeper.poll(make_mastodon(hashtags=hashtags))
        assert set(early) <= set(keeper.posts)

    def test_a_post_that_arrives_late_from_another_server_is_found(
        self, platforms: Platforms, make_mastodon: Make
    ) -> None:
        late = platforms.mastodon.post("#auroraair, on its way", late=90)
        newer = platforms.mastodon.post("#auroraair, here")
        keeper = Keeper()
        keeper.poll(make_mastodon())
        assert set(keeper.posts) == {newer}
        platforms.clock.advance(120)
        keeper.poll(make_mastodon())
        assert set(keeper.posts) == {newer, late}

    def test_a_post_that_arrives_hours_late_is_found_within_hours(
        self, platforms: Platforms, make_mastodon: Make
    ) -> None:
        late = platforms.mastodon.post("#auroraair, whose server was away", late=5 * 3600)
        keeper = Keeper()
        for _ in range(8):
            platforms.mastodon.post("#auroraair")
            keeper.poll(make_mastodon())
            platforms.clock.advance(hours=1)
        keeper.poll(make_mastodon())
        assert late in keeper.posts

    def test_the_brands_terms_are_hashtags_where_none_are_given(
        self, platforms: Platforms, make_mastodon: Make
    ) -> None:
        make_mastodon(terms=["Aurora Air", "@auroraair"]).recheck([])
        keeper = Keeper()
        keeper.poll(make_mastodon(terms=["Aurora Air", "@auroraair"]))
        assert [each.path for each in platforms.mastodon.requests] == ["/api/v1/timelines/tag/auroraair"]

    def test_our_own_posts_are_left_out(self, platforms: Platforms, make_mastodon: Make) -> None:
        platforms.mastodon.post("Fly #auroraair", author=ACCOUNT)
        theirs = platforms.mastodon.post("#auroraair", author=f"{ACCOUNT}@parody.example")
        keeper = Keeper()
        keeper.poll(make_mastodon())
        assert set(keeper.posts) == {theirs}

    def test_another_server_is_read_from_its_own_beginning(self, platforms: Platforms, make_mastodon: Make) -> None:
        ids = post_many(platforms, 3)
        keeper = Keeper(cursor={"host": "other.example", "#auroraair": {"since": 9e9, "deep": 9e9}})
        keeper.poll(make_mastodon())
        assert set(keeper.posts) == set(ids)

    @pytest.mark.parametrize("name", ["", "#", "two words", "a/b", "12", "../x"])
    def test_a_hashtag_that_is_none(self, platforms: Platforms, name: str) -> None:
        with pytest.raises(Misconfigured, match="cannot be a hashtag"):
            build("mastodon", {"hashtags": [name], **platforms.mastodon_options}, {})


class TestMentions:
    def test_mentions_and_quotes_with_a_token(self, platforms: Platforms, make_mastodon: Make) -> None:
        ours = platforms.mastodon.post("Our news", author=ACCOUNT)
        mention = platforms.mastodon.post(f"@{ACCOUNT} hello", visibility="direct")
        quote = platforms.mastodon.post("Look", quote=ours)
        platforms.mastodon.post("aurora air")
        keeper = Keeper()
        keeper.poll(make_mastodon(platforms.mastodon_credentials, mentions=True))
        assert set(keeper.posts) == {mention, quote}
        assert keeper.posts[quote].quote_of == ours
        assert keeper.posts[mention].extra["visibility"] == "direct"

    def test_the_first_poll_looks_back_as_far_as_it_is_told(self, platforms: Platforms, make_mastodon: Make) -> None:
        now = platforms.clock.now()
        ages = range(200, 0, -1)
        ids = [platforms.mastodon.post(f"@{ACCOUNT} {age}", at=now - timedelta(hours=age)) for age in ages]
        keeper = Keeper()
        keeper.poll(make_mastodon(platforms.mastodon_credentials, mentions=True, since="2d"))
        assert set(ids[-48:]) <= set(keeper.posts)
        assert len(platforms.mastodon.requests) == 1

    def test_a_search_needs_a_token_and_reads_to_the_end(self, platforms: Platforms, make_mastodon: Make) -> None:
        ids = post_many(platforms, 90, "aurora air")
        keeper = Keeper()
        keeper.poll(make_mastodon(platforms.mastodon_credentials, query="aurora air"))
        assert set(keeper.posts) == set(ids)
        assert {each.path for each in platforms.mastodon.requests} == {"/api/v2/search"}

    @pytest.mark.parametrize("options", [{"mentions": True}, {"query": "aurora"}])
    def test_without_a_token_it_says_which(self, make_mastodon: Make, options: dict[str, Any]) -> None:
        with pytest.raises(Misconfigured, match="MENTIONDESK_MASTODON_ACCESS_TOKEN"):
            make_mastodon(**options)

    @pytest.mark.parametrize("options", [{"base_url": None}, {"terms": []}, {"query": " "}, {"base_url": "ftp://x"}])
    def test_a_feed_that_cannot_be_is_refused(self, make_mastodon: Make, options: dict[str, Any]) -> None:
        with pytest.raises(Misconfigured):
            make_mastodon(**options)


class TestErrors:
    @pytest.mark.parametrize(
        ("fault", "error", "words"),
        [
            ("400", Misconfigured, "refused the request \\(status 400\\): Error"),
            ("401", AuthFailed, "refused our credentials"),
            ("403", AuthFailed, "refused our credentials"),
            ("404", Misconfigured, "does not know this: Error"),
            ("500", Transient, "trouble of its own"),
            ("503", Transient, "trouble of its own"),
            ("html", Transient, "not JSON"),
            ("drop", Transient, "cut short"),
        ],
    )
    def test_a_fault_is_told(
        self, platforms: Platforms, make_mastodon: Make, fault: str, error: type[SourceError], words: str
    ) -> None:
        platforms.mastodon.post("#auroraair")
        platforms.mastodon.fail(fault)
        with pytest.raises(error, match=words):
            Keeper().poll(make_mastodon())
        assert len(platforms.mastodon.requests) == 1

    @pytest.mark.parametrize(("reset", "minutes"), [(120, 2), ("soon", 5), ("2", 0)])
    def test_a_limit_tells_when(
        self, platforms: Platforms, make_mastodon: Make, reset: int | str, minutes: int
    ) -> None:
        platforms.mastodon.fail("429", reset=reset)
        with pytest.raises(RetryAt, match="wait until") as caught:
            Keeper().poll(make_mastodon())
        wait = caught.value.when - platforms.clock.now()
        assert abs(wait - timedelta(minutes=minutes)) < timedelta(seconds=5)

    def test_a_silent_server_is_not_waited_for(self, platforms: Platforms, make_mastodon: Make) -> None:
        platforms.mastodon.fail("hang", seconds=3)
        with pytest.raises(Transient, match=r"did not answer within 0\.3 seconds"):
            Keeper().poll(make_mastodon(timeout=0.3))

    def test_a_server_that_closed_its_hashtags_says_so(self, platforms: Platforms, make_mastodon: Make) -> None:
        platforms.mastodon.private_hashtags = True
        with pytest.raises(AuthFailed, match="requires an authenticated user"):
            Keeper().poll(make_mastodon())
        Keeper().poll(make_mastodon(platforms.mastodon_credentials))

    @pytest.mark.parametrize("body", [{}, None, "text", 7, [7], [{"no": "id"}], {"statuses": {}}, {"statuses": None}])
    @pytest.mark.parametrize("options", [{}, {"mentions": True}, {"query": "aurora air"}])
    def test_an_answer_of_another_form_moves_no_cursor(
        self, platforms: Platforms, make_mastodon: Make, body: Any, options: dict[str, Any]
    ) -> None:
        platforms.mastodon.fail("200", body=body)
        keeper = Keeper()
        with pytest.raises(Transient):
            keeper.poll(make_mastodon(platforms.mastodon_credentials, **options))
        assert keeper.cursor == {}

    def test_a_post_that_cannot_be_read_is_counted_and_the_rest_kept(
        self, platforms: Platforms, make_mastodon: Make
    ) -> None:
        good = {"id": "9", "created_at": platforms.clock.now().isoformat(), "content": "<p>Hello</p>"}
        good |= {"account": {"acct": "ann"}}
        platforms.mastodon.fail("200", body=[{"id": "10"}, good])
        keeper = Keeper()
        assert [post.text for post in keeper.poll(make_mastodon(), Budget(requests=1))] == ["Hello"]
        assert "1 posts from Mastodon could not be read" in keeper.gaps[0].reason


class TestText:
    @pytest.mark.parametrize(
        ("content", "text"),
        [
            ("<p>One &amp; two</p><p>three<br>four</p>", "One & two\n\nthree\nfour"),
            ('<p><a href="#">@<span>aurora</span></a> &lt;b&gt; &amp;amp;</p>', "@aurora <b> &amp;"),
            (
                '<a href="https://a.example/long"><span class="invisible">https://</span>'
                '<span class="ellipsis">a.example/lo</span><span class="invisible">ng</span></a>',
                "https://a.example/long",
            ),
        ],
    )
    def test_html_is_text(self, platforms: Platforms, make_mastodon: Make, content: str, text: str) -> None:
        id = platforms.mastodon.post("#auroraair", content=content)
        keeper = Keeper()
        keeper.poll(make_mastodon())
        assert keeper.posts[id].text == text

    def test_a_content_warning_is_the_headline(self, platforms: Platforms, make_mastodon: Make) -> None:
        id = platforms.mastodon.post("#auroraair", spoiler="air travel")
        keeper = Keeper()
        keeper.poll(make_mastodon())
        assert keeper.posts[id].text == "air travel\n\n#auroraair"

    def test_an_edit_keeps_the_id(self, platforms: Platforms, make_mastodon: Make) -> None:
        id = platforms.mastodon.post("#auroraair is lte")
        keeper = Keeper()
        keeper.poll(make_mastodon())
        platforms.mastodon.edit(id, "#auroraair is late")
        keeper.poll(make_mastodon())
        assert (keeper.posts[id].text, keeper.posts[id].edited) == ("#auroraair is late", True)

    def test_an_author_has_an_address(self, platforms: Platforms, make_mastodon: Make) -> None:
        local = platforms.mastodon.post("#auroraair", author="bob")
        keeper = Keeper()
        keeper.poll(make_mastodon())
        author = keeper.posts[local].author
        assert author
        assert author.handle == f"bob@{platforms.mastodon.host}"


class TestThread:
    def test_parents_the_post_and_answers_oldest_first(self, platforms: Platforms, make_mastodon: Make) -> None:
        now = platforms.clock.now()
        ages = iter(range(10, 0, -1))

        def say(text: str, author: str, reply_to: str | None = None) -> str:
            return platforms.mastodon.post(text, author, at=now - timedelta(minutes=next(ages)), reply_to=reply_to)

        root = say("Which airline?", "bob")
        post = say("aurora air?", "ann", root)
        answer = say("We fly there.", ACCOUNT, post)
        say("Another branch", "cid", root)
        assert [each.id for each in make_mastodon().thread(post, None)] == [root, post, answer]

    def test_what_is_gone_or_of_another_server_has_no_thread(self, platforms: Platforms, make_mastodon: Make) -> None:
        gone = platforms.mastodon.post("#auroraair")
        platforms.mastodon.delete(gone)
        assert make_mastodon().thread(gone, None) == ()
        assert make_mastodon().thread("1@other.example", None) == ()


class TestRecheck:
    @pytest.mark.parametrize("batches", [True, False])
    def test_deleted_is_gone_edited_is_new_on_old_and_new_servers(
        self, platforms: Platforms, make_mastodon: Make, batches: bool
    ) -> None:
        platforms.mastodon.batches = batches
        kept, deleted, edited = post_many(platforms, 3)
        platforms.mastodon.delete(deleted)
        platforms.mastodon.edit(edited, "#auroraair, corrected")
        found = make_mastodon().recheck([kept, deleted, edited, "1@other.example", "no id"])
        assert set(found) == {kept, deleted, edited}
        assert found[deleted] is None
        assert (new := found[edited])
        assert (new.text, new.edited) == ("#auroraair, corrected", True)

    def test_ids_are_asked_for_20_at_a_time(self, platforms: Platforms, make_mastodon: Make) -> None:
        ids = post_many(platforms, 45)
        assert len(make_mastodon().recheck(ids)) == 45
        assert len(platforms.mastodon.requests) == 3

    def test_a_server_in_trouble_deletes_nothing(self, platforms: Platforms, make_mastodon: Make) -> None:
        (id,) = post_many(platforms, 1)
        platforms.mastodon.fail("404", times=2, raw="<h1>Not here</h1>")
        with pytest.raises(SourceError):
            make_mastodon().recheck([id])


class TestReply:
    def test_it_names_the_author_and_keeps_who_may_see_it(self, platforms: Platforms, make_mastodon: Make) -> None:
        to = platforms.mastodon.post(f"@{ACCOUNT}?", visibility="unlisted", spoiler="travel")
        receipt = make_mastodon(platforms.mastodon_credentials).reply(to, "We are on it.")
        assert platforms.mastodon.replies == [
            {
                "id": receipt.id,
                "to": to,
                "text": "@ann@elsewhere.example We are on it.",
                "visibility": "unlisted",
                "spoiler": "travel",
            }
        ]
        assert receipt.url.startswith("http")

    def test_the_same_reply_sent_again_is_one(self, platforms: Platforms, make_mastodon: Make) -> None:
        to = platforms.mastodon.post(f"@{ACCOUNT}?")
        platforms.mastodon.fail("none")
        platforms.mastodon.fail("drop")
        source = make_mastodon(platforms.mastodon_credentials)
        with pytest.raises(Transient):
            source.reply(to, "We are on it.")
        receipt = source.reply(to, "We are on it.")
        assert [each["id"] for each in platforms.mastodon.replies] == [receipt.id]

    def test_a_text_that_is_too_long_is_told_in_the_servers_words(
        self, platforms: Platforms, make_mastodon: Make
    ) -> None:
        to = platforms.mastodon.post(f"@{ACCOUNT}?")
        with pytest.raises(Misconfigured, match="character limit of 500"):
            make_mastodon(platforms.mastodon_credentials).reply(to, "a" * 600)

    @pytest.mark.parametrize(
        ("text", "sent"),
        [("Hello", "@a@b.example Hello"), ("Hi @A@b.example!", "Hi @A@b.example!"), ("@a hi", "@a@b.example @a hi")],
    )
    def test_nobody_is_named_twice(self, text: str, sent: str) -> None:
        assert address(text, "a@b.example") == sent

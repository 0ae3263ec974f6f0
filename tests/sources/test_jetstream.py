"""Jetstream through real websockets: what comes is what the search shows, wherever a connection ends and begins."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from sources.base import Budget, Cursor, Gap, Misconfigured, RetryAt, SourceError, Streaming, Transient
from sources.bluesky.source import Bluesky
from tests.platforms import Platforms
from tests.platforms.bluesky import HANDLE
from tests.sources.listener import Listener

Listen = Callable[..., Listener]
MakeBluesky = Callable[..., Bluesky]


@pytest.fixture
def listen(platforms: Platforms, make_bluesky: MakeBluesky) -> Iterator[Listen]:
    """Listens to Bluesky from a cursor on; returns once the connection stands and the first search is done."""
    made: list[Listener] = []

    def begin(cursor: Cursor | None = None, **options: Any) -> Listener:
        listener = Listener(make_bluesky(stream=True, **options), cursor)
        made.append(listener)
        listener.wait(lambda: any(is_at_rest(page.next_cursor) for page in listener.pages))
        return listener

    yield begin
    for each in made:
        each.stop()


def is_at_rest(cursor: Cursor) -> bool:
    """Whether every search has come to its end."""
    states = [state for name, state in cursor.items() if name.startswith("search")]
    return all("deep" in state and "floor" not in state for state in states)


def test_posts_come_as_the_search_shows_them(platforms: Platforms, listen: Listen, make_bluesky: MakeBluesky) -> None:
    listener = listen()
    ids = {
        platforms.bluesky.post("Aurora  Air lost my bag", author="dana"),
        platforms.bluesky.post("aurora air\nagain", author="eve"),
    }
    platforms.bluesky.post("nothing of ours")
    platforms.bluesky.post("aurora air answers", author=HANDLE)
    listener.wait(lambda: ids <= listener.posts.keys())
    assert listener.posts.keys() == ids
    searched = make_bluesky().recheck(sorted(ids))
    assert listener.posts == searched


def test_a_post_that_bluesky_does_not_show_yet_comes_as_it_was_written(platforms: Platforms, listen: Listen) -> None:
    listener = listen()
    id = platforms.bluesky.post("aurora air, ahead of the index", author="dana", hidden=True)
    listener.wait(lambda: id in listener.posts)
    post = listener.posts[id]
    assert (post.text, post.id.startswith(f"at://{post.author.id}/")) == ("aurora air, ahead of the index", True)
    assert abs(post.created_at - platforms.clock.now()) < timedelta(minutes=1)


def test_a_connection_goes_on_where_the_last_one_ended(platforms: Platforms, listen: Listen) -> None:
    listener = listen()
    heard = platforms.bluesky.post("aurora air, heard")
    listener.wait(lambda: heard in listener.posts)
    platforms.bluesky.jetstream.hang_up()
    listener.wait(lambda: listener.ended)
    assert listener.error is None
    # Hidden from the search, so that only Jetstream can bring it.
    between = platforms.bluesky.post("aurora air, while nobody listens", hidden=True)
    again = listen(listener.cursor)
    again.wait(lambda: between in again.posts)
    first, second = platforms.bluesky.jetstream.asked
    assert "cursor" not in first
    assert int(second["cursor"]) == listener.cursor["heard"] - 10_000_000
    assert second["collections"] == "app.bsky.feed.post"


def test_what_jetstream_leaves_out_is_searched_for(platforms: Platforms, listen: Listen) -> None:
    listener = listen(search_every="1s")
    platforms.bluesky.jetstream.drop = 1
    id = platforms.bluesky.post("aurora air, of which Jetstream says nothing")
    listener.wait(lambda: id in listener.posts)


@pytest.mark.parametrize("away", [timedelta(minutes=30), timedelta(days=2)])
def test_a_time_that_jetstream_does_not_reach_is_a_gap_for_the_search(
    platforms: Platforms, listen: Listen, make_bluesky: MakeBluesky, away: timedelta
) -> None:
    listener = listen()
    platforms.bluesky.post("aurora air, heard")
    listener.wait(lambda: listener.posts)
    listener.stop()
    left = platforms.clock.now()
    platforms.bluesky.jetstream.retention = timedelta(minutes=10)
    missed = platforms.bluesky.post("aurora air, missed", at=left + timedelta(seconds=20))
    platforms.clock.advance(away.total_seconds())
    again = listen(listener.cursor)
    again.wait(lambda: again.gaps)
    (gap, *others) = again.gaps
    assert abs(gap.since - left) < timedelta(seconds=30)
    assert "the search is read for it" in gap.reason
    assert not others
    window = Gap(gap.reason, gap.since, gap.until or platforms.clock.now())
    healed = [post.id for page in make_bluesky().reread(window, None, Budget()) for post in page.posts]
    assert missed in healed


def test_a_connection_that_breaks_is_told(platforms: Platforms, listen: Listen) -> None:
    listener = listen()
    platforms.bluesky.jetstream.hang_up(code=1011)
    listener.wait(lambda: listener.ended)
    assert isinstance(listener.error, Transient)


@pytest.mark.parametrize(("status", "error"), [(429, RetryAt), (400, Misconfigured), (503, Transient)])
def test_a_connection_that_is_refused_is_told_and_the_search_still_read(
    platforms: Platforms, make_bluesky: MakeBluesky, status: int, error: type[SourceError]
) -> None:
    id = platforms.bluesky.post("aurora air")
    platforms.bluesky.jetstream.refuse_with = status
    listener = Listener(make_bluesky(stream=True))
    listener.wait(lambda: listener.ended)
    assert isinstance(listener.error, error)
    assert id in listener.posts


def test_nobody_there_is_told(make_bluesky: MakeBluesky) -> None:
    listener = Listener(make_bluesky(stream=True, jetstream="ws://127.0.0.1:9/xrpc"))
    listener.wait(lambda: listener.ended)
    assert isinstance(listener.error, Transient)
    assert "cannot be reached" in str(listener.error)


def test_what_is_deleted_at_once_does_not_come(platforms: Platforms, listen: Listen) -> None:
    listener = listen()
    listener.stop()
    gone = platforms.bluesky.post("aurora air, regretted", hidden=True)
    platforms.bluesky.delete(gone)
    kept = platforms.bluesky.post("aurora air, meant")
    again = listen(listener.cursor)
    again.wait(lambda: kept in again.posts)
    assert gone not in again.posts


def test_odd_records_are_passed_over(platforms: Platforms, listen: Listen) -> None:
    listener = listen()
    did = "did:plc:abcdefghijklmnopqrstuvwx"
    for number, record in enumerate(
        ({"text": 7}, {"text": "aurora air"}, {"text": "aurora air", "langs": 7, "embed": []})
    ):
        platforms.bluesky.jetstream.tell(f"at://{did}/app.bsky.feed.post/3odd{number}", "", record)
    platforms.bluesky.jetstream.tell("at://no did/other.collection/odd key", "", {"text": "aurora air"})
    id = platforms.bluesky.post("aurora air, after all that")
    listener.wait(lambda: len(listener.posts) > 2)
    assert listener.posts.keys() == {id} | {f"at://{did}/app.bsky.feed.post/3odd{number}" for number in (1, 2)}


def test_a_language_is_asked_for_as_in_the_search(platforms: Platforms, listen: Listen) -> None:
    listener = listen(lang="en")
    platforms.bluesky.post("aurora air auf Deutsch", lang="de")
    english = platforms.bluesky.post("aurora air in English")
    listener.wait(lambda: listener.posts)
    assert list(listener.posts) == [english]


def test_it_listens_to_terms_only(make_bluesky: MakeBluesky) -> None:
    assert isinstance(make_bluesky(stream=True), Streaming)
    for options in ({"query": "aurora"}, {"mentions": True}):
        with pytest.raises(Misconfigured, match="leave query and mentions out"):
            make_bluesky(stream=True, **options)

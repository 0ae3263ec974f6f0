"""X's filtered stream through the real tweepy: the rule, what comes, what a search brings beside it, and its ends."""

from collections.abc import Callable, Iterator
from contextlib import closing
from decimal import Decimal
from typing import Any

import pytest

from sources.base import AuthFailed, Budget, Cursor, Misconfigured, RetryAt, SourceError, Streaming, Transient
from sources.x import X
from sources.x.stream import Ear, StreamEdge
from sources.x.stream import Listener as Connection
from tests.platforms import Platforms
from tests.sources.keeper import Keeper
from tests.sources.listener import Listener

Listen = Callable[..., Listener]
QUERY = '("aurora air" OR @auroraair) -from:auroraair'
USER_KEYS = dict.fromkeys(("consumer_key", "consumer_secret", "access_token", "access_token_secret"), "fake")


@pytest.fixture
def listen(platforms: Platforms, make_x: Callable[..., X]) -> Iterator[Listen]:
    """Listens to X from a cursor on; returns once the connection stands and the first search is done."""
    made: list[Listener] = []

    def begin(cursor: Cursor | None = None, **options: Any) -> Listener:
        opened = platforms.x.stream.opened
        listener = Listener(make_x(stream=True, **options), cursor)
        made.append(listener)
        listener.wait(lambda: platforms.x.stream.opened > opened and listener.pages)
        return listener

    yield begin
    for each in made:
        each.stop()


def test_posts_come_as_they_are_written(platforms: Platforms, listen: Listen, make_x: Callable[..., X]) -> None:
    listener = listen()
    id = platforms.x.post("aurora air lost my bag", author="dana")
    platforms.x.post("nothing of ours")
    listener.wait(lambda: id in listener.posts)
    assert len(listener.posts) == 1
    assert listener.posts[id] == make_x().recheck([id])[id]  # the same as by any other way


def test_the_rule_is_kept_equal_to_the_query(platforms: Platforms, listen: Listen) -> None:
    platforms.x.rules = {
        "1": {"id": "1", "value": "what we listened for last year", "tag": "mentiondesk"},
        "2": {"id": "2", "value": "aurora", "tag": "of another program"},
    }
    listener = listen()
    assert {rule["value"] for rule in platforms.x.rules.values()} == {QUERY, "aurora"}
    platforms.x.post("aurora borealis, for the other program")
    ours = platforms.x.post("aurora air, for both")
    listener.wait(lambda: listener.posts)
    assert list(listener.posts) == [ours]
    listener.stop()
    kept = dict(platforms.x.rules)
    platforms.x.stream.hang_up()
    listen()
    assert platforms.x.rules == kept


def test_what_came_before_and_while_nobody_listened_is_searched(platforms: Platforms, listen: Listen) -> None:
    before = platforms.x.post("aurora air, before anybody listened")
    listener = listen()
    listener.wait(lambda: before in listener.posts)
    platforms.x.stream.hang_up()
    listener.wait(lambda: listener.ended)
    assert listener.error is None  # X ends connections now and then
    between = platforms.x.post("aurora air, while nobody listens")
    again = listen(listener.cursor)
    again.wait(lambda: between in again.posts)


def test_what_the_stream_drops_is_searched_for_and_nothing_is_counted_twice(
    platforms: Platforms, listen: Listen
) -> None:
    listener = listen(search_every="1s")
    heard = [platforms.x.post(f"aurora air {number}") for number in range(5)]
    listener.wait(lambda: set(heard) <= listener.posts.keys())
    platforms.x.stream.drop = 1
    dropped = platforms.x.post("aurora air, of which the stream says nothing")
    listener.wait(lambda: dropped in listener.posts)
    assert listener.cost.posts == 6
    assert listener.cost.usd == 6 * Decimal("0.005")


def test_a_stream_that_nobody_may_hear_still_leaves_the_search(platforms: Platforms, make_x: Callable[..., X]) -> None:
    id = platforms.x.post("aurora air")
    platforms.x.fail("403", path="/search/stream")
    listener = Listener(make_x(stream=True))
    listener.wait(lambda: listener.ended)
    assert isinstance(listener.error, AuthFailed)
    assert id in listener.posts


def test_a_second_connection_waits_and_leaves_no_rule_to_pay_for(
    platforms: Platforms, listen: Listen, make_x: Callable[..., X]
) -> None:
    listen()
    second = Listener(make_x(stream=True, query="borealis"))
    second.wait(lambda: second.ended)
    assert isinstance(second.error, RetryAt)
    assert "one connection" in str(second.error)
    assert [rule["value"] for rule in platforms.x.rules.values()] == [QUERY]


@pytest.mark.parametrize(
    ("kind", "error"), [("503", Transient), ("429", RetryAt), ("401", AuthFailed), ("drop", Transient)]
)
def test_what_keeps_it_from_connecting_is_told(
    platforms: Platforms, make_x: Callable[..., X], kind: str, error: type[SourceError]
) -> None:
    platforms.x.fail(kind, path="/search/stream/rules", reset=60)
    listener = Listener(make_x(stream=True))
    listener.wait(lambda: listener.ended)
    assert isinstance(listener.error, error)


def test_what_fails_while_it_is_connected_leaves_no_connection_open(
    platforms: Platforms, make_x: Callable[..., X]
) -> None:
    """X allows one; the next attempt would be refused until the program ends."""
    platforms.x.rules = {"1": {"id": "1", "value": QUERY, "tag": "mentiondesk"}}
    platforms.x.garble(bytes, path="/search/stream/rules")  # the first answer is right
    platforms.x.fail("403", path="/search/stream/rules")
    listener = Listener(make_x(stream=True))
    listener.wait(lambda: listener.ended)
    assert isinstance(listener.error, AuthFailed)
    assert platforms.x.stream.opened == 1
    listener.wait(lambda: not platforms.x.stream.open_ones)


def test_a_query_that_the_stream_does_not_take_is_told_in_its_words(
    platforms: Platforms, make_x: Callable[..., X]
) -> None:
    listener = Listener(make_x(stream=True, query="(aurora"))
    listener.wait(lambda: listener.ended)
    assert isinstance(listener.error, Misconfigured)
    assert "missing EOF" in str(listener.error)


def test_a_connection_that_falls_silent_is_given_up(platforms: Platforms) -> None:
    edge = StreamEdge(1.0, platforms.x_options["base_url"], platforms.clock.now)
    token = platforms.x_credentials["bearer_token"]
    ear = Ear(Connection(token, edge), QUERY, {}, Decimal(0), set())
    platforms.x.stream.silent = True
    with closing(ear), pytest.raises(Transient, match="broke off"):
        list(map(ear.hear, [0.5] * 40, [{}] * 40))


def test_garbage_in_the_stream_is_passed_over(platforms: Platforms, listen: Listen) -> None:
    listener = listen()
    for line in (b"{", b"[]", b"7", b'{"data": {"id": []}, "matching_rules": 3}', b'{"errors": [{"title": "oops"}]}'):
        platforms.x.stream.say(line)
    id = platforms.x.post("aurora air, after all that")
    listener.wait(lambda: id in listener.posts)
    assert list(listener.posts) == [id]


def test_stopping_ends_the_connection_at_once(platforms: Platforms, listen: Listen) -> None:
    listener = listen()
    listener.stop()
    listener.wait(lambda: not platforms.x.stream.open_ones)
    assert listener.error is None


def test_a_poll_beside_it_goes_on_from_the_same_cursor(
    platforms: Platforms, listen: Listen, make_x: Callable[..., X]
) -> None:
    """As `mentiondesk poll` does."""
    listener = listen()
    heard = platforms.x.post("aurora air, heard")
    listener.wait(lambda: heard in listener.posts)
    listener.stop()
    later = platforms.x.post("aurora air, later")
    keeper = Keeper(cursor=listener.cursor or {})
    keeper.poll(make_x(stream=True), Budget())
    assert later in keeper.posts


def test_it_is_a_streaming_source_that_needs_a_query_and_a_token(make_x: Callable[..., X]) -> None:
    assert isinstance(make_x(stream=True), Streaming)
    with pytest.raises(Misconfigured, match="BEARER_TOKEN"):
        make_x(credentials=USER_KEYS, stream=True)
    with pytest.raises(Misconfigured, match="query"):
        make_x(mentions=True, stream=True)

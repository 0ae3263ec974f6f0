"""What the desk relies on, asked of every source in the registry."""

import json
from datetime import UTC
from typing import cast

import pytest

from sources.base import Budget, Capability, Misconfigured, Options, Source
from sources.registry import PUSHED, SOURCES, TITLES, build, source_class, source_names
from tests.platforms import Platforms
from tests.sources.keeper import Keeper
from tests.sources.rows import ROWS, Row


@pytest.fixture(params=ROWS, ids=lambda row: row.name)
def row(request: pytest.FixtureRequest) -> Row:
    return cast(Row, request.param)


@pytest.fixture
def source(row: Row, platforms: Platforms) -> Source:
    return build(row.name, row.options(platforms), row.credentials(platforms))


def put(row: Row, platforms: Platforms, count: int) -> list[str]:
    """Posts about the brand on the row's platform; none for one that makes its own."""
    return [row.post(platforms, f"aurora air {number}") for number in range(count)] if row.post else []


def test_every_source_has_a_row() -> None:
    assert {row.name for row in ROWS} == set(SOURCES) - PUSHED


def test_an_unknown_source_is_named() -> None:
    with pytest.raises(Misconfigured, match=f"There is no source 'y'; there are {', '.join(source_names())}"):
        source_class("y")


def test_it_describes_itself(row: Row) -> None:
    kind = source_class(row.name)
    assert kind.name == row.name
    assert kind.title
    assert kind.capabilities <= frozenset(Capability)
    assert all(name == name.lower() for name in kind.credentials)
    assert issubclass(kind.Options, Options)


def test_it_refuses_an_unknown_option(row: Row, platforms: Platforms) -> None:
    with pytest.raises(Misconfigured, match="qery"):
        build(row.name, row.options(platforms) | {"qery": "aurora"}, row.credentials(platforms))


def test_it_names_the_credentials_that_are_missing(row: Row, platforms: Platforms) -> None:
    if not row.needs:
        pytest.skip(f"{row.name} needs no credentials")
    with pytest.raises(Misconfigured) as caught:
        build(row.name, row.options(platforms), {})
    assert row.needs in str(caught.value)


def test_posts_are_whole(row: Row, source: Source, platforms: Platforms) -> None:
    put(row, platforms, 3)
    posts = Keeper().poll(source)
    assert len(posts) >= 3
    for post in posts:
        assert post.source == row.name or row.name == "sample"
        assert post.id
        assert post.root_id
        assert post.text
        assert post.author
        assert post.created_at.tzinfo == UTC
        assert json.loads(json.dumps(dict(post.extra))) == post.extra


def test_the_cursor_goes_on_where_a_small_budget_ended(row: Row, source: Source, platforms: Platforms) -> None:
    put(row, platforms, 230)
    whole, piecewise = Keeper(), Keeper()
    whole.poll(source)
    for _ in range(12):
        before = piecewise.cost.requests
        piecewise.poll(source, Budget(requests=1))
        assert piecewise.cost.requests - before <= 1
    assert set(piecewise.posts) >= set(whole.posts) != set()


def test_a_budget_of_posts_is_kept(row: Row, source: Source, platforms: Platforms) -> None:
    put(row, platforms, 60)
    assert 0 < len(Keeper().poll(source, Budget(posts=25))) <= 25


def test_no_budget_asks_nothing(row: Row, source: Source, platforms: Platforms) -> None:
    put(row, platforms, 5)
    assert Keeper().poll(source, Budget(requests=0)) == []
    assert Keeper().poll(source, Budget(posts=0)) == []


def test_a_second_poll_brings_only_what_is_new(row: Row, source: Source, platforms: Platforms) -> None:
    if row.post is None:
        pytest.skip(f"{row.name} makes its own posts as time passes")
    keeper = Keeper()
    put(row, platforms, 3)
    keeper.poll(source)
    new = row.post(platforms, "aurora air again")
    keeper.poll(source)
    assert len(keeper.posts) == 4
    assert new in keeper.posts


def test_a_thread_holds_the_post_and_its_answers_oldest_first(row: Row, source: Source, platforms: Platforms) -> None:
    if Capability.THREAD not in source.capabilities:
        assert list(source.thread("1", None)) == []
        pytest.skip(f"{row.name} has no threads")
    put(row, platforms, 3)
    post = Keeper().poll(source)[0]
    answer = row.answer(platforms, post.id, "aurora air answers") if row.answer else post.id
    for known in (post.thread_id, None):
        thread = source.thread(post.id, known)
        assert {post.id, answer} <= {each.id for each in thread}
        assert list(thread) == sorted(thread, key=lambda each: each.created_at)
    assert list(source.thread("nonsense!", None)) == []


def test_recheck_tells_what_is_there_from_what_is_gone(row: Row, source: Source, platforms: Platforms) -> None:
    if Capability.RECHECK not in source.capabilities:
        pytest.skip(f"{row.name} cannot re-check")
    put(row, platforms, 3)
    kept, gone = list(Keeper().poll(source))[:2]
    if row.delete:
        row.delete(platforms, gone.id)
    found = source.recheck([kept.id, gone.id, "nonsense!"])
    assert found[kept.id] == kept
    assert "nonsense!" not in found
    assert (found[gone.id] is None) == (row.delete is not None)


def test_a_reply_that_is_not_possible_says_why(row: Row, source: Source, platforms: Platforms) -> None:
    """All rows are built without a user's keys."""
    with pytest.raises(Misconfigured, match=r"\."):
        source.reply("1", "Thank you")


def test_every_source_is_called_the_same_with_and_without_its_client() -> None:
    assert {name: source_class(name).title for name in SOURCES} == TITLES

"""Every view of the queue is read from an index on both databases, and on SQLite in its order.

Forgetting reads few rows. PostgreSQL sorts as few rows as a test has, whatever index there is.
"""

from datetime import datetime

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from monitor.models import Mention
from monitor.privacy.overdue import is_over
from monitor.privacy.settings import RetentionSettings
from monitor.queries.counts import count_view, wanted_views
from monitor.queries.queue import QueueFilter, filtered, first_of, order
from monitor.queries.search import search_newest
from monitor.store import Store
from tests.factories import make_mention

VIEWS = {
    **wanted_views(1, ""),
    "urgent": QueueFilter(urgency="urgent"),
    "with what is hidden": QueueFilter(status="", hidden=None),
}


def plan_of(session: Session, statement: str) -> str:
    """The database's own words; PostgreSQL, for which a few rows are soon read, must not read them all."""
    if session.get_bind().dialect.name == "sqlite":
        return "\n".join(row[3] for row in session.execute(text(f"EXPLAIN QUERY PLAN {statement}")))
    session.execute(text("SET LOCAL enable_seqscan = off"))
    return "\n".join(row[0] for row in session.execute(text(f"EXPLAIN {statement}")))


def written(session: Session, statement: object) -> str:
    bound = statement.compile(session.get_bind(), compile_kwargs={"literal_binds": True})  # type: ignore[attr-defined]
    return str(bound).replace(":", "\\:")


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_of_a_view_is_read_from_an_index_in_its_order(any_store: Store, now: datetime, view: str) -> None:
    with any_store.write() as session:
        make_mention(session)
    with any_store.read() as session:
        page = filtered(session, select(Mention.id), VIEWS[view], now).order_by(*order).limit(51)
        plan = plan_of(session, written(session, page))
    assert "ix_mention_" in plan, plan
    assert "Seq Scan" not in plan, plan
    # What is hidden, by one reason or another, is found by the index and then put in order.
    assert view == "hidden" or "TEMP B-TREE" not in plan, plan


@pytest.mark.parametrize("view", wanted_views(1, ""))
def test_a_view_is_counted_from_an_index(any_store: Store, now: datetime, view: str) -> None:
    with any_store.write() as session:
        make_mention(session)
    with any_store.read() as session:
        plan = plan_of(session, written(session, select(count_view(VIEWS[view], now))))
    assert "ix_mention_" in plan, plan
    assert "Seq Scan" not in plan, plan


def test_words_are_found_by_their_index(any_store: Store) -> None:
    with any_store.write() as session:
        make_mention(session, "words")
    asked: list[str] = []
    event.listen(any_store.engine, "before_execute", lambda _, statement, *__: asked.append(statement))
    with any_store.read() as session:
        search_newest(session, "words")
        plan = plan_of(session, written(session, asked[-1]))
    assert "mention_search" in plan, plan
    assert "Seq Scan" not in plan, plan


def test_what_was_found_is_looked_up_and_the_queue_not_walked(store: Store) -> None:
    with store.read() as session:
        plan = plan_of(session, written(session, first_of(session, [1, 2, 3], [], 2)))
    assert "SEARCH mention USING INTEGER PRIMARY KEY" in plan, plan


def test_what_is_past_its_time_is_looked_for_among_the_ids_and_not_in_all_that_is_closed(
    store: Store, now: datetime
) -> None:
    over = select(Mention.id).where(is_over(RetentionSettings(), now))
    for asked in (over.where(Mention.id.between(1, 5_000)), over.where(Mention.id.in_(range(1, 101)))):
        with store.read() as session:
            plan = plan_of(session, written(session, asked))
        assert "SEARCH mention USING INTEGER PRIMARY KEY" in plan, plan
        assert "MULTI-INDEX" not in plan, plan

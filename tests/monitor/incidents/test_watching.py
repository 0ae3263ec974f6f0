"""A storm of mentions that tell of one trouble is proposed as an incident; what is like it joins the proposal."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from monitor.incidents import commands
from monitor.incidents.grouping import find_groups, name_group, unit_rows
from monitor.incidents.watching import watch_incidents
from monitor.models import Activity, Incident, IncidentMention, Mention
from monitor.settings import Settings
from monitor.store import Store
from monitor.words import Happened
from tests.factories import make_user
from tests.monitor.incidents.conftest import Tell

pytestmark = pytest.mark.postgresql
BELT = (1.0, 0.1, 0.0)


def storm(store: Store, tell: Tell, number: int = 5, **fields: Any) -> list[int]:
    with store.write() as session:
        return [tell(session, f"Bag {place} stuck on the belt", *BELT, **fields).id for place in range(number)]


def belongings(store: Store) -> dict[int, str]:
    with store.read() as session:
        return {one.mention_id: one.state for one in session.scalars(select(IncidentMention))}


def test_a_storm_is_proposed_once_and_named_by_its_words(
    any_store: Store, tell: Tell, settings: Settings, now: datetime
) -> None:
    ids = storm(any_store, tell)
    with any_store.write() as session:
        tell(session, "How many points is a seat?", 0.0, 0.0, 1.0)
    assert watch_incidents(any_store, settings, now) == 5
    assert watch_incidents(any_store, settings, now) == 0
    assert belongings(any_store) == dict.fromkeys(ids, "proposed")
    with any_store.read() as session:
        incident = session.query(Incident).one()
        assert (incident.state, incident.title) == ("proposed", "belt, stuck")
        lines = session.scalars(select(Activity.mention_id).where(Activity.happened == Happened.INCIDENT_PROPOSED))
        assert sorted(id_ for id_ in lines if id_) == ids


@pytest.mark.parametrize(
    "case",
    [
        {"sentiment": "positive"},
        {"hidden": "spam"},
        {"status": "gone"},
        {"posted_at": datetime.fromisoformat("2026-11-18T09:00:00+00:00")},
    ],
)
def test_what_is_no_trouble_of_this_hour_makes_no_storm(
    store: Store, tell: Tell, settings: Settings, now: datetime, case: dict[str, Any]
) -> None:
    storm(store, tell, **case)
    assert watch_incidents(store, settings, now) == 0


def test_one_author_who_writes_often_is_no_storm(store: Store, tell: Tell, settings: Settings, now: datetime) -> None:
    ids = storm(store, tell)
    with store.write() as session:
        first = session.get_one(Mention, ids[0])
        for mention_id in ids[1:]:
            session.get_one(Mention, mention_id).author_id = first.author_id
    assert watch_incidents(store, settings, now) == 0


def test_what_people_complain_of_every_day_is_no_storm(
    store: Store, tell: Tell, settings: Settings, now: datetime
) -> None:
    for hours in range(3, 25, 2):
        earlier = now - timedelta(hours=hours)
        storm(store, tell, 2, posted_at=earlier)
        with store.write() as session:
            for question in ("Which seat is free?", "How many points?", "Is there wifi?"):
                tell(session, question, 0.0, 0.0, 1.0, posted_at=earlier)
    storm(store, tell, 5)
    assert watch_incidents(store, settings, now) == 0  # 2 in every two hours; three times as many are 6
    storm(store, tell, 1)
    assert watch_incidents(store, settings, now) == 6


def test_new_ones_are_proposed_for_what_is_open_and_kept_out_of_what_was_dismissed(
    any_store: Store, tell: Tell, settings: Settings, now: datetime
) -> None:
    ids = storm(any_store, tell)
    watch_incidents(any_store, settings, now)
    with any_store.write() as session:
        ana = make_user(session)
        commands.open_proposed(session, 1, ana, "Belt in Oslo", now)
        commands.leave(session, 1, ids[:1], ana, now)
    late = storm(any_store, tell, 1)
    watch_incidents(any_store, settings, now)
    expected = {**dict.fromkeys(ids, "joined"), ids[0]: "left", late[0]: "proposed"}
    assert belongings(any_store) == expected


def test_what_was_found_to_be_none_is_not_proposed_again(
    any_store: Store, tell: Tell, settings: Settings, now: datetime
) -> None:
    storm(any_store, tell)
    watch_incidents(any_store, settings, now)
    with any_store.write() as session:
        commands.dismiss(session, 1, make_user(session), now)
    storm(any_store, tell, 6)
    assert watch_incidents(any_store, settings, now) == 0
    later = now + timedelta(hours=25)
    storm(any_store, tell, 6, posted_at=later - timedelta(minutes=1))
    assert watch_incidents(any_store, settings, later) == 6


def test_a_brand_can_do_without(store: Store, tell: Tell, settings: Settings, now: datetime) -> None:
    (brand,) = settings.brands
    off = brand.model_copy(update={"incidents": brand.incidents.model_copy(update={"propose": False})})
    storm(store, tell)
    assert watch_incidents(store, settings.model_copy(update={"brands": (off,)}), now) == 0


def test_groups_are_found_greatest_first_and_share_no_mention() -> None:
    rows = unit_rows(list(map(as_bytes, [(1, 0)] * 3 + [(0, 1)] * 4)))
    assert find_groups(rows, range(7), rows[:0], 11, 3, 0.9) == [[3, 4, 5, 6], [0, 1, 2]]
    assert find_groups(rows[:0], [], rows[:0], 11, 3, 0.9) == []


def as_bytes(row: tuple[int, int]) -> bytes:
    return np.array(row, np.float16).tobytes()


def test_alike_in_kind_alone_has_no_name() -> None:
    assert name_group(["Where is my bag", "How does this work", "What a seat"], []) == ""
    assert name_group(["@air stuck belt", "belt again", "the belt"], ["a belt", "no"]) == "belt"

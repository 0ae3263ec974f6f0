"""The week's outcomes against a count by hand."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from monitor import desk
from monitor.care import closing
from monitor.care.following import follow_authors
from monitor.digest.account import compute_digest
from monitor.digest.sentences import headline
from monitor.digest.weeks import IsoWeek
from monitor.models import Brand, Mention, User
from monitor.queries.outcomes import outcomes_after
from monitor.settings import Settings
from monitor.store import Store
from tests.factories import make_mention, make_user

HOUR = timedelta(hours=1)


def closed(session: Session, user: User, now: datetime, outcome: str, brand: str = "Aurora Air", **how: Any) -> Mention:
    mention = make_mention(session, brand=brand)
    return closing.close(session, mention.id, user, now, outcome, **how)


def write_again(session: Session, mention: Mention, sentiment: str, now: datetime, need: str = "billing") -> None:
    post = make_mention(
        session,
        author_id=mention.author_id,
        in_reply_to=mention.root_post_id,
        sentiment=sentiment,
        need=need,
        posted_at=now + HOUR,
    )
    follow_authors(session, [post.id], now + HOUR)


def test_the_digest_counts_what_a_reader_counts(any_store: Store, settings: Settings, now: datetime) -> None:
    with any_store.write() as session:
        ana = make_user(session)
        happier = closed(session, ana, now, "solved")
        write_again(session, happier, "positive", now)
        for _ in range(2):
            closed(session, ana, now, "solved")
        angry = closed(session, ana, now, "answered")
        write_again(session, angry, "negative", now)  # opened again by its author, who feels the same
        closed(session, ana, now, "declined", reason="too late")
        slip = closed(session, ana, now, "solved")
        desk.reopen(session, slip.id, ana, now)  # taken back
        closed(session, ana, now, "solved", brand="Borealis")
        closed(session, ana, now - timedelta(days=7), "solved")  # the week before
        session.flush()
        brand = session.query(Brand).filter_by(name="Aurora Air").one()
        digest = compute_digest(session, settings, brand, IsoWeek.parse("2026-W47"), now + 2 * HOUR)
        assert digest.as_json()["outcomes"] == {
            "closed": 5,
            "by_outcome": {"solved": 3, "declined": 1},
            "reopened": 1,
            "recovery": {"followed": 2, "better": 1, "worse": 0},
            "praise_passed_on": 0,
        }
        told = list(headline(digest))
        assert "5 closed: 3 solved, 1 declined; 1 opened again by its author." in told
        assert "Of 2 who wrote again 1 felt better, 0 worse." in told
        listed = outcomes_after(session, "Aurora Air", 0)
        assert [one.outcome for one, _ in listed] == ["solved"] * 3 + ["answered", "declined", "solved", "solved"]
        assert len(outcomes_after(session, "", listed[-1][0].id - 2)) == 2


def test_a_thank_you_for_praise_is_counted_once(any_store: Store, settings: Settings, now: datetime) -> None:
    with any_store.write() as session:
        ana, mention = make_user(session), make_mention(session)
        desk.claim(session, mention.id, ana, now)
        desk.log_reply(session, mention.id, ana, "Done, Dana.", "", now)
        closing.close(session, mention.id, ana, now, "solved")
        write_again(session, mention, "positive", now, need="praise")
        brand = session.get_one(Brand, mention.brand_id)
        digest = compute_digest(session, settings, brand, IsoWeek.parse("2026-W47"), now + 2 * HOUR)
    assert digest.outcomes.praise_passed_on == 1
    assert digest.outcomes.better == 1

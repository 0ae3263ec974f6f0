"""The demo desk: an invented airline, so that a newcomer sees a day's work before writing a configuration."""

import tomllib
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from monitor import desk, users
from monitor.configuration import check
from monitor.models import Activity, Brand, Feed, Mention, User
from monitor.queries import user_named
from monitor.settings import Settings
from monitor.words import Role, Status

BRAND = {
    "name": "Aurora Air",
    "terms": ("aurora air", "@auroraair"),
    "handles": {"x": "auroraair", "reddit": "u/AuroraAir"},
    "timezone": "Europe/London",
    "hours": {"mon-fri": ("08:00-20:00",), "sat": ("09:00-13:00",), "sun": ("10:00-16:00",)},
    "feed": ({"name": "demo", "source": "sample", "every": "3s"},),
}
COLLEAGUES = ("Ana Castro", "Ben Osei", "Mira Lindqvist")
HISTORY = timedelta(hours=6)  # what is older than this when the demo begins has been dealt with already


def demo_settings(home: Path, **overrides: Any) -> Settings:
    """Settings of the demo brand, in a store of its own under `home`."""
    return check({"brand": (BRAND,), "demo": True, "home": home, **overrides}, "The environment")


def act_out_history(session: Session, settings: Settings, now: datetime) -> int:
    """Let invented colleagues have dealt with most of the demo's old mentions; how many they dealt with.

    Which ones, and how fast, follows from the mention's number alone: every demo has answered, late and forgotten ones.
    """
    colleagues = [find_colleague(session, name, now) for name in COLLEAGUES]
    history = find_history(session, settings)
    chosen = [mention for mention in history if not is_forgotten(mention) and answered_at(mention) < now]
    for mention in chosen:
        deal_with(session, mention, colleagues[mention.id % len(colleagues)])
    return len(chosen)


def find_colleague(session: Session, name: str, now: datetime) -> User:
    return user_named(session, name) or users.add_user(session, name, Role.AGENT, now)


def find_history(session: Session, settings: Settings) -> list[Mention]:
    """Judged mentions that were old when the demo began and that nobody has touched."""
    began = session.scalar(select(Brand.created_at).where(Brand.name == settings.brands[0].name))
    if began is None:
        return []
    untouched = (Mention.status == Status.OPEN, Mention.assignee_id.is_(None), Mention.judged_at.is_not(None))
    statement = select(Mention).where(*untouched, Mention.posted_at < began - HISTORY, Mention.first_reply_at.is_(None))
    recent = statement.join(Feed).where(Feed.source == "sample").options(joinedload(Mention.author))
    return list(session.scalars(recent.order_by(Mention.id)).all())


def is_forgotten(mention: Mention) -> bool:
    """One old mention in fourteen was overlooked: the digest has something to be honest about."""
    return mention.id % 14 == 9


def deal_with(session: Session, mention: Mention, colleague: User) -> None:
    """Claim, answer where an answer is due, and resolve: through the desk's own commands, at the time of then."""
    set_back(session, mention)
    at = answered_at(mention)
    desk.claim(session, mention.id, colleague, at - timedelta(minutes=3))
    if mention.due_at:
        desk.log_reply(session, mention.id, colleague, write_answer(mention, colleague), mention.url, at)
    desk.resolve(session, mention.id, colleague, at + timedelta(minutes=1))


def answered_at(mention: Mention) -> datetime:
    """Between a fifth and one and a fifth of the time allowed, so that most answers are in time and some are late."""
    allowed = (mention.due_at or mention.posted_at + timedelta(hours=4)) - mention.posted_at
    return mention.posted_at + allowed * (0.2 + (mention.id * 37 % 100) / 100)


def set_back(session: Session, mention: Mention) -> None:
    """The demo's past was collected in its past: without this its timeline would run backwards."""
    mention.collected_at = mention.posted_at + timedelta(seconds=20)
    of_mention = update(Activity).where(Activity.mention_id == mention.id)
    session.execute(of_mention.values(at=mention.collected_at))


def write_answer(mention: Mention, colleague: User) -> str:
    names = (mention.author.name if mention.author else "").split()
    answer = load_answers()[mention.need or "none"]
    return f"Hi {names[0] if names else 'there'}, {answer} ^{colleague.name[0]}"


@cache
def load_answers() -> dict[str, str]:
    """What they say, by need."""
    return tomllib.loads(Path(__file__).with_name("demo_answers.toml").read_text(encoding="utf-8"))

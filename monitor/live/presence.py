"""Who is here and what they look at. Kept in memory alone: it is true for half a minute and then forgotten."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

STAY = timedelta(seconds=40)  # a board says twice within this time that somebody is there
READING, WRITING, AWAY = "reading", "writing", "away"
DOINGS = (READING, WRITING, AWAY)


@dataclass(frozen=True)
class Here:
    """Somebody at one mention, or at the board as a whole where `mention_id` is 0."""

    user_id: int
    name: str
    mention_id: int
    doing: str
    until: datetime

    def write(self) -> str:
        """For the desk's other processes."""
        return json.dumps([self.user_id, self.name, self.mention_id, self.doing, self.until.isoformat()])


def read_here(written: str) -> Here | None:
    """What another process wrote; None for anything else."""
    try:
        user_id, name, mention_id, doing, until = json.loads(written)
        return Here(int(user_id), str(name), int(mention_id), str(doing), datetime.fromisoformat(until))
    except (ValueError, TypeError):
        return None


class Presence:
    """Everybody who is here."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.people: dict[tuple[int, int], Here] = {}
        self.version = 0

    def note(self, here: Here) -> bool:
        """Take in what a board said; whether that changed what others see."""
        key = (here.user_id, here.mention_id)
        with self.lock:
            before = self.people.pop(key, None)
            if here.doing != AWAY:
                self.people[key] = here
            changed = (before and before.doing) != (here.doing if here.doing != AWAY else None)
            self.version += changed
        return changed

    def forget_gone(self, now: datetime) -> bool:
        """Drop everybody who has not been heard of; whether there was anybody."""
        with self.lock:
            gone = [key for key, here in self.people.items() if here.until <= now]
            for key in gone:
                del self.people[key]
            self.version += bool(gone)
        return bool(gone)

    def at_mentions(self, now: datetime) -> dict[int, list[Here]]:
        """Who is at which mention, by name; writers first."""
        with self.lock:
            people = [here for here in self.people.values() if here.mention_id and here.until > now]
        found: dict[int, list[Here]] = {}
        for here in sorted(people, key=lambda here: (here.doing != WRITING, here.name)):
            found.setdefault(here.mention_id, []).append(here)
        return found

    def users(self, now: datetime) -> set[int]:
        """The ids of everybody who has a board open."""
        with self.lock:
            return {here.user_id for here in self.people.values() if here.until > now}


def stay(user_id: int, name: str, mention_id: int, doing: str, now: datetime) -> Here:
    return Here(user_id, name, mention_id, doing, now + STAY)

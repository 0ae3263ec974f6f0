"""The seam between the desk and the places it alerts: what a channel is given, and how it fails."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar, Protocol

from monitor.translating import language_code

SEND_SECONDS = 10  # how long one request to a channel may take; well under the outbox's lease


@dataclass(frozen=True, slots=True)
class Link:
    """An address and what to call it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Letter:
    """The long form of a message, for channels that carry whole pages."""

    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Message:
    """What to tell people: plain text throughout, hostile until a channel has escaped it for its own medium."""

    kind: str  # "urgent", "fold", "digest"
    title: str  # one line
    quote: str = ""  # a customer's own words
    lines: tuple[str, ...] = ()  # ours
    fields: tuple[tuple[str, str], ...] = ()  # name and value
    items: tuple[Link, ...] = ()  # a list of mentions
    links: tuple[Link, ...] = ()  # where to go from here
    data: Mapping[str, Any] = field(default_factory=dict)  # the same for programs, JSON-serialisable
    letter: Letter | None = None
    language: str = field(default_factory=language_code)  # in which it was written: `en`, `de`

    def as_text(self) -> str:
        """The message for a medium without markup."""
        parts = [
            self.title,
            "\n".join(f"> {line}" for line in self.quote.splitlines()),
            "\n".join(self.lines),
            "\n".join(f"{name}: {value}" for name, value in self.fields),
            "\n".join(f"- {item.label}\n  {item.url}" for item in self.items),
            "\n".join(f"{link.label}: {link.url}" for link in self.links),
        ]
        return "\n\n".join(part for part in parts if part) + "\n"


class Channel(Protocol):
    """One place to send to. Built with its settings and credentials; keeps nothing between messages."""

    name: str
    prefix: ClassVar[str]  # of its credentials: SLACK in MENTIONDESK_SLACK_BOT_TOKEN
    credentials: ClassVar[tuple[str, ...]]

    def send(self, message: Message, key: str) -> None:
        """Hand the message over, or raise `ChannelError`. A message sent again has the same `key`."""
        ...


class ChannelError(Exception):
    """Why a message did not get through, in a sentence for people."""

    def __init__(self, message: str, *, permanent: bool = False, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.permanent = permanent  # trying again would fail again: a person has to act
        self.retry_after = retry_after  # the whole channel asks to be left alone for so long

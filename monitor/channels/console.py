"""Alerts as lines on the terminal: what a desk without any channel uses."""

import sys
from collections.abc import Mapping
from typing import ClassVar

from monitor.channels.base import Message
from monitor.settings import ChannelSettings
from monitor.wording import excerpt, one_line


class Console:
    """One line a message, on standard error."""

    prefix: ClassVar[str] = "CONSOLE"
    credentials: ClassVar[tuple[str, ...]] = ()

    def __init__(self, settings: ChannelSettings, credentials: Mapping[str, str]) -> None:
        self.name = settings.name

    def send(self, message: Message, key: str) -> None:
        parts = [message.title, excerpt(message.quote, 160), *message.lines, *(link.url for link in message.links[:1])]
        sys.stderr.write(" · ".join(one_line(part) for part in parts if part) + "\n")
        sys.stderr.flush()

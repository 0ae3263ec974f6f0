"""The webhook source: programs bring its posts to the desk, so nothing is read here. See monitor.collecting.hooks."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import ClassVar

from sources.base import Budget, Capability, Cursor, Misconfigured, Options, Page, Post, Receipt


class WebhookOptions(Options):
    """Nothing of its own: what is brought is taken by the brand's rules."""


class Webhook:
    """A feed that is written to. It is never due; polled all the same, it brings nothing."""

    name: ClassVar[str] = "webhook"
    title: ClassVar[str] = "Webhook"
    capabilities: ClassVar[frozenset[Capability]] = frozenset()
    credentials: ClassVar[tuple[str, ...]] = ()  # its secret is asked for by the desk, which checks the signatures
    recheck_usd: ClassVar[Decimal] = Decimal(0)
    Options: ClassVar[type[Options]] = WebhookOptions

    def __init__(self, options: WebhookOptions, credentials: Mapping[str, str]) -> None:
        self.options = options

    def fetch(self, cursor: Cursor | None, budget: Budget) -> Iterator[Page]:
        return iter(())

    def thread(self, post_id: str, thread_id: str | None) -> Sequence[Post]:
        return ()

    def recheck(self, ids: Sequence[str]) -> Mapping[str, Post | None]:
        return {}

    def reply(self, to: str, text: str) -> Receipt:
        raise Misconfigured("A webhook takes no replies: answer where the post was published and log the reply here.")

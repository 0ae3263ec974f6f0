"""What a mention's page shows of the hard ones: guidance that applies, the escalation, the second person, the share."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from monitor.abusive.cap import Share, share_of
from monitor.escalation.commands import groups_of
from monitor.guidance.kinds import Applies, Kind, applying
from monitor.guidance.pages import Page, read_pages
from monitor.models import Escalation, Mention, SecondPerson
from monitor.queries.hard_ones import escalations_of, second_of
from web.context import here, this_moment
from web.login import whoami


@dataclass(frozen=True)
class HardOnes:
    """`escalation` is the one that is open; `share` is the reader's own, where the mention attacks people."""

    guidance: list[tuple[Applies, Page]]
    escalation: Escalation | None
    settled: list[Escalation]
    second: SecondPerson | None
    share: Share | None

    @property
    def first(self) -> Page | None:
        """What stands before everything else on the page."""
        return next((page for applies, page in self.guidance if applies.kind is Kind.SELF_HARM), None)


def read_hard_ones(db: Session, mention: Mention) -> dict[str, Any]:
    """For the template of one mention."""
    settings = here().settings
    rules = settings.brand(mention.brand.name).signals
    applies = applying(mention.text, mention.need, mention.abuse, rules)
    pages = read_pages(db, [one.kind for one in applies])
    escalations = escalations_of(db, mention.id)
    hard = HardOnes(
        guidance=list(zip(applies, pages, strict=True)),
        escalation=next((one for one in escalations if one.closed_at is None), None),
        settled=[one for one in escalations if one.closed_at],
        second=second_of(db, mention.id),
        share=share_of(db, whoami().id, settings, this_moment()) if mention.abuse else None,
    )
    return {"hard": hard, "groups": groups_of(settings), "helplines": settings.helplines}

"""What a mention's page shows of the hard ones: guidance that applies, the escalation, the second person, the share."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from monitor.abusive.cap import Share, share_of
from monitor.escalation.commands import groups_of
from monitor.guidance.kinds import Applies, Kind, applying
from monitor.guidance.pages import Page, choose_pages
from monitor.models import Escalation, SecondPerson
from monitor.queries import MentionDetail
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


def read_hard_ones(db: Session, detail: MentionDetail) -> dict[str, Any]:
    """For the template of one mention."""
    mention, settings = detail.mention, here().settings
    rules = settings.brand(mention.brand.name).signals
    applies = applying(mention.text, mention.need, mention.abuse, rules)
    pages = choose_pages(detail.guidance, [one.kind for one in applies])
    hard = HardOnes(
        guidance=list(zip(applies, pages, strict=True)),
        escalation=next((one for one in detail.escalations if one.closed_at is None), None),
        settled=[one for one in detail.escalations if one.closed_at],
        second=detail.second,
        share=share_of(db, whoami().id, settings, this_moment()) if mention.abuse else None,
    )
    return {"hard": hard, "groups": groups_of(settings), "helplines": settings.helplines}

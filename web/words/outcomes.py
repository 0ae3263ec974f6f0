"""How outcomes are said."""

from monitor.models import Outcome
from monitor.translations.labels import OUTCOMES, say_ended, say_label
from monitor.words import Ended
from web.translations import _

NEEDING_MORE = (Ended.DECLINED, Ended.DUPLICATE, Ended.UNANSWERED)  # a reason, or the other mention
OFFERED = tuple((one.value, OUTCOMES[one]) for one in Ended if one not in NEEDING_MORE)


def say_outcome(outcome: Outcome) -> str:
    """`solved, then reopened by the author`; `answered, the author was positive afterwards`."""
    said = say_ended(outcome.outcome)
    if outcome.reopened_at and outcome.reopened_by_id:
        return _("%(outcome)s, then reopened", outcome=said)
    if outcome.reopened_at:
        return _("%(outcome)s, then reopened by the author", outcome=said)
    if not outcome.next_sentiment:
        return said
    mood = say_label(outcome.next_sentiment)
    return _("%(outcome)s, the author was %(sentiment)s afterwards", outcome=said, sentiment=mood)

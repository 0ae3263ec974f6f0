"""How outcomes are said."""

from monitor.models import Outcome
from monitor.words import Ended

OUTCOME_WORDS = {
    Ended.SOLVED: "solved",
    Ended.ANSWERED: "answered",
    Ended.DECLINED: "declined",
    Ended.PRIVATE: "moved to private",
    Ended.UNNEEDED: "no answer needed",
    Ended.DUPLICATE: "duplicate",
    Ended.UNANSWERED: "we will not answer",
}
NEEDING_MORE = (Ended.DECLINED, Ended.DUPLICATE, Ended.UNANSWERED)  # a reason, or the other mention
OFFERED = tuple((one.value, OUTCOME_WORDS[one].capitalize()) for one in Ended if one not in NEEDING_MORE)


def say_outcome(outcome: Outcome) -> str:
    """`solved, then reopened by the author`; `answered, the author was positive afterwards`."""
    said = OUTCOME_WORDS[Ended(outcome.outcome)]
    if outcome.reopened_at:
        return f"{said}, then reopened{'' if outcome.reopened_by_id else ' by the author'}"
    return f"{said}, the author was {outcome.next_sentiment} afterwards" if outcome.next_sentiment else said

"""The words that the desk stores, such as `urgent`, `billing` or `resolved`, as pages say them."""

from monitor.translating import N_, NP_, _, pgettext
from monitor.words import Ended

# So that the extractor finds them; a word that is missing here is shown as it is stored.
WORDS = frozenset(
    (
        NP_("label", "urgency"),
        NP_("label", "sentiment"),
        NP_("label", "need"),
        NP_("label", "abuse"),
        NP_("label", "urgent"),
        NP_("label", "high"),
        NP_("label", "normal"),
        NP_("label", "low"),
        NP_("label", "negative"),
        NP_("label", "neutral"),
        NP_("label", "positive"),
        NP_("label", "praise"),
        NP_("label", "question"),
        NP_("label", "suggestion"),
        NP_("label", "fault"),
        NP_("label", "delivery"),
        NP_("label", "billing"),
        NP_("label", "booking"),
        NP_("label", "service"),
        NP_("label", "account"),
        NP_("label", "safety"),
        NP_("label", "none"),
        NP_("label", "not judged"),
        NP_("label", "abusive"),
        NP_("label", "not abusive"),
        NP_("label", "open"),
        NP_("label", "snoozed"),
        NP_("label", "resolved"),
        NP_("label", "gone"),
        NP_("label", "all"),
        NP_("label", "agent"),
        NP_("label", "lead"),
        NP_("label", "admin"),
        NP_("label", "proposed"),
        NP_("label", "kept"),
        NP_("label", "broken"),
        NP_("label", "dismissed"),
        NP_("label", "closed"),
        NP_("label", "asked"),
        NP_("label", "refused"),
        NP_("label", "queued"),
        NP_("label", "sending"),
        NP_("label", "unknown"),
        NP_("label", "failed"),
        NP_("label", "withdrawn"),
        NP_("label", "sent"),
        NP_("label", "verified"),
        NP_("label", "missing"),
        NP_("label", "Over"),  # the line to an urgency: how near the next one is
    )
)

OUTCOMES = {
    Ended.SOLVED: N_("solved"),
    Ended.ANSWERED: N_("answered"),
    Ended.DECLINED: N_("declined"),
    Ended.PRIVATE: N_("moved to private"),
    Ended.UNNEEDED: N_("no answer needed"),
    Ended.DUPLICATE: N_("duplicate"),
    Ended.UNANSWERED: N_("we will not answer"),
}


def say_ended(outcome: str) -> str:
    """How a mention was closed."""
    return _(OUTCOMES[Ended(outcome)])


def say_label(label: object) -> str:
    """`dringend` for `urgent`, where German is spoken; anything that is no label stays as it is."""
    return pgettext("label", str(label)) if label in WORDS else str(label or "")


def labelled(labels: list[str]) -> list[tuple[str, str]]:
    """Options of a menu: each label with how it is said."""
    return [(label, say_label(label)) for label in labels]


def begin_large(sentence: str) -> str:
    """With a capital letter, and the rest as it is: German needs its own ones."""
    return sentence[:1].upper() + sentence[1:]

"""Which part of the queue is looked at: read from the address, and written back into it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from monitor.cleaning import printable
from monitor.queries import QueueFilter
from monitor.translations.labels import say_label
from monitor.wording import platform_title
from monitor.words import NEEDS, SENTIMENTS, URGENCIES, Status
from web.translations import N_, _

CHOICES = {
    "urgency": URGENCIES[::-1],
    "sentiment": SENTIMENTS,
    "need": NEEDS,
    "status": ("open", "snoozed", "resolved", "gone", "all"),
    "assignee": ("me", "none", "any"),
    "unjudged": ("any", "language", "failed"),
}
PLAIN = ("q", "brand", "source")  # bounded text rather than a choice
SWITCHES = ("overdue", "abuse", "hidden")
NAMES = ("status", "urgency", "sentiment", "need", "source", "brand", "assignee", "unjudged", "q", *SWITCHES)
UNJUDGED_WORDS = {"any": N_("not judged"), "language": N_("another language"), "failed": N_("could not be judged")}
ASSIGNEE_WORDS = {"me": N_("mine"), "none": N_("unclaimed"), "any": N_("claimed")}
SWITCH_WORDS = {"overdue": N_("overdue"), "abuse": N_("abusive"), "hidden": N_("hidden")}


@dataclass(frozen=True)
class View:
    """One line of the first column: a name people know for a filter; `key` finds its count."""

    key: str
    title: str
    chosen: Mapping[str, str]


VIEWS = (
    View("open", N_("Pressing"), {}),
    View("mine", N_("Mine"), {"assignee": "me"}),
    View("unclaimed", N_("Unclaimed"), {"assignee": "none"}),
    View("overdue", N_("Overdue"), {"overdue": "1"}),
    View("snoozed", N_("Snoozed"), {"status": "snoozed"}),
    View("abusive", N_("Abusive"), {"abuse": "1"}),
    View("resolved", N_("Resolved"), {"status": "resolved"}),
    View("praise", N_("Praise"), {"need": "praise"}),
    View("everything", N_("Everything"), {"status": "all"}),
    View("unjudged", N_("Not judged"), {"unjudged": "any"}),
    View("hidden", N_("Hidden"), {"hidden": "1"}),
)


def chosen_in(args: Mapping[str, str]) -> dict[str, str]:
    """The filters of an address that mean something, in a fixed order; anything else is left out."""
    found = {}
    for name in NAMES:
        value = printable(args.get(name, "")).strip()[:200]
        if value and (name not in CHOICES or value in CHOICES[name]) and (name not in SWITCHES or value == "1"):
            found[name] = value
    if found.get("status") == Status.OPEN:
        del found["status"]
    return found


def queue_filter(chosen: Mapping[str, str], user_id: int) -> QueueFilter:
    """What the domain is asked for."""
    status, assignee = chosen.get("status", Status.OPEN), chosen.get("assignee", "")
    plain = {name: chosen.get(name, "") for name in ("urgency", "sentiment", "need", "unjudged", *PLAIN)}
    return QueueFilter(
        status="" if status == "all" else status,
        assignee=user_id if assignee == "me" else assignee,
        overdue="overdue" in chosen,
        abuse=True if "abuse" in chosen else None,
        hidden="hidden" in chosen,
        **plain,
    )


def address(path: str, chosen: Mapping[str, str], **more: object) -> str:
    """The path with the filters behind it."""
    found = {**chosen, **{name: str(value) for name, value in more.items() if value}}
    return f"{path}?{urlencode(found)}" if found else path


def without(chosen: Mapping[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in chosen.items() if key != name}


def say_chosen(name: str, value: str) -> str:
    """A filter in words, for the mark that takes it off again."""
    if name == "q":
        return f"“{value}”"
    if name in SWITCHES:
        return _(SWITCH_WORDS[name])
    if name == "unjudged":
        return _(UNJUDGED_WORDS[value])
    if name == "assignee":
        return _(ASSIGNEE_WORDS[value])
    if name == "source":
        return platform_title(value)
    if name == "brand":
        return value
    return _("no need") if (name, value) == ("need", "none") else say_label(value)


def current_view(chosen: Mapping[str, str]) -> View | None:
    """The view that the filters are exactly; brand aside, which narrows every view alike."""
    bare = without(chosen, "brand")
    return next((view for view in VIEWS if dict(view.chosen) == bare), None)


def offered(name: str, found: Iterable[str] = ()) -> list[str]:
    """What a menu offers: the fixed choices, or those found in the store."""
    return list(CHOICES.get(name) or found)


def pairs(values: Iterable[str]) -> list[tuple[str, str]]:
    """Options of a menu whose values are their own words."""
    return [(value, value) for value in values]


def source_pairs(sources: Iterable[str]) -> list[tuple[str, str]]:
    return [(source, platform_title(source)) for source in sources]

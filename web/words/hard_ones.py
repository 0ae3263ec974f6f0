"""The hard ones as sentences of a timeline: escalations, a second person, the cap, guidance."""

from collections.abc import Callable, Mapping
from typing import Any

from monitor.translations.labels import say_label
from monitor.words import Happened
from web.translations import _

Data = Mapping[str, Any]


def said(data: Data, name: str) -> str:
    """A colleague's words, for the middle of a sentence."""
    return str(data.get(name, "")).rstrip(".")


def escalated(who: str, data: Data) -> str:
    named = {"who": who, "group": say_label(data.get("to")) or _("a group"), "reason": said(data, "reason")}
    return _("%(who)s escalated this to %(group)s: “%(reason)s”.", **named)


def escalated_further(_who: str, data: Data) -> str:
    named = {"before": say_label(data.get("from")) or _("a group"), "group": say_label(data.get("to")) or _("a group")}
    return _("Nobody of %(before)s took it on in time, so it went on to %(group)s.", **named)


def escalation_settled(who: str, data: Data) -> str:
    return _("%(who)s settled the escalation: “%(answer)s”.", who=who, answer=said(data, "answer"))


def second_asked(who: str, data: Data) -> str:
    if data.get("to"):
        return _("%(who)s asked %(to)s not to leave them alone with this.", who=who, to=data["to"])
    return _("%(who)s asked for a second person on this.", who=who)


def second_accepted(who: str, data: Data) -> str:
    return _("%(who)s stands by %(asker)s on this.", who=who, asker=data.get("asker", _("a colleague")))


def cap_lifted(who: str, data: Data) -> str:
    named = {"who": who, "to": data.get("to", _("a colleague")), "reason": said(data, "reason")}
    return _("%(who)s let %(to)s take more abusive mentions today: “%(reason)s”.", **named)


SENTENCES: dict[Happened, Callable[[str, Data], str]] = {
    Happened.ESCALATED: escalated,
    Happened.ESCALATED_FURTHER: escalated_further,
    Happened.ESCALATION_TAKEN: lambda who, data: _("%(who)s took the escalation on.", who=who),
    Happened.ESCALATION_SETTLED: escalation_settled,
    Happened.SECOND_ASKED: second_asked,
    Happened.SECOND_ACCEPTED: second_accepted,
    Happened.SECOND_ENDED: lambda who, data: _("%(who)s ended the standing by.", who=who),
    Happened.CAP_LIFTED: cap_lifted,
    Happened.GUIDANCE_CHANGED: lambda who, data: _("%(who)s changed the guidance.", who=who),
}

"""The audit trail as sentences: one for everything that can happen."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from monitor.models import Activity
from monitor.translations.labels import say_ended, say_label
from monitor.translations.retelling import retell
from monitor.wording import platform_title
from monitor.words import Happened
from web.translations import _, ngettext
from web.words.deeds import say_taken_back
from web.words.happened import PLAIN
from web.words.hard_ones import SENTENCES as HARD_ONES
from web.words.times import date_time

Data = Mapping[str, Any]


def say_activity(activity: Activity, zone: ZoneInfo) -> str:
    """`Ben took this over from Ana: “she is off today”.` What a line of the trail lacks is left out, never guessed."""
    who = activity.user.name if activity.user else _("The desk")
    data = dict(activity.data or {})
    for moment in ("until", "due"):
        if data.get(moment):
            data[moment] = date_time(datetime.fromisoformat(data[moment]), activity.at, zone)
    happened = Happened(activity.happened)
    return _(PLAIN[happened], **known_of(who, data)) if happened in PLAIN else SENTENCES[happened](who, data)


def known_of(who: str, data: Data) -> dict[str, str]:
    """What a plain sentence may name."""
    named = {name: str(data.get(name) or "…") for name in ("channel", "feed", "title")}
    ends = {"why": because(data, "reason", "why"), "said": quoted(data, "reason"), "due": by_then(data)}
    ends["words"] = quoted(data, "words")
    return {"who": who, "to": colleague(data, "to"), **ends, **named}


def quoted(data: Data, name: str) -> str:
    """`: “reason”.`, or the full stop alone."""
    return f": “{data[name]}”." if data.get(name) else "."


def because(data: Data, *names: str) -> str:
    """The first of the names that is there, as the end of a sentence."""
    found = next((retell(data[name]).rstrip(".") for name in names if data.get(name)), "")
    return f": {found}." if found else "."


def colleague(data: Data, name: str) -> str:
    return str(data.get(name) or _("a colleague"))


def judged(_who: str, data: Data) -> str:
    labels = [say_label(data[head]) for head in ("urgency", "need", "sentiment") if data.get(head)]
    if not labels and data.get("doubts"):
        return " ".join(map(retell, data["doubts"]))
    if data.get("again"):
        return _("Judged again with what the team taught: %(labels)s.", labels=" · ".join(labels))
    return _("Judged %(labels)s.", labels=" · ".join(labels)) if labels else _("Judged.")


def lifted(_who: str, data: Data) -> str:
    why = "; ".join(map(retell, data.get("why") or ()))
    to = say_label(data.get("to"))
    if data.get("lifted"):
        return _("Lifted to %(urgency)s%(why)s.", urgency=to, why=f": {why}" if why else "")
    return (
        _("Nothing lifts it any more; it is %(urgency)s again.", urgency=to) if to else _("Nothing lifts it any more.")
    )


def relabelled(who: str, data: Data) -> str:
    if data.get("head") == "abuse":
        known = {"who": who, "label": say_label("abusive" if data.get("new") == "1" else "not abusive")}
        return _("%(who)s marked it as %(label)s.", **known)
    known = {"who": who, "head": say_label(data.get("head")), "new": say_label(data.get("new"))}
    if not known["head"] or not known["new"]:
        return _("%(who)s corrected the judgement.", who=who)
    if not data.get("old"):
        return _("%(who)s corrected %(head)s to %(new)s.", **known)
    return _("%(who)s corrected %(head)s from %(old)s to %(new)s.", old=say_label(data["old"]), **known)


def alert_failed(_who: str, data: Data) -> str:
    why = because(data, "reason")
    return _("The alert to %(channel)s could not be sent%(why)s", channel=data.get("channel") or "…", why=why)


def snoozed(who: str, data: Data) -> str:
    if not data.get("until"):
        return _("%(who)s snoozed it.", who=who)
    return _("%(who)s snoozed it until %(when)s.", who=who, when=data["until"])


def taken_over(who: str, data: Data) -> str:
    known = {"who": who, "from": colleague(data, "from"), "why": quoted(data, "reason")}
    return _("%(who)s took this over from %(from)s%(why)s", **known)


def assigned(who: str, data: Data) -> str:
    known = {"who": who, "to": colleague(data, "to"), "why": quoted(data, "reason")}
    if not data.get("from"):
        return _("%(who)s gave this to %(to)s%(why)s", **known)
    return _("%(who)s gave this to %(to)s, from %(from)s%(why)s", **{"from": data["from"]}, **known)


def idle_warned(_who: str, data: Data) -> str:
    if not data.get("until"):
        return _("Nothing was done for a while; it goes back to the queue soon.")
    return _("Nothing was done for a while; it goes back to the queue at %(when)s.", when=data["until"])


def handed_back(_who: str, data: Data) -> str:
    name = data.get("from") or _("its holder")
    return _("The desk handed it back to the queue: %(name)s did nothing about it for a while.", name=name)


def collected(_who: str, data: Data) -> str:
    if not data.get("source"):
        return _("Collected.")
    return _("Collected from %(platform)s.", platform=platform_title(str(data["source"])))


def by_then(data: Data) -> str:
    return _(", due %(when)s", when=data["due"]) if data.get("due") else ""


def reply_approved(who: str, data: Data) -> str:
    if data.get("was"):
        return _("%(who)s changed the reply and approved it.", who=who)
    return _("%(who)s approved the reply.", who=who)


def noted(who: str, data: Data) -> str:
    told = [str(name) for name in data.get("told") or ()]
    if not told:
        return _("%(who)s wrote a note.", who=who)
    return _("%(who)s wrote a note for %(names)s.", who=who, names=_(" and ").join(told))


def resolved(who: str, data: Data) -> str:
    known = {"who": who, "why": quoted(data, "reason")}
    if data.get("duplicate_of"):
        return _("%(who)s resolved it, duplicate of mention %(number)s%(why)s", number=data["duplicate_of"], **known)
    if not data.get("outcome"):
        return _("%(who)s resolved it%(why)s", **known)
    outcome = say_ended(data["outcome"])
    return _("%(who)s resolved it, %(outcome)s%(why)s", outcome=outcome, **known)


def muted(who: str, data: Data) -> str:
    if data.get("thread_id"):
        return _("%(who)s muted the conversation%(reason)s", who=who, reason=quoted(data, "reason"))
    return _("%(who)s muted the author.", who=who)


def unmuted(who: str, data: Data) -> str:
    if data.get("thread_id"):
        return _("%(who)s let the conversation be heard again.", who=who)
    return _("%(who)s let the author be heard again.", who=who)


def undone(who: str, data: Data) -> str:
    return say_taken_back(who, str(data["did"])) if data.get("did") else _("%(who)s took something back.", who=who)


def reopened(who: str, data: Data) -> str:
    if data.get("by_post"):
        return _("The author wrote again, so it is open again.")
    return _("%(who)s reopened it.", who=who)


def handed_over(who: str, data: Data) -> str:
    said = quoted(data, "note")
    if not data.get("to"):
        return _("%(who)s handed this over to the queue%(said)s", who=who, said=said)
    return _("%(who)s handed this over to %(to)s%(said)s", who=who, to=data["to"], said=said)


def of_incident(data: Data) -> str:
    return str(data.get("incident") or "…")


def incident_proposed(_who: str, data: Data) -> str:
    return _("The desk found it much like others: perhaps the incident “%(name)s”.", name=of_incident(data))


def incident_opened(who: str, data: Data) -> str:
    return _("%(who)s opened the incident “%(name)s”.", who=who, name=of_incident(data))


def incident_dismissed(who: str, data: Data) -> str:
    return _("%(who)s found that “%(name)s” is no incident.", who=who, name=of_incident(data))


def incident_changed(who: str, data: Data) -> str:
    return _("%(who)s changed what the incident “%(name)s” says.", who=who, name=of_incident(data))


def incident_joined(who: str, data: Data) -> str:
    return _("%(who)s put it into the incident “%(name)s”.", who=who, name=of_incident(data))


def incident_left(who: str, data: Data) -> str:
    return _("%(who)s took it out of the incident “%(name)s”.", who=who, name=of_incident(data))


def incident_answered(who: str, data: Data) -> str:
    number = int(data.get("answered") or 0)
    return ngettext(
        "%(who)s answered %(num)s mention of the incident.",
        "%(who)s answered %(num)s mentions of the incident together.",
        number,
        who=who,
    )


def incident_closed(who: str, data: Data) -> str:
    number = int(data.get("resolved") or 0)
    return ngettext(
        "%(who)s closed the incident and %(num)s mention with it.",
        "%(who)s closed the incident and %(num)s mentions with it.",
        number,
        who=who,
    )


def incident_reopened(who: str, data: Data) -> str:
    return _("%(who)s opened the incident “%(name)s” again.", who=who, name=of_incident(data))


SENTENCES: dict[Happened, Callable[[str, Data], str]] = {
    Happened.COLLECTED: collected,
    Happened.JUDGED: judged,
    Happened.LIFTED: lifted,
    Happened.ALERT_FAILED: alert_failed,
    Happened.TAKEN_OVER: taken_over,
    Happened.ASSIGNED: assigned,
    Happened.IDLE_WARNED: idle_warned,
    Happened.HANDED_BACK: handed_back,
    Happened.NOTED: noted,
    Happened.RESOLVED: resolved,
    Happened.REOPENED: reopened,
    Happened.SNOOZED: snoozed,
    Happened.RELABELLED: relabelled,
    Happened.MUTED: muted,
    Happened.UNDONE: undone,
    Happened.UNMUTED: unmuted,
    Happened.REPLY_APPROVED: reply_approved,
    Happened.HANDED_OVER: handed_over,
    Happened.INCIDENT_PROPOSED: incident_proposed,
    Happened.INCIDENT_OPENED: incident_opened,
    Happened.INCIDENT_DISMISSED: incident_dismissed,
    Happened.INCIDENT_CHANGED: incident_changed,
    Happened.INCIDENT_JOINED: incident_joined,
    Happened.INCIDENT_LEFT: incident_left,
    Happened.INCIDENT_ANSWERED: incident_answered,
    Happened.INCIDENT_CLOSED: incident_closed,
    Happened.INCIDENT_REOPENED: incident_reopened,
    **HARD_ONES,
}

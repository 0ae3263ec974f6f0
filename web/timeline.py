"""The audit trail as sentences: one for everything that can happen."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from monitor.models import Activity
from monitor.wording import platform_title
from monitor.words import Happened
from web.deed_words import say_taken_back
from web.hard_words import SENTENCES as HARD_ONES
from web.translating import _, ngettext
from web.wording import date_time

Data = Mapping[str, Any]


def say_activity(activity: Activity, zone: ZoneInfo) -> str:
    """`Ben took this over from Ana: “she is off today”.` What a line of the trail lacks is left out, never guessed."""
    who = activity.user.name if activity.user else "The desk"
    data = dict(activity.data or {})
    for moment in ("until", "due"):
        if data.get(moment):
            data[moment] = date_time(datetime.fromisoformat(data[moment]), activity.at, zone)
    return SENTENCES[Happened(activity.happened)](who, data)


def quoted(data: Data, name: str) -> str:
    """`: “reason”.`, or the full stop alone."""
    return f": “{data[name]}”." if data.get(name) else "."


def because(data: Data, *names: str) -> str:
    """The first of the names that is there, as the end of a sentence."""
    found = next((str(data[name]).rstrip(".") for name in names if data.get(name)), "")
    return f": {found}." if found else "."


def judged(_who: str, data: Data) -> str:
    labels = [str(data[head]) for head in ("urgency", "need", "sentiment") if data.get(head)]
    if not labels and data.get("doubts"):
        return " ".join(map(str, data["doubts"]))
    if data.get("again"):
        return f"Judged again with what the team taught: {' · '.join(labels)}."
    return f"Judged {' · '.join(labels)}." if labels else "Judged."


def lifted(_who: str, data: Data) -> str:
    why = "; ".join(map(str, data.get("why") or ()))
    if data.get("lifted"):
        return f"Lifted to {data.get('to')}{f': {why}' if why else ''}."
    return f"Nothing lifts it any more{f'; it is {to} again' if (to := data.get('to')) else ''}."


def relabelled(who: str, data: Data) -> str:
    if data.get("head") == "abuse":
        return f"{who} marked it as {'abusive' if data.get('new') == '1' else 'not abusive'}."
    before = f" from {data['old']}" if data.get("old") else ""
    return f"{who} corrected {data.get('head', 'the judgement')}{before} to {data.get('new', 'another label')}."


def alert_failed(_who: str, data: Data) -> str:
    return f"The alert to {data.get('channel', 'a channel')} could not be sent{because(data, 'reason')}"


def snoozed(who: str, data: Data) -> str:
    return f"{who} snoozed it until {data['until']}." if data.get("until") else f"{who} snoozed it."


def taken_over(who: str, data: Data) -> str:
    return f"{who} took this over from {data.get('from', 'a colleague')}{quoted(data, 'reason')}"


def assigned(who: str, data: Data) -> str:
    taken = f", from {data['from']}" if data.get("from") else ""
    return f"{who} gave this to {data.get('to', 'a colleague')}{taken}{quoted(data, 'reason')}"


def idle_warned(_who: str, data: Data) -> str:
    return f"Nothing was done for a while; it goes back to the queue at {data.get('until', 'the set time')}."


def handed_back(_who: str, data: Data) -> str:
    return f"The desk handed it back to the queue: {data.get('from', 'its holder')} did nothing about it for a while."


def collected(_who: str, data: Data) -> str:
    return f"Collected from {platform_title(str(data['source']))}." if data.get("source") else "Collected."


def promised(who: str, data: Data) -> str:
    return f"{who} promised something{by_then(data)}."


def by_then(data: Data) -> str:
    return f", due {data['due']}" if data.get("due") else ""


def reply_approved(who: str, data: Data) -> str:
    return f"{who} changed the reply and approved it." if data.get("was") else f"{who} approved the reply."


def noted(who: str, data: Data) -> str:
    told = [str(name) for name in data.get("told") or ()]
    return f"{who} wrote a note for {' and '.join(told)}." if told else f"{who} wrote a note."


def resolved(who: str, data: Data) -> str:
    ended = str(data.get("outcome", "")).replace("_", " ")
    original = f" of mention {data['duplicate_of']}" if data.get("duplicate_of") else ""
    return f"{who} resolved it{f', {ended}{original}' if ended else ''}{quoted(data, 'reason')}"


def muted(who: str, data: Data) -> str:
    if data.get("thread_id"):
        return _("%(who)s muted the conversation%(reason)s", who=who, reason=quoted(data, "reason"))
    return _("%(who)s muted the author.", who=who)


def unmuted(who: str, data: Data) -> str:
    if data.get("thread_id"):
        return _("%(who)s let the conversation be heard again.", who=who)
    return _("%(who)s let the author be heard again.", who=who)


def reopened(who: str, data: Data) -> str:
    return "The author wrote again, so it is open again." if data.get("by_post") else f"{who} reopened it."


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
    Happened.EDITED: lambda who, data: "The author edited the post; the earlier text is kept.",
    Happened.JUDGED: judged,
    Happened.SET_ASIDE: lambda who, data: f"It could not be judged{because(data, 'why', 'reason')}",
    Happened.RETRIED: lambda who, data: f"{who} had it judged again.",
    Happened.LIFTED: lifted,
    Happened.ALERTED: lambda who, data: f"Alert sent to {data.get('channel', 'a channel')}.",
    Happened.ALERT_FAILED: alert_failed,
    Happened.CLAIMED: lambda who, data: f"{who} claimed this.",
    Happened.TAKEN_OVER: taken_over,
    Happened.RELEASED: lambda who, data: f"{who} handed it back to the queue.",
    Happened.ASSIGNED: assigned,
    Happened.IDLE_WARNED: idle_warned,
    Happened.HANDED_BACK: handed_back,
    Happened.NOTED: noted,
    Happened.REPLIED: lambda who, data: f"{who} logged a public reply.",
    Happened.RESOLVED: resolved,
    Happened.REOPENED: reopened,
    Happened.SNOOZED: snoozed,
    Happened.WOKEN: lambda who, data: "Its snooze ended; it is open again.",
    Happened.RELABELLED: relabelled,
    Happened.CONFIRMED: lambda who, data: f"{who} found the judgement right.",
    Happened.LEARNED: lambda who, data: "The classifier learned from the team.",
    Happened.UNLEARNED: lambda who, data: "The classifier went back to what it knew before.",
    Happened.FEED_DOWN: lambda who, data: f"The feed stopped reading{because(data, 'reason', 'why')}",
    Happened.FEED_UP: lambda who, data: "The feed reads again.",
    Happened.GAP_FOUND: lambda who, data: f"A gap was found{because(data, 'reason', 'why')}",
    Happened.IMPORTED: lambda who, data: "A file was imported.",
    Happened.USER_ADDED: lambda who, data: f"{who} joined the desk.",
    Happened.SIGNED_IN: lambda who, data: f"{who} signed in.",
    Happened.MUTED: muted,
    Happened.UNDONE: lambda who, data: say_taken_back(who, str(data.get("did"))),
    Happened.UNMUTED: unmuted,
    Happened.SHOWN: lambda who, data: f"{who} put it into the queue.",
    Happened.GONE: lambda who, data: "The author deleted the post; what it said was removed here too.",
    Happened.ECHOED: lambda who, data: "Somebody passed it on.",
    Happened.SEEN_ANSWERED: lambda who, data: "Our own account answered it outside the desk.",
    Happened.REPLY_ASKED: lambda who, data: f"{who} wrote a reply that waits for approval{because(data, 'why')}",
    Happened.REPLY_APPROVED: reply_approved,
    Happened.REPLY_REFUSED: lambda who, data: f"{who} did not approve the reply{quoted(data, 'reason')}",
    Happened.REPLY_QUEUED: lambda who, data: f"{who} sent a reply; it is on its way.",
    Happened.REPLY_WITHDRAWN: lambda who, data: f"{who} took a reply back before it was sent.",
    Happened.REPLY_SENT: lambda who, data: "The reply is in public.",
    Happened.REPLY_FAILED: lambda who, data: f"The reply could not be sent{because(data, 'reason')}",
    Happened.REPLY_UNKNOWN: lambda who, data: f"Nobody knows whether the reply is in public{because(data, 'reason')}",
    Happened.REPLY_VERIFIED: lambda who, data: "The reply was found on the platform as it was written.",
    Happened.REPLY_MISSING: lambda who, data: f"The reply no longer stands as it was written{because(data, 'reason')}",
    Happened.GAP_READ: lambda who, data: f"A gap of the feed {data.get('feed', '')} was read after all.",
    Happened.GAP_ACCEPTED: lambda who, data: f"{who} accepted a gap of the feed {data.get('feed', '')}.",
    Happened.FEED_SILENT: lambda who, data: f"The feed {data.get('feed', '')} has been silent for unusually long.",
    Happened.DIGEST_SENT: lambda who, data: "The weekly digest was sent.",
    Happened.PROMISE_PROPOSED: lambda who, data: f"A promise was found in the reply{by_then(data)}.",
    Happened.PROMISED: promised,
    Happened.PROMISE_CHANGED: lambda who, data: f"{who} changed a promise{by_then(data)}.",
    Happened.PROMISE_DISMISSED: lambda who, data: f"{who} put a promise away{quoted(data, 'reason')}",
    Happened.PROMISE_REMINDED: lambda who, data: f"A promise is soon to be kept{by_then(data)}.",
    Happened.PROMISE_KEPT: lambda who, data: f"{who} kept a promise.",
    Happened.PROMISE_BROKEN: lambda who, data: f"A promise was broken{by_then(data)}.",
    Happened.PINNED: lambda who, data: f"{who} pinned a note to the author.",
    Happened.UNPINNED: lambda who, data: f"{who} took a pinned note off the author.",
    Happened.PRAISE_PASSED_ON: lambda who, data: (
        f"{who} passed praise on to {data.get('to', 'a colleague')}{quoted(data, 'words')}"
    ),
    Happened.SAVED_REPLY_ADDED: lambda who, data: f"{who} saved the reply {data.get('title', '')}.",
    Happened.SAVED_REPLY_CHANGED: lambda who, data: f"{who} changed the saved reply {data.get('title', '')}.",
    Happened.SAVED_REPLY_ARCHIVED: lambda who, data: f"{who} archived the saved reply {data.get('title', '')}.",
    Happened.SAVED_REPLY_RESTORED: lambda who, data: f"{who} brought back the saved reply {data.get('title', '')}.",
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
    Happened.PROMISE_MADE_GOOD: lambda who, data: f"{who} made a broken promise good.",
}

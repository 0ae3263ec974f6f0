"""What was done to mentions and what was taken back, in words."""

from datetime import datetime

from monitor.deeds import Left
from monitor.desk import AlreadyClaimed, DeskError
from monitor.words import Did
from web.translations import N_, NN_, _, ngettext
from web.words.times import ago

DONE = {
    Did.CLAIM: NN_("%(num)s mention claimed.", "%(num)s mentions claimed."),
    Did.RELEASE: NN_("%(num)s mention handed back.", "%(num)s mentions handed back."),
    Did.TAKE_OVER: NN_("%(num)s mention taken over.", "%(num)s mentions taken over."),
    Did.ASSIGN: NN_("%(num)s mention given away.", "%(num)s mentions given away."),
    Did.LABEL: NN_("%(num)s mention corrected.", "%(num)s mentions corrected."),
    Did.RESOLVE: NN_("%(num)s mention resolved.", "%(num)s mentions resolved."),
    Did.REOPEN: NN_("%(num)s mention reopened.", "%(num)s mentions reopened."),
    Did.SNOOZE: NN_("%(num)s mention snoozed.", "%(num)s mentions snoozed."),
    Did.MUTE_AUTHOR: NN_("%(num)s author muted.", "%(num)s authors muted."),
    Did.MUTE_THREAD: NN_("%(num)s conversation muted.", "%(num)s conversations muted."),
}
TAKEN_BACK = {
    Did.CLAIM: N_("%(who)s took the claim back."),
    Did.RELEASE: N_("%(who)s took it back from the queue."),
    Did.TAKE_OVER: N_("%(who)s gave it back to whom it was taken from."),
    Did.ASSIGN: N_("%(who)s took it back from whom it was given to."),
    Did.LABEL: N_("%(who)s took the correction back."),
    Did.RESOLVE: N_("%(who)s took back that it is resolved."),
    Did.REOPEN: N_("%(who)s took back that it is open again."),
    Did.SNOOZE: N_("%(who)s took the snooze back."),
    Did.MUTE_AUTHOR: N_("%(who)s took back that the author is muted."),
    Did.MUTE_THREAD: N_("%(who)s took back that the conversation is muted."),
}


def say_done(did: Did, number: int) -> str:
    """`12 mentions resolved.`"""
    return ngettext(*DONE[did], number)


def say_same(number: int) -> str:
    """Of those that stood so already."""
    return ngettext("%(num)s was so already.", "%(num)s were so already.", number)


def say_taken_back(who: str, did: str) -> str:
    """A line of the timeline."""
    return _(TAKEN_BACK[Did(did)], who=who)


def say_refused(error: DeskError, now: datetime) -> str:
    """Why something could not be done to one mention of many."""
    if isinstance(error, AlreadyClaimed):
        return _("%(name)s claimed this %(ago)s.", name=error.holder, ago=ago(error.since, now))
    return str(error)


def say_nothing_done() -> str:
    return _("Nothing was changed.")


def say_undone(number: int) -> str:
    if not number:
        return _("Nothing was taken back.")
    return ngettext(
        "Taken back: %(num)s mention is as it was.", "Taken back: %(num)s mentions are as they were.", number
    )


def say_left(left: Left) -> str:
    """Why a mention was left as it is; what happened since stands beside it."""
    return _("Left as it is.") if left.line else _("Left as it is: somebody changed the mute since.")

"""The words of the desk as values: statuses, roles and kinds, spelt once."""

from enum import StrEnum

# The labels of a judgement are words of the desk too; pages take them from here.
from classifier.labels import NEEDS as NEEDS
from classifier.labels import SENTIMENTS as SENTIMENTS
from classifier.labels import URGENCIES as URGENCIES
from classifier.labels import Need as Need
from classifier.labels import Sentiment as Sentiment
from classifier.labels import Urgency as Urgency
from classifier.languages import LANGUAGES as LANGUAGES


class Status(StrEnum):
    """Where a mention stands."""

    OPEN = "open"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    GONE = "gone"  # deleted at the platform, or no longer kept; text and author are purged


NOT_CLOSED = (Status.OPEN, Status.SNOOZED)


class Hidden(StrEnum):
    """By what a mention is kept out of the queue; see monitor.collecting.hiding."""

    SPAM = "spam"
    MUTE = "mute"
    THREAD = "thread"  # its conversation is muted


class Ended(StrEnum):
    """How a mention was closed."""

    SOLVED = "solved"
    ANSWERED = "answered"  # what there was to say was said
    DECLINED = "declined"  # a no, with its reason
    PRIVATE = "moved_to_private"
    UNNEEDED = "no_answer_needed"
    DUPLICATE = "duplicate"  # dealt with on another mention
    UNANSWERED = "will_not_answer"  # it attacks people, and nobody has to answer that


class Did(StrEnum):
    """What somebody did to mentions, and can take back for a while; see monitor.deeds."""

    CLAIM = "claim"
    RELEASE = "release"
    TAKE_OVER = "take_over"
    ASSIGN = "assign"
    LABEL = "label"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    SNOOZE = "snooze"
    MUTE_AUTHOR = "mute_author"
    MUTE_THREAD = "mute_thread"


class Role(StrEnum):
    """What a user may do; each includes the ones before it."""

    AGENT = "agent"
    LEAD = "lead"
    ADMIN = "admin"


class ReplyState(StrEnum):
    """How far a public answer has come."""

    LOGGED = "logged"  # posted elsewhere, written down here
    SEEN = "seen"  # found on the platform, written by our own account outside the desk
    ASKED = "asked"  # waits for a colleague's approval
    REFUSED = "refused"  # a colleague would not have it sent
    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"  # it may be in public or not; a person has to look
    FAILED = "failed"  # the platform did not take it
    WITHDRAWN = "withdrawn"  # taken back before it was sent
    SENT = "sent"
    VERIFIED = "verified"  # found on the platform as it was written
    MISSING = "missing"  # no longer there, or not as it was written


class PromiseState(StrEnum):
    """Where a promise stands."""

    PROPOSED = "proposed"  # found in a reply; a person has still to say whether it is one
    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"  # its time passed; it stays so, also when it is made good later
    DISMISSED = "dismissed"  # it was none


class Promised(StrEnum):
    """What a promise commits us to."""

    ANSWER = "answer"
    MESSAGE = "message"
    CALL = "call"
    REFUND = "refund"
    FIX = "fix"
    CHECK = "check"
    PASS_ON = "pass_on"  # noqa: S105 - no password
    OTHER = "other"


class IncidentState(StrEnum):
    """Where an incident stands."""

    PROPOSED = "proposed"  # many mentions look like one trouble; a person has still to say so
    OPEN = "open"
    CLOSED = "closed"
    DISMISSED = "dismissed"  # it was none


class Belonging(StrEnum):
    """Whether a mention belongs to an incident."""

    PROPOSED = "proposed"  # by the desk
    JOINED = "joined"
    LEFT = "left"  # a person said that it does not, or no longer


class NotificationState(StrEnum):
    """How far an alert has come on its way out."""

    QUEUED = "queued"
    SENDING = "sending"
    FOLDED = "folded"  # told of in another, which is still to be sent
    SENT = "sent"
    FAILED = "failed"


class FeedState(StrEnum):
    """Whether a feed can see."""

    NEW = "new"  # not polled yet
    READING = "reading"
    WAITING = "waiting"  # the platform asked us to wait
    UNREACHABLE = "unreachable"
    REFUSED = "refused"  # credentials
    UNPAID = "unpaid"  # out of credits, or of its budget
    MISCONFIGURED = "misconfigured"


class Happened(StrEnum):
    """What an Activity row says happened. Past tense, as a timeline reads."""

    COLLECTED = "collected"
    EDITED = "edited"
    JUDGED = "judged"
    SET_ASIDE = "set_aside"  # could not be judged
    RETRIED = "retried"  # put back before the classifier by a person
    LIFTED = "lifted"  # rules raised its urgency beside the model, or no longer do
    ALERTED = "alerted"
    ALERT_FAILED = "alert_failed"
    CLAIMED = "claimed"
    TAKEN_OVER = "taken_over"
    RELEASED = "released"
    ASSIGNED = "assigned"  # given to a colleague, by a person or by the desk
    IDLE_WARNED = "idle_warned"  # the holder was told that it goes back soon
    HANDED_BACK = "handed_back"  # by the desk, because nothing was done about it
    HANDED_OVER = "handed_over"  # at the end of a shift, to a colleague or to the queue
    ESCALATED = "escalated"  # put before a lead or a named group
    ESCALATED_FURTHER = "escalated_further"  # nobody took it in time
    ESCALATION_TAKEN = "escalation_taken"  # somebody has it
    ESCALATION_SETTLED = "escalation_settled"
    SECOND_ASKED = "second_asked"  # somebody would not be alone with it
    SECOND_ACCEPTED = "second_accepted"
    SECOND_ENDED = "second_ended"
    CAP_LIFTED = "cap_lifted"  # somebody may take more of what attacks people, today
    GUIDANCE_CHANGED = "guidance_changed"
    NOTED = "noted"
    REPLIED = "replied"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    SNOOZED = "snoozed"
    WOKEN = "woken"
    RELABELLED = "relabelled"
    CONFIRMED = "confirmed"  # a person found the judgement right
    LEARNED = "learned"  # the classifier tried to learn from the team
    UNLEARNED = "unlearned"  # and went back to what it knew before
    MUTED = "muted"
    UNMUTED = "unmuted"
    SHOWN = "shown"  # brought back from among the hidden
    UNDONE = "undone"  # what a person did, by the same person
    GONE = "gone"  # deleted at the platform, and so purged here
    FORGOTTEN = "forgotten"  # kept no longer, its time being over; see monitor.privacy
    ERASED = "erased"  # with everything else of its author, by a person
    EXPORTED = "exported"  # what the desk holds about an author
    USER_LEFT = "user_left"
    ECHOED = "echoed"  # somebody reposted or quoted it
    SEEN_ANSWERED = "seen_answered"  # our own account answered it outside the desk
    REPLY_ASKED = "reply_asked"  # an answer waits for approval
    REPLY_APPROVED = "reply_approved"
    REPLY_REFUSED = "reply_refused"  # by a colleague
    REPLY_QUEUED = "reply_queued"
    REPLY_WITHDRAWN = "reply_withdrawn"
    REPLY_SENT = "reply_sent"
    REPLY_FAILED = "reply_failed"  # the platform did not take it
    REPLY_UNKNOWN = "reply_unknown"  # nobody knows whether the platform took it
    REPLY_VERIFIED = "reply_verified"
    REPLY_MISSING = "reply_missing"
    FEED_DOWN = "feed_down"
    FEED_UP = "feed_up"
    GAP_FOUND = "gap_found"
    GAP_READ = "gap_read"
    GAP_ACCEPTED = "gap_accepted"
    FEED_SILENT = "feed_silent"
    IMPORTED = "imported"
    USER_ADDED = "user_added"
    SIGNED_IN = "signed_in"
    DIGEST_SENT = "digest_sent"
    PROMISE_PROPOSED = "promise_proposed"  # found in a reply
    PROMISED = "promised"
    PROMISE_CHANGED = "promise_changed"
    PROMISE_DISMISSED = "promise_dismissed"
    PROMISE_REMINDED = "promise_reminded"
    PROMISE_KEPT = "promise_kept"
    PROMISE_BROKEN = "promise_broken"
    PROMISE_MADE_GOOD = "promise_made_good"  # kept, but too late
    PINNED = "pinned"  # a note, to its author
    UNPINNED = "unpinned"
    PRAISE_PASSED_ON = "praise_passed_on"  # to the colleague who earned it
    SAVED_REPLY_ADDED = "saved_reply_added"
    SAVED_REPLY_CHANGED = "saved_reply_changed"
    SAVED_REPLY_ARCHIVED = "saved_reply_archived"
    SAVED_REPLY_RESTORED = "saved_reply_restored"
    INCIDENT_PROPOSED = "incident_proposed"  # and a mention for one
    INCIDENT_OPENED = "incident_opened"
    INCIDENT_DISMISSED = "incident_dismissed"  # it was none
    INCIDENT_CHANGED = "incident_changed"  # its name, what is known, or its answers
    INCIDENT_JOINED = "incident_joined"  # a mention
    INCIDENT_LEFT = "incident_left"
    INCIDENT_ANSWERED = "incident_answered"
    INCIDENT_CLOSED = "incident_closed"
    INCIDENT_REOPENED = "incident_reopened"

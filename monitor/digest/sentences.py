"""The week in a few sentences, in the language that is spoken."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.digest.account import Digest
from monitor.digest.facts import Unseen
from monitor.digest.tally import FirstReply
from monitor.queries.escalations import EscalationTally
from monitor.queries.incidents import IncidentTally
from monitor.queries.outcomes import OutcomeTally
from monitor.translating import _, ngettext, say_number
from monitor.translations.dates import say_date, say_share, say_span_in_two
from monitor.translations.labels import say_ended
from monitor.wording import excerpt

NOTHING = "–"


def headline(digest: Digest) -> Iterator[str]:
    """What came, what was answered, what is left."""
    yield say_coming(digest)
    if digest.first_reply.answered:
        yield say_answered(digest.first_reply)
    elif digest.counts.mentions:
        yield _("None was answered.")
    yield say_neglected(digest)
    if digest.promises.due:
        yield say_promises(digest)
    if digest.outcomes.closed:
        yield say_outcomes(digest.outcomes)
    if digest.outcomes.followed:
        yield say_recovery(digest.outcomes)
    if digest.outcomes.praise_passed_on:
        yield say_praise(digest.outcomes)
    if digest.incidents.titles:
        yield say_incidents(digest.incidents)
    if digest.escalations.escalated:
        yield say_escalations(digest.escalations)
    if digest.gaps or digest.blind:
        yield _("Some of the week could not be read, so there may have been more.")


def say_coming(digest: Digest) -> str:
    """`12 mentions, 3 fewer than the week before.`"""
    mentions, before = digest.counts.mentions, digest.before.mentions
    return f"{say_mentions(mentions)}, {say_change(mentions, before)}."


def say_mentions(number: int) -> str:
    return ngettext("%(num)s mention", "%(num)s mentions", number)


def say_change(now: int, before: int) -> str:
    if now == before:
        return _("as many as the week before")
    number = say_number(abs(now - before))
    if now > before:
        return _("%(number)s more than the week before", number=number)
    return _("%(number)s fewer than the week before", number=number)


def say_answered(reply: FirstReply) -> str:
    return _(
        "%(number)s answered in public, half of them within %(half)s, nine in ten within %(most)s.",
        number=say_number(reply.answered),
        half=say_span(reply.median),
        most=say_span(reply.p90),
    )


def say_neglected(digest: Digest) -> str:
    """`1 urgent is still unanswered; 2 from before it still wait.`"""
    number, older = digest.unanswered_urgent_count, digest.unanswered_urgent_older
    said = [
        ngettext("%(num)s urgent is still unanswered", "%(num)s urgent are still unanswered", number)
        if number
        else _("Nothing urgent of the week is waiting for an answer")
    ]
    if older:
        said.append(ngettext("%(num)s from before it still waits", "%(num)s from before it still wait", older))
    return "; ".join(said) + "."


def say_promises(digest: Digest) -> str:
    """`Of 5 promises due in the week 4 were kept, 1 was broken.`"""
    tally = digest.promises
    due = ngettext("Of the %(num)s promise due in the week", "Of %(num)s promises due in the week", tally.due)
    said = [
        ngettext("%(num)s was kept", "%(num)s were kept", tally.kept),
        ngettext("%(num)s was broken", "%(num)s were broken", tally.broken),
    ]
    if tally.open:
        said.append(_("%(number)s still to be kept", number=say_number(tally.open)))
    return f"{due} {', '.join(said)}."


def say_outcomes(tally: OutcomeTally) -> str:
    """`9 closed: 4 solved, 3 answered, 1 declined; 1 opened again by its author.`"""
    said = []
    if tally.by_outcome:
        said.append(", ".join(f"{say_number(number)} {say_ended(one)}" for one, number in tally.by_outcome.items()))
    if tally.reopened:
        said.append(say_reopened(tally.reopened))
    return _("%(number)s closed: %(outcomes)s.", number=say_number(tally.closed), outcomes="; ".join(said))


def say_reopened(number: int) -> str:
    return ngettext("%(num)s opened again by its author", "%(num)s opened again by their authors", number)


def say_recovery(tally: OutcomeTally) -> str:
    """`Of 3 who wrote again 2 felt better, 1 worse.`"""
    return _(
        "Of %(all)s who wrote again %(better)s felt better, %(worse)s worse.",
        all=say_number(tally.followed),
        better=say_number(tally.better),
        worse=say_number(tally.worse),
    )


def say_praise(tally: OutcomeTally) -> str:
    return ngettext(
        "Praise was passed on once to those who earned it.",
        "Praise was passed on %(num)s times to those who earned it.",
        tally.praise_passed_on,
    )


def say_incidents(tally: IncidentTally) -> str:
    """`2 incidents were opened and 1 closed, with 31 mentions: Belt in Oslo; Refunds.`"""
    return _(
        "%(opened)s and %(closed)s closed, with %(mentions)s: %(names)s.",
        opened=ngettext("%(num)s incident was opened", "%(num)s incidents were opened", tally.opened),
        closed=say_number(tally.closed),
        mentions=say_mentions(tally.mentions),
        names="; ".join(excerpt(title, 60) for title in tally.titles),
    )


def say_escalations(tally: EscalationTally) -> str:
    """`4 escalated: 3 taken on, half of them within 6 min; 1 went on to the next group; 1 waits still.`"""
    said = [_("%(number)s taken on", number=say_number(tally.taken))]
    if tally.taken:
        said[0] = _("%(taken)s, half of them within %(span)s", taken=said[0], span=say_span(tally.median))
    if tally.further:
        said.append(_("%(number)s went on to the next group", number=say_number(tally.further)))
    if tally.waiting:
        said.append(ngettext("%(num)s waits still", "%(num)s wait still", tally.waiting))
    return _("%(number)s escalated: %(told)s.", number=say_number(tally.escalated), told="; ".join(said))


def say_taking_on(tally: EscalationTally) -> str:
    """`3 of 4 taken on, half of them within 6 min, the slowest after 1 h; 1 went on to the next group`."""
    taken = _("%(taken)s of %(all)s taken on", taken=say_number(tally.taken), all=say_number(tally.escalated))
    if tally.taken:
        median, slowest = say_span(tally.median), say_span(tally.slowest)
        taken += _(", half of them within %(median)s, the slowest after %(slowest)s", median=median, slowest=slowest)
    return "; ".join((taken, _("%(number)s went on to the next group", number=say_number(tally.further))))


def say_span(span: timedelta | None) -> str:
    """`12 min`, `3 h 20 min`, `2 d 4 h`; a dash for nothing."""
    return NOTHING if span is None else say_span_in_two(span)


def say_in_time(reply: FirstReply) -> str:
    """How many of those due were answered in time, as a percentage; a dash where none was due."""
    return say_share(reply.within_due / reply.due) if reply.due else NOTHING


def say_days(digest: Digest) -> str:
    """`9 November to 15 November 2026`."""
    first, last = digest.week.monday, digest.week.monday + timedelta(days=6)
    beginning, end = say_date(_("%(day)s %(long_month)s"), first), say_date(_("%(day)s %(long_month)s %(year)s"), last)
    return _("%(beginning)s to %(end)s", beginning=beginning, end=end)


def say_window(unseen: Unseen, digest: Digest) -> str:
    """When a feed could not be read, by the brand's clock."""
    zone = ZoneInfo(digest.timezone)
    since, until = (moment and say_moment(moment.astimezone(zone)) for moment in (unseen.since, unseen.until))
    if until is None:
        return _("since %(since)s, and still", since=since)
    return _("%(since)s to %(until)s", since=since, until=until) if since else _("until %(until)s", until=until)


def say_moment(local: datetime) -> str:
    """`Mon 9 Nov 01:00`."""
    return say_date(_("%(weekday)s %(day)s %(month)s %(time)s"), local)

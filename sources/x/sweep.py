"""One pass over an X timeline, newest to oldest, and the cursor that survives an interruption at any page.

A cursor is `{"since": id, "at": seconds}` at rest: what was read, and when that pass began. While a pass is under way
it also holds `began`, `top` (the newest id of its first page), `until` (the oldest id read) and `read` (how many
posts): the next poll goes on below `until`, and only when the last page is stored does `top` become `since`. Nothing
depends on X's page tokens, which do not outlive a poll.

A pass reads the last minutes again, for posts that appear late. After a burst that would be many pages with every poll;
then passes are `narrow`, down to `since` only, and `wide` keeps `since` and `at` of the last one that was not, from
which the next goes on after as many minutes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sources.base import Cost, Cursor, CursorExpired, Gap, OutOfReach, Page, Transient
from sources.http import Clock
from sources.meter import Meter
from sources.values import read_token
from sources.x.edge import TooOld
from sources.x.posts import Batch, first_id, read_batch, shift_id, time_of

OVERLAP = timedelta(minutes=5)  # the index lags, and late posts carry lower ids
REACH = timedelta(days=7) - timedelta(minutes=1)  # recent search answers 400 to older ids
RESTART = timedelta(days=6, hours=23)  # where an expired cursor begins again, with an hour to page through
RESTART_AFTER_REFUSAL = timedelta(days=6)  # where X's clock, not ours, found the id too old
AHEAD = timedelta(hours=1)  # our clock may be slow
SLOW = timedelta(minutes=1)  # by this much at most it moves a cursor; what is read again then, the overlap reads anyway
QUIET = timedelta(days=1)  # a pass without posts still proves that nothing older than this is missing
FRESH = timedelta(seconds=30)  # X searches nothing younger
INSTANT = timedelta(milliseconds=1)  # which an id tells
LARGEST_PAGE = 100


@dataclass(frozen=True)
class Timeline:
    """A list of posts at X that is read newest first."""

    name: str  # under which its state is kept in the cursor
    ask: Callable[..., Mapping[str, Any]]  # (since_id, until_id, max_results, <token>) -> X's answer
    token: str  # the argument that takes `next_token`
    smallest_page: int
    usd: Decimal  # for one post
    reach: timedelta | None = None  # how old an id may be; None: any age
    cap: int | None = None  # how many of the newest posts can be reached; None: all


def begin(now: datetime, window: timedelta) -> Cursor:
    """The state of a first poll that looks `window` back."""
    return {"since": first_id(now - min(window, RESTART)), "at": now.timestamp()}


def read_new(timeline: Timeline, state: Cursor, meter: Meter, clock: Clock) -> Iterator[Page]:
    """Finish an interrupted pass, then make a new one, as far as the budget goes."""
    if "until" in state:
        for page in _sweep(timeline, state, meter, clock()):
            state = page.next_cursor
            yield page
    if "until" not in state:
        yield from _sweep(timeline, state, meter, clock())


def reread(timeline: Timeline, gap: Gap, state: Cursor, meter: Meter, clock: Clock) -> Iterator[Page]:
    """Read a window of the past: a pass that begins below its end. The state is empty at first and after the last page.

    Raises `OutOfReach` where X no longer shows any of it.
    """
    state = state or _begin_window(timeline, gap, clock())
    try:
        for page in _sweep(timeline, state, meter, clock()):
            yield page if "top" in page.next_cursor else _end_window(gap, state["since"], page)
    except CursorExpired as error:
        raise OutOfReach(str(error)) from error


def _begin_window(timeline: Timeline, gap: Gap, now: datetime) -> Cursor:
    start = gap.since or time_of(0)
    start = start if timeline.reach is None else max(start, now - RESTART)
    end = min(gap.until or now, now - FRESH)  # X refuses ids that are yet to come
    if end <= start:
        raise OutOfReach("X searches only the last 7 days.")
    known = {"since": first_id(start), "top": first_id(start), "until": first_id(end + INSTANT)}
    return known | {"at": end.timestamp(), "began": end.timestamp()}


def _end_window(gap: Gap, since: int, page: Page) -> Page:
    """The last page. What lies before the oldest id that X takes stays a gap."""
    start = time_of(since)
    cut = Gap(gap.reason, gap.since, start) if gap.since is None or start - gap.since > INSTANT else None
    return replace(page, next_cursor={}, gap=page.gap or cut)


def _sweep(timeline: Timeline, state: Cursor, meter: Meter, started: datetime) -> Iterator[Page]:
    since, resumed = state["since"], state.get("until")
    if resumed is None:
        state = _start_pass(state, started)
    floor = find_floor(timeline, state, started)
    arguments = {"since_id": floor, "until_id": resumed}
    while size := meter.page_size(timeline.smallest_page, LARGEST_PAGE):
        body = _ask(timeline, arguments | {"max_results": size}, state, started)
        batch, token = read_batch(body), read_token(body["meta"].get("next_token"), "X")
        meter.take(1, len(batch.ids))
        state = _note(state, _trust(batch.ids, floor, started), started)
        gap = None if token else _find_cut(timeline, state)
        next_state = state if token else _settle(state, started, whole=resumed is None)
        # What lies below `since` was read and billed before; X bills a post once a UTC day.
        billed = sum(id > since for id in batch.ids)
        yield Page(batch.posts, next_state, gap or _tell_unread(batch), cost_of(1, billed, timeline.usd))
        if not token:
            return
        arguments[timeline.token] = token


def _start_pass(state: Cursor, started: datetime) -> Cursor:
    """The state of a pass that begins, wide or narrow. One that was broken off before its first post begins anew."""
    state = {name: value for name, value in state.items() if name != "narrow"}
    if not is_narrow(state, started):
        return state
    return {"wide": {"since": state["since"], "at": state["at"]}, **state, "narrow": True}


def find_floor(timeline: Timeline, state: Cursor, now: datetime) -> int:
    """The `since_id` to ask with. Raises `CursorExpired` where X no longer reaches."""
    floor = state["since"] if state.get("narrow") else find_settled(state)
    if timeline.reach is None:
        return floor
    oldest = first_id(now - timeline.reach)
    if state["since"] < oldest:
        raise expire(state, now - RESTART)
    return max(floor, oldest)


def find_settled(state: Cursor) -> int:
    """Below this id nothing can appear any more that was not read.

    Posts may have appeared late if they are not older than the overlap at the time of the last wide pass. Below an
    older `since` there is nothing to read again, which would be billed again on another day.
    """
    last = state.get("wide", state)
    settled: int = min(last["since"], first_id(datetime.fromtimestamp(last["at"], UTC) - OVERLAP))
    return max(settled, shift_id(last["since"], -OVERLAP))


def is_narrow(state: Cursor, now: datetime) -> bool:
    """Whether the next pass need not read again what may have appeared late: it would be many pages, and waits."""
    last: Cursor = state.get("wide", state)
    lately = now.timestamp() - float(last["at"]) < OVERLAP.total_seconds()
    return lately and ("wide" in state or "busy" in state)


def expire(state: Cursor, again: datetime) -> CursorExpired:
    """Begin again at `again`; an interrupted pass goes on where it was if that is still in reach."""
    start, until = first_id(again), state.get("until")
    gap = Gap("X searches only the last 7 days; what is older was not read.", time_of(find_settled(state)), again)
    if until is None or until > start:
        return CursorExpired(gap.reason, gap, {**state, "since": max(start, state["since"])})
    return CursorExpired(gap.reason, gap, {"since": max(start, state["top"]), "at": state["began"]})


def cost_of(requests: int, posts: int, usd: Decimal) -> Cost:
    return Cost(requests, posts, posts * usd)


def _ask(timeline: Timeline, arguments: Mapping[str, Any], state: Cursor, started: datetime) -> Mapping[str, Any]:
    try:
        body = timeline.ask(**arguments)
    except TooOld as error:
        raise expire(state, started - RESTART_AFTER_REFUSAL) from error
    meta = body.get("meta")
    # Without this an answer that holds only errors would pass for the last page.
    if not isinstance(meta, Mapping) or (meta.get("result_count") and not body.get("data")):
        raise Transient("X answered without the posts it counted.")
    return body


def _trust(ids: Sequence[int], floor: int, now: datetime) -> list[int]:
    """Without ids that X cannot have meant: one from the future would pass by all that is posted until then."""
    latest = first_id(now + AHEAD)
    return [id for id in ids if floor < id < latest]


def _note(state: Cursor, ids: Sequence[int], started: datetime) -> Cursor:
    """The state with a page's ids in it: the first page sets `top`, every page moves `until` down.

    A `top` later than our clock would pass by what is posted until then, should X be wrong and not the clock.
    """
    if not ids:
        return state
    first = {"began": started.timestamp(), "top": min(max(ids), first_id(started + SLOW))}
    return first | state | {"until": min(*ids, state.get("until", ids[0])), "read": _count(state) + len(ids)}


def _count(state: Cursor) -> int:
    return int(state.get("read", 0))


def _settle(state: Cursor, started: datetime, whole: bool) -> Cursor:
    """The state after the last page. `whole`: this pass saw all up to `started`, and is not the end of an older one."""
    known = max(state["since"], state.get("top", 0))
    if whole:
        known = max(known, first_id(started - QUIET))
    kept = {"wide": state["wide"]} if state.get("narrow") else {"busy": True} if _count(state) > LARGEST_PAGE else {}
    return {"since": known, "at": state.get("began", started.timestamp()), **kept}


def _find_cut(timeline: Timeline, state: Cursor) -> Gap | None:
    """The gap below a timeline that ends before `since` because X keeps no more within reach.

    Posts that arrive while we page push older ones out of reach, so a page less than the cap counts as reaching it.
    """
    if timeline.cap is None or _count(state) < timeline.cap - LARGEST_PAGE or state["until"] <= state["since"]:
        return None
    reason = f"X gives only the newest {timeline.cap} mentions; older ones may be missing."
    return Gap(reason, time_of(state["since"]), time_of(state["until"]))


def _tell_unread(batch: Batch) -> Gap | None:
    if not batch.unread:
        return None
    reason = f"{len(batch.unread)} posts from X could not be read ({batch.unread[0][:200]})."
    return Gap(reason, time_of(min(batch.ids)), time_of(max(batch.ids))) if batch.ids else Gap(reason)

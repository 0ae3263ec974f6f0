"""Reading a window of the past in several places, one after the other, and the cursor that survives an interruption."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from sources.base import Cursor, Gap, OutOfReach, Page


def reread_each(
    places: Sequence[str],
    cursor: Cursor | None,
    sweep: Callable[[str, Cursor | None], Iterator[Page]],
    is_over: Callable[[Cursor], bool],
) -> Iterator[Page]:
    """The pages of each place, as `Rereading.reread` has them: `sweep` takes its name and its state (None: begin) and
    stops where the budget is spent; `is_over` says of a page's state whether it was the place's last.

    The cursor holds the places `left`, and the `state` of the first of these.
    """
    cursor = dict(cursor or {})
    if not set(places).issuperset(cursor.get("left", [None])):  # a first try, or of a feed that reads otherwise now
        cursor = {"left": list(places)}
    while cursor:
        name, *others = cursor["left"]
        for page in sweep(name, cursor.get("state")):
            after: Cursor = {"left": others} if others else {}
            cursor = after if is_over(page.next_cursor) else {"left": [name, *others], "state": page.next_cursor}
            yield replace(page, next_cursor=cursor)
        if name in cursor.get("left", ()):
            return


def find_start(gap: Gap) -> float:
    """When a gap begins, in seconds since 1970. Raises `OutOfReach` where nobody knows."""
    if gap.since is None:
        raise OutOfReach("It is not known how far back to read.")
    return gap.since.timestamp()


def leave_cut(gap: Gap, pages: Iterator[Page]) -> Iterator[Page]:
    """The pages; what of the gap they could not bring is left of it."""
    for page in pages:
        ends = [each.until for each in (page.gap, gap) if each and each.until]
        yield replace(page, gap=page.gap and Gap(gap.reason, gap.since, min(ends, default=None)))

"""When a stored post is asked about again. A pure decision."""

from datetime import datetime, timedelta

# How long after it was posted a mention is asked about again. Where asking costs money it is asked about seldom.
FREE = (6, 12, 24, 48, 96, 7 * 24, 14 * 24, 30 * 24, 90 * 24, 365 * 24)  # hours
BILLED = (24, 7 * 24, 30 * 24)  # hours


def next_recheck(posted_at: datetime, now: datetime, billed: bool) -> datetime | None:
    """The next age at which to ask about a post again; None after the last."""
    ages = (posted_at + timedelta(hours=hours) for hours in (BILLED if billed else FREE))
    return next((moment for moment in ages if moment > now), None)

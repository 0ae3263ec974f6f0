"""What pages, the API and the command line read. Nothing here writes."""

from monitor.queries.author import AuthorPage, author_page
from monitor.queries.counts import MOST, DeskCounts, count_desk, count_held, view_counts
from monitor.queries.feed import Reading, feeds, latest_polls, month_spending, open_gaps, past_day, readings
from monitor.queries.frame import Frame, read_frame
from monitor.queries.mention import MentionDetail, mention_detail
from monitor.queries.promises import PromiseCounts
from monitor.queries.queue import (
    UNSHOWN,
    BadCursor,
    QueueFilter,
    QueuePage,
    count,
    fitting,
    queue_page,
)
from monitor.queries.state import (
    brand_names,
    count_set_aside,
    count_users,
    user_named,
    waiting_for_triage,
)

__all__ = [
    "MOST",
    "UNSHOWN",
    "AuthorPage",
    "BadCursor",
    "DeskCounts",
    "Frame",
    "MentionDetail",
    "PromiseCounts",
    "QueueFilter",
    "QueuePage",
    "Reading",
    "author_page",
    "brand_names",
    "count",
    "count_desk",
    "count_held",
    "count_set_aside",
    "count_users",
    "feeds",
    "fitting",
    "latest_polls",
    "mention_detail",
    "month_spending",
    "open_gaps",
    "past_day",
    "queue_page",
    "read_frame",
    "readings",
    "user_named",
    "view_counts",
    "waiting_for_triage",
]

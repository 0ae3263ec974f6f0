"""What pages, the API and the command line read. Nothing here writes."""

from monitor.queries.author import AuthorPage, author_page
from monitor.queries.feed import Reading, feeds, latest_polls, month_spending, open_gaps, past_day, readings
from monitor.queries.mention import MentionDetail, count_earlier, mention_detail
from monitor.queries.promises import PromiseCounts, count_promises
from monitor.queries.queue import (
    BadCursor,
    QueueFilter,
    QueuePage,
    count,
    fitting,
    queue_page,
    view_counts,
)
from monitor.queries.state import (
    brand_names,
    count_set_aside,
    count_users,
    source_names,
    user_named,
    waiting_for_triage,
)

__all__ = [
    "AuthorPage",
    "BadCursor",
    "MentionDetail",
    "PromiseCounts",
    "QueueFilter",
    "QueuePage",
    "Reading",
    "author_page",
    "brand_names",
    "count",
    "count_earlier",
    "count_promises",
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
    "readings",
    "source_names",
    "user_named",
    "view_counts",
    "waiting_for_triage",
]

"""X's posts and accounts, and how X writes them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

EPOCH_MS = 1_288_834_974_657
POST_METRICS = (
    "bookmark_count",
    "impression_count",
    "like_count",
    "quote_count",
    "reply_count",
    "retweet_count",
)


@dataclass
class XPost:
    """One edition of a post. `visible_at`: when the index shows it, later than its id says for a late one."""

    id: int
    text: str
    author: str
    at: datetime
    visible_at: datetime
    history: list[int]
    reply_to: str | None = None
    quote_of: str | None = None
    retweet_of: str | None = None
    long_text: str | None = None
    protected: bool = False
    answerable: bool = True


@dataclass
class Account:
    id: str
    handle: str
    followers: int


def make_matcher(query: str) -> Any:
    """X's search language as far as the tests use it: terms and phrases joined by OR, and `-from:`."""
    unwanted = {name.casefold() for name in re.findall(r"-from:(\w+)", query)}
    wanted = [word.strip(' ()"').casefold() for word in re.split(r"\bOR\b", re.sub(r"-from:\w+", "", query))]
    return lambda post: (
        post.author.casefold() not in unwanted
        and any(word in (post.long_text or post.text).casefold() for word in wanted)
    )


def show(post: XPost, author_id: str, conversation_id: str) -> dict[str, Any]:
    """All that may be asked for; None for what a post does not have."""
    references = {"replied_to": post.reply_to, "quoted": post.quote_of, "retweeted": post.retweet_of}
    return {
        "author_id": author_id,
        "conversation_id": conversation_id,
        "created_at": post.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{post.at.microsecond // 1000:03}Z",
        "lang": "en",
        "public_metrics": dict.fromkeys(POST_METRICS, 1),
        "note_tweet": {"text": escape(post.long_text)} if post.long_text else None,
        "referenced_tweets": [{"type": kind, "id": id} for kind, id in references.items() if id] or None,
    }


def show_user(account: Account) -> dict[str, Any]:
    counts = {"followers_count": account.followers, "following_count": 1, "tweet_count": 1, "listed_count": 0}
    return {"id": account.id, "username": account.handle, "name": account.handle.title(), "public_metrics": counts}


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def time_of(id: int) -> datetime:
    return datetime.fromtimestamp(((id >> 22) + EPOCH_MS) / 1000, UTC)


def id_at(at: datetime) -> int:
    """The first id of a millisecond."""
    return (int(at.timestamp() * 1000) - EPOCH_MS) << 22

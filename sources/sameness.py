"""Is a post of ours the reply that we sent? Platforms put names before a text, shorten links and trim spaces."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import timedelta

from sources.base import Attempt, CannotTell, Post, Receipt

SKEW = timedelta(minutes=5)  # how far the desk's clock may be from a platform's
LINK = re.compile(r"https?://\S+|(?<![\w@.])(?:[\w-]+\.)+[a-z]{2,}(?![\w@.])(?:/\S*)?", re.IGNORECASE)
SERVER = re.compile(r"(@[\w.-]+)@[\w.-]+")
NAMES = re.compile(r"^(?:@[\w.-]+\s+)+")


def same_words(ours: str, theirs: str) -> bool:
    """Whether two texts are alike but for links, names at the start and spaces."""
    return _bare(ours) == _bare(theirs)


def _bare(text: str) -> str:
    text = LINK.sub("\0", SERVER.sub(r"\1", unicodedata.normalize("NFC", text)))
    return " ".join(NAMES.sub("", text.lstrip()).split())


def pick_reply(posts: Iterable[Post], attempt: Attempt) -> Receipt | None:
    """The reply among our own posts; None where nothing of ours has answered that post since but what is known.

    Raises `CannotTell` where something of ours has, in other words: it may be the reply, changed by a person.
    """
    recent = (post for post in posts if post.created_at >= attempt.since - SKEW)
    answers = [post for post in recent if post.in_reply_to == attempt.to and post.root_id not in attempt.known]
    for post in answers:
        if same_words(attempt.text, post.text):
            return Receipt(post.root_id, post.url)
    if answers:
        raise CannotTell("Our account answered this post in other words; look whether that is the reply.")
    return None

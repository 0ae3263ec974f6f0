"""The comments under a submission, as far as two requests show them."""

from collections.abc import Iterator, Mapping
from typing import Any

from sources.base import Post, Transient
from sources.reddit.listing import Ask
from sources.reddit.posts import read_batch
from sources.values import items, mapping

MOST_COMMENTS = 500  # in one answer; Reddit leaves stubs ("more") for the rest, each of which would be a request
MOST_PARENTS = 8  # that Reddit shows above a comment


def read_thread(ask: Ask, post_id: str, submission_id: str) -> list[Post]:
    """The submission and its comments, oldest first. Erased ones are left out, and answers to them stay."""
    path = f"comments/{submission_id.removeprefix('t3_')}"
    posts = _read(ask(path, {"sort": "new", "limit": MOST_COMMENTS}))
    if post_id.startswith("t1_") and post_id not in posts:
        near = {"comment": post_id.removeprefix("t1_"), "context": MOST_PARENTS, "limit": MOST_COMMENTS}
        posts |= _read(ask(path, near))
    return sorted(posts.values(), key=lambda post: (post.created_at, int(post.id[3:], 36)))


def _read(body: Any) -> dict[str, Post]:
    if not isinstance(body, list) or not body:
        raise Transient("Reddit answered without the comments.")
    batch = read_batch([child for listing in body for child in _walk(listing)])
    return {post.id: post for post in batch.posts}


def _walk(listing: Any) -> Iterator[Mapping[str, Any]]:
    """The items of a listing and of the replies beneath them, a submission's and comments' alone."""
    waiting: list[Any] = [listing]
    while waiting:
        for child in items(mapping(mapping(waiting.pop()).get("data")).get("children")):
            if child.get("kind") in ("t1", "t3"):
                yield child
                waiting.append(mapping(child.get("data")).get("replies"))

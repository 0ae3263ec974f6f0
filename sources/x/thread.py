"""The conversation around a post on X: what the search still reaches; by their ids the post, the root and the parents.

X has no other way into a conversation, so of one older than its search's 7 days only what lies above a post is read.
"""

from collections.abc import Callable, Mapping, Sequence

from sources.base import Post

MOST_PARENTS = 10  # each is one request where the search did not bring it

Search = Callable[[str], Sequence[Post]]
LookUp = Callable[[Sequence[str]], Mapping[str, Post | None]]


def read_thread(post_id: str, thread_id: str | None, search: Search, look_up: LookUp) -> list[Post]:
    """The posts, oldest first; empty where X knows neither the post nor its thread. X bills each of them once."""
    known = _Known(look_up)
    known.ask([post_id, thread_id or post_id])
    post = known.get(post_id)
    thread_id = thread_id or (post.thread_id if post else None)
    if thread_id:
        known.add(search(f"conversation_id:{thread_id}"))
    for _ in range(MOST_PARENTS):
        if post is None or post.in_reply_to is None:
            break
        post = known.get(post.in_reply_to) or known.ask([post.in_reply_to])
    return known.in_order()


class _Known:
    """Posts by their roots, found under the id of any of their editions."""

    def __init__(self, look_up: LookUp) -> None:
        self._look_up = look_up
        self._posts: dict[str, Post] = {}
        self._roots: dict[str, str] = {}

    def add(self, posts: Sequence[Post]) -> None:
        for post in posts:
            self._posts[post.root_id] = post
            self._roots |= dict.fromkeys([post.root_id, *post.extra.get("editions", [])], post.root_id)

    def get(self, id: str) -> Post | None:
        return self._posts.get(self._roots.get(id, ""))

    def ask(self, ids: Sequence[str]) -> Post | None:
        """Look posts up; the one of the first id, None where it is gone or closed to us."""
        self.add([post for post in self._look_up(ids).values() if post])
        return self.get(ids[0])

    def in_order(self) -> list[Post]:
        return sorted(self._posts.values(), key=lambda post: int(post.root_id))

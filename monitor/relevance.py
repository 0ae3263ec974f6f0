"""Is a post about the brand, and is it somebody else's? Pure decisions over plain data."""

from monitor.settings import BrandSettings
from sources.base import Post
from sources.matching import make_matcher


def ignore_reason(post: Post, brand: BrandSettings) -> str | None:
    """Why a collected post is not a mention; None when it is one."""
    if post.author and is_own(post.source, post.author.handle, brand):
        return "own"
    if not all(make_matcher([term])(post.text) for term in brand.must):
        return "must"
    return "not" if make_matcher(brand.not_)(post.text) else None


def is_own(source: str, handle: str, brand: BrandSettings) -> bool:
    """Whether a handle is the brand's own on that platform."""
    own = brand.handles.get(source, "")
    return bool(own) and bare(own) == bare(handle)


def bare(handle: str) -> str:
    """A handle without the platform's decoration."""
    return handle.casefold().removeprefix("@").removeprefix("/").removeprefix("u/")

"""Is a post about the brand, and is it somebody else's? Pure decisions over plain data."""

from monitor.settings import BrandSettings
from sources.base import Post
from sources.matching import make_matcher

# How platforms say that they do not know: X's und, and its marks for posts without words.
UNSAID = frozenset({"und", "zxx", "qam", "qct", "qht", "qme", "qst", "art"})


def ignore_reason(post: Post, brand: BrandSettings) -> str | None:
    """Why a collected post is not a mention; None when it is one."""
    if post.author and is_own(post.source, post.author.handle, brand):
        return "own"
    if not all(make_matcher([term])(post.text) for term in brand.must):
        return "must"
    if make_matcher(brand.not_)(post.text):
        return "not"
    return "language" if is_foreign(post.lang, brand.languages) else None


def is_foreign(lang: str | None, languages: tuple[str, ...]) -> bool:
    """Whether a platform says that a post is in none of the languages; `en` takes in `en-GB`, the unsaid passes."""
    if not languages or not lang or lang.casefold() in UNSAID:
        return False
    return lang.casefold().partition("-")[0] not in {language.casefold().partition("-")[0] for language in languages}


def is_own(source: str, handle: str, brand: BrandSettings) -> bool:
    """Whether a handle is the brand's own on that platform."""
    own = brand.handles.get(source, "")
    return bool(own) and bare(own) == bare(handle)


def bare(handle: str) -> str:
    """A handle without the platform's decoration."""
    return handle.casefold().removeprefix("@").removeprefix("/").removeprefix("u/")

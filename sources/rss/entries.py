"""A feed's document as posts: entries with or without ids, dates, authors and titles, in RSS, RDF and Atom."""

import calendar
import io
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser  # type: ignore[import-untyped]

from sources.base import Author, Misconfigured, Post, Transient
from sources.markup import tidy, to_text
from sources.rss.fetch import Document, name_host
from sources.values import items, mapping, word

MOST_TAGS = 150_000  # the parser takes seconds for so many
LONGEST_ID = 200  # what the desk keeps of one
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
DATES = ("published_parsed", "created_parsed", "updated_parsed")
GLOBAL_ID = re.compile(r"(https?|tag|urn|yt|uuid):", re.IGNORECASE)  # the same on every site
HTML = frozenset({"text/html", "application/xhtml+xml"})
Json = Mapping[str, Any]


@dataclass
class Batch:
    """The posts of a document in its order, and why each entry without a post has none, by a key of its own."""

    posts: list[Post] = field(default_factory=list)
    undated: set[str] = field(default_factory=set)  # ids of posts whose time is that of the reading
    unread: dict[str, str] = field(default_factory=dict)
    whole: bool = True  # False: the document is broken, and may have been cut
    older: str = ""  # the address of the document with the entries before these, where there is one


def read_batch(document: Document, now: datetime) -> Batch:
    """Every entry. `now` is when one without a date was first seen. Raises `Transient` where this is no feed."""
    parsed = _parse(document)
    batch = Batch(whole=not parsed.get("bozo"))
    for number, entry in enumerate(map(dict, items(list(parsed.get("entries", []))))):
        try:
            post = read_entry(entry, mapping(parsed.get("feed")), document.url, now)
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError, OSError) as error:
            batch.unread[digest(str(entry.get("id") or entry.get("link") or number))] = f"{error}"[:200]
            continue
        batch.posts.append(post)
        batch.undated |= {post.id} if _read_date(entry) is None else set()
    batch.posts = _tell_apart(batch.posts)
    batch.older = _find_older(mapping(parsed.get("feed")))
    return batch


def read_entry(entry: Json, feed: Json, url: str, now: datetime) -> Post:
    """One entry. Raises `ValueError` where it says nothing."""
    link = _read_link(entry, url)
    text = _read_text(entry) or link
    if not text:
        raise ValueError("an entry without title, text and link")
    title = _spell(mapping(feed.get("title_detail")))
    stated = _read_date(entry)
    return Post(
        source="rss",
        id=_read_id(entry, link, text, url),
        text=text,
        author=_read_author(entry, title or name_host(url), url),
        created_at=min(stated, now) if stated else now,
        url=link,
        lang=_read_language(entry, feed),
        extra={"feed": title} if title else {},
    )


def _find_older(feed: Json) -> str:
    """The archive before this document, or the next page of it (RFC 5005, 3 and 4); as it is written there."""
    links = {str(link.get("rel")): word(link.get("href")) or "" for link in items(feed.get("links"))}
    return links.get("prev-archive") or links.get("next") or ""


def digest(text: str) -> str:
    """A short name for a long text."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _parse(document: Document) -> Json:
    headers = {"content-type": document.content_type} if document.content_type else {}
    body = document.body or b""
    if body.count(b"<") > MOST_TAGS:
        raise Misconfigured(
            f"The feed at {name_host(document.url)} has more than {MOST_TAGS:,} tags, which is too much."
        )
    try:
        stream = io.BytesIO(body)  # because of a string, what looks like a path or an address would be opened
        parsed = feedparser.parse(stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # hostile bytes, and a parser that names no family of errors
        raise Transient(f"The feed at {name_host(document.url)} cannot be read ({type(error).__name__}).") from error
    if not parsed.get("version") and not parsed.get("entries"):
        raise Transient(f"{name_host(document.url)} answered with something that is neither RSS nor Atom.")
    found: Json = parsed
    return found


def _read_id(entry: Json, link: str, text: str, url: str) -> str:
    """The entry's own id; its link, or its words, where it has none. One that only its feed knows is put under it."""
    own = word(entry.get("id"))
    if own and not GLOBAL_ID.match(own):
        parts = urlsplit(url)
        own = f"{parts.hostname}{parts.path}#{own}"
    found = (own or link or f"{name_host(url)}#{digest(text)}").strip()
    return found if len(found) <= LONGEST_ID else f"{found[: LONGEST_ID - 17]}#{digest(found)}"


def _tell_apart(posts: list[Post]) -> list[Post]:
    """Some feeds give every entry the same id; such entries go by what they link to, or else by what they say."""
    ids, links = Counter(post.id for post in posts), Counter(post.url for post in posts)
    told = [_rename(post, links[post.url] == 1) if ids[post.id] > 1 else post for post in posts]
    return list({post.id: post for post in told}.values())


def _rename(post: Post, by_link: bool) -> Post:
    id = f"{post.id[: LONGEST_ID - 17]}#{digest(post.url if by_link else post.text)}"
    return replace(post, id=id, root_id=id)


def _read_text(entry: Json) -> str:
    """Title and body; the body alone where it begins with the title."""
    title = _spell(mapping(entry.get("title_detail")))
    bodies = [_spell(each) for each in items(entry.get("content"))] or [_spell(mapping(entry.get("summary_detail")))]
    body = max(bodies, key=len)
    return body if body.startswith(title) else "\n\n".join(part for part in (title, body) if part)


def _spell(detail: Json) -> str:
    value = str(detail.get("value") or "")
    return to_text(value) if detail.get("type") in HTML else tidy(value)


def _read_link(entry: Json, url: str) -> str:
    """The web address of the entry, made absolute; empty where it has none. Not every id that claims so is one."""
    stated = word(entry.get("link"))
    if not stated or (stated == entry.get("id") and not stated.startswith(("http://", "https://"))):
        return ""
    try:
        link = urljoin(url, stated)
    except ValueError:
        return ""
    return link if link.startswith(("http://", "https://")) else ""


def _read_author(entry: Json, feed: str, url: str) -> Author:
    """Who is named; else the feed itself. The same name on two sites is two people."""
    stated, detail = word(entry.get("author")) or "", mapping(entry.get("author_detail"))
    # "dana@news.example (Dana)" of RSS, which the parser splits wrongly at long top-level domains.
    named = re.fullmatch(r"\S+@\S+\s*\((.+)\)", stated.strip())
    name = " ".join((named[1] if named else word(detail.get("name")) or stated).split())[:200]
    return Author(f"{name_host(url)}:{name}" if name else name_host(url), name or feed[:200])


def _read_date(entry: Json) -> datetime | None:
    """When the entry was published, or else last changed."""
    stated = next((entry[name] for name in DATES if entry.get(name)), None)
    try:
        return datetime.fromtimestamp(calendar.timegm(stated), UTC) if stated else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _read_language(entry: Json, feed: Json) -> str | None:
    detail = mapping(entry.get("summary_detail")) or mapping(entry.get("title_detail"))
    stated = word(entry.get("language")) or word(detail.get("language")) or word(feed.get("language"))
    return stated if stated and LANGUAGE.fullmatch(stated) else None

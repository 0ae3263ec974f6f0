"""How long a reply may be, counted as each platform counts, and how a longer one goes out as several posts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import regex

# What X makes a link of, and Mastodon counts as one: an address, or the bare name of a site.
LINK = regex.compile(
    r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]'…]|(?<![\w@.-])(?:[\w-]+\.)+(?:com|org|net|edu|gov|info|io|app|dev|co)\b(?:/[^\s<>\"]*)?",
    regex.IGNORECASE,
)
GRAPHEME = regex.compile(r"\X")
EMOJI = regex.compile(r"[\p{Emoji_Presentation}\uFE0F\u20E3]")
REMOTE = regex.compile(r"(?<![\w@/])(@[\w.-]*\w)@[\w.-]*\w")
LINK_LENGTH = 23  # of every link at X and at Mastodon, whatever its own
# Letters that X counts as one; all others are two. From the configuration of its twitter-text, version 3.
LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
SPACE_FOR_NUMBER = len(" (99/99)")
MOST_PARTS = 10


@dataclass(frozen=True)
class Rule:
    """What one platform takes. `threads`: whether a longer text may go out as posts that answer each other."""

    most: int
    count: Callable[[str], int]
    threads: bool

    def left(self, text: str) -> int:
        """How much room is left; less than nothing where the text is too long."""
        return self.most - self.count(text)


def weigh_for_x(text: str) -> int:
    """X's weighted length: links 23, emoji 2, letters of most alphabets 1 and of others 2."""
    links = LINK.findall(text)
    rest = LINK.sub("", text)
    return LINK_LENGTH * len(links) + sum(map(_weigh, GRAPHEME.findall(rest)))


def _weigh(grapheme: str) -> int:
    if EMOJI.search(grapheme) and not grapheme.isalnum():
        return 2
    return sum(1 if any(low <= ord(letter) <= high for low, high in LIGHT) else 2 for letter in grapheme)


def count_graphemes(text: str) -> int:
    """Bluesky's: what people see as one sign is one, however it is put together."""
    return sum(1 for _ in GRAPHEME.finditer(text))


def count_for_mastodon(text: str) -> int:
    """Links are 23 each, and of somebody on another server only the name counts."""
    links = LINK.findall(text)
    return LINK_LENGTH * len(links) + count_graphemes(REMOTE.sub(r"\1", LINK.sub("", text)))


RULES = {
    "x": Rule(280, weigh_for_x, threads=True),
    "bluesky": Rule(300, count_graphemes, threads=True),
    "mastodon": Rule(500, count_for_mastodon, threads=True),
    "reddit": Rule(10_000, len, threads=False),
    "facebook": Rule(8_000, len, threads=False),
    "instagram": Rule(2_200, len, threads=False),
}


def count_links(text: str) -> int:
    return len(LINK.findall(text))


def split(text: str, rule: Rule) -> list[str]:
    """The text as posts that fit, numbered where there is more than one; cut between paragraphs, sentences or words."""
    if rule.left(text) >= 0:
        return [text]
    parts = list(_cut(text.strip(), Rule(rule.most - SPACE_FOR_NUMBER, rule.count, rule.threads)))
    return [f"{part} ({number}/{len(parts)})" for number, part in enumerate(parts, 1)]


def _cut(text: str, rule: Rule) -> Iterator[str]:
    while rule.left(text) < 0:
        fits = _fitting(text, rule)
        at = _find_break(text[:fits]) or fits
        yield text[:at].rstrip()
        text = text[at:].lstrip()
    if text:
        yield text


def _fitting(text: str, rule: Rule) -> int:
    """How many letters of the text fit, whole signs only and no link cut through."""
    ends = [int(match.end()) for match in GRAPHEME.finditer(text)]
    low, high = 0, len(ends) - 1  # the first sign always goes along, so that it comes to an end
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if rule.left(text[: ends[middle]]) >= 0 else (low, middle - 1)
    through = next((link for link in LINK.finditer(text) if link.start() < ends[low] < link.end()), None)
    return int(through.start()) if through and through.start() else ends[low]


def _find_break(text: str) -> int:
    """Where to cut: after the last paragraph, sentence or word that ends in the second half; 0 where none does."""
    for pattern in (r"\n\s*\n", r"[.!?…。！？]['”’)]*\s", r"\s"):
        ends = [int(match.end()) for match in regex.finditer(pattern, text)]
        if ends and ends[-1] > len(text) // 2:
            return ends[-1]
    return 0

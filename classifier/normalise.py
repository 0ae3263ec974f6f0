"""One way to normalise a post's text, for training and serving alike, with the way back to the original characters."""

import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

Rewrite = Callable[[re.Match[str]], str]

# One character for one character, so offsets are untouched: word pieces know the straight forms best.
STRAIGHT = str.maketrans(dict.fromkeys("‘’‛ʼ´`", "'") | dict.fromkeys("“”„«»", '"') | dict.fromkeys("–—―", "-"))


@dataclass(frozen=True, slots=True)
class Edit:
    """One rewritten stretch: `[start, end)` of the text before became `[out_start, out_end)` of the text after."""

    start: int
    end: int
    out_start: int
    out_end: int


@dataclass(frozen=True, slots=True)
class Normalised:
    """A normalised text; `original_span` leads from its characters back to those of the text it came from."""

    text: str
    passes: tuple[tuple[Edit, ...], ...] = field(default=(), repr=False)

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets `[start, end)` of this text as offsets into the original; a rewritten stretch counts whole."""
        for edits in reversed(self.passes):
            start, end = _before(edits, start, last=False), _before(edits, max(end - 1, start), last=True)
        return start, end


def _before(edits: tuple[Edit, ...], offset: int, *, last: bool) -> int:
    """Where the character at `offset` stood before these edits: its first offset, or one past its last."""
    at = bisect_right(edits, offset, key=lambda edit: edit.out_start) - 1
    if at < 0:
        return offset + last
    edit = edits[at]
    if offset < edit.out_end:
        return edit.end if last else edit.start
    return edit.end + (offset - edit.out_end) + last


def _apply(pattern: re.Pattern[str], rewrite: Rewrite, text: str) -> tuple[str, tuple[Edit, ...]]:
    """The text with every match rewritten, and the edits that were made, in order."""
    parts: list[str] = []
    edits: list[Edit] = []
    done = length = 0
    for match in pattern.finditer(text):
        new = rewrite(match)
        parts += (text[done : match.start()], new)
        length += match.start() - done
        edits.append(Edit(match.start(), match.end(), length, length + len(new)))
        length += len(new)
        done = match.end()
    return "".join([*parts, text[done:]]), tuple(edits)


@lru_cache(maxsize=4096)
def _emoji_words(char: str) -> str:
    """An emoji in words ("loudly crying face"): the tokenizer knows the words, not the picture."""
    name = unicodedata.name(char, "").lower().replace("-", " ")
    return "" if name.startswith(("regional", "variation", "emoji modifier")) else name


def _name_emoji(match: re.Match[str]) -> str:
    return f" {_emoji_words(match[1])} "


def _split_hashtag(match: re.Match[str]) -> str:
    """`#WorstFlight_ever` -> `#worst flight ever`: joined words would fall apart into meaningless pieces."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_+", " ", match[1])
    return f"#{words.strip()}"


def _nfkc(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match[0])


def _unescape(match: re.Match[str]) -> str:
    return html.unescape(match[0]).translate(STRAIGHT)


def _becomes(text: str) -> Rewrite:
    return lambda _match: text


_INVISIBLE = (
    "\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U0001f3fb-\U0001f3ff\U000e0000-\U000e01ef"
)
_EMOJI = "\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
_RULES: tuple[tuple[re.Pattern[str], Rewrite], ...] = tuple(
    (re.compile(pattern), rewrite)
    for pattern, rewrite in (
        (r"&(?:amp;)*(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});", _unescape),
        (r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});", _unescape),  # what was escaped twice
        (r"[\ud800-\udfff\ufffd]+", _becomes(" ")),  # lone surrogates cannot be encoded; U+FFFD was lost before us
        (rf"[{_INVISIBLE}]+", _becomes("")),
        (r"[\uff01-\uff5e\U0001d400-\U0001d7ff]+", _nfkc),  # full width and "mathematical" fancy letters
        (r"(?i)\b(?:https?://|www\.|pic\.twitter\.com/|t\.co/)[^\s<>\"]*[\w/=]", _becomes("http")),
        (r"(?i)(?<![\w.+-])[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+", _becomes("email")),
        (r"(?i)(?<![\w@/])@\w[\w-]*(?:@[a-z0-9-]+(?:\.[a-z0-9-]+)+|\.bsky\.social)?", _becomes("@user")),
        (r"(?<![\w@/])/?u/[\w-]{3,20}\b", _becomes("@user")),  # Reddit
        (r"(?:@user\s+){3,}", _becomes("@user @user ")),  # a reply to many says no more than a reply to two
        (r"(?<!\w)#(\w+)", _split_hashtag),
        (r"([^\W\d_])\1{2,}", lambda match: match[1] * 2),  # sooooo -> soo; numbers stay
        (r"([^\w\s])\1{3,}", lambda match: match[1] * 3),
        (rf"([{_EMOJI}])(?:\s*\1)*", _name_emoji),
        (r"^[\s\"]+|[\s\"]+$", _becomes("")),  # exports often wrap whole posts in quotes
        (r"\s{2,}|[^\S ]", _becomes(" ")),
    )
)


def normalise(text: str) -> Normalised:
    """The text as the model reads it: entities decoded, handles, links and addresses masked, emoji in words,
    invisible characters gone, white space and long repetitions shortened. Case stays: the tokenizer folds it.
    """
    text = text.translate(STRAIGHT)
    passes: list[tuple[Edit, ...]] = []
    for pattern, rewrite in _RULES:
        text, edits = _apply(pattern, rewrite, text)
        if edits:
            passes.append(edits)
    return Normalised(text, tuple(passes))

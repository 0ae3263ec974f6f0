"""Does a text name the brand? For platforms that cannot be searched and are read whole."""

import re
import unicodedata
from collections.abc import Callable, Iterable

HANDLE = re.compile(r"^(?:@|/?u/)(?P<name>\w[\w.-]*)$")
APOSTROPHES = str.maketrans("\u2018\u2019\u02bc", "'''")


def fold(text: str) -> str:
    """The form in which texts and terms are compared: compatibility forms, case and apostrophes made equal."""
    return unicodedata.normalize("NFKC", text).casefold().translate(APOSTROPHES)


def make_matcher(terms: Iterable[str]) -> Callable[[str], bool]:
    """A test for texts that contain any of `terms` as whole words, whatever their case and the spaces between them.

    A handle (`@name`, `u/name`) matches however a platform writes one, and neither the bare word nor an e-mail address.
    """
    patterns = [_to_pattern(folded) for folded in (fold(term).strip() for term in terms) if folded]
    if not patterns:
        return lambda text: False
    anyone = re.compile("|".join(patterns))
    return lambda text: anyone.search(fold(text)) is not None


def _to_pattern(term: str) -> str:
    if handle := HANDLE.match(term):
        return rf"(?<!\w)(?:@|/?u/){re.escape(handle['name'])}(?![\w-])"
    words = r"\s+".join(map(re.escape, term.split()))
    before = r"(?<!\w)" if _ends_words(term[0]) else ""
    after = r"(?!\w)" if _ends_words(term[-1]) else ""
    return before + words + after


def _ends_words(letter: str) -> bool:
    """Whether a word with this letter at its edge ends there. Letters without case (Chinese, Thai, Arabic, Korean, …)

    belong to scripts that write words together or join particles to them.
    """
    return bool(re.match(r"\w", letter)) and unicodedata.category(letter) != "Lo"

"""Text from outside, without what no database or page can hold."""

import re

# NUL, other control characters but tab and newline, and lone surrogates.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def printable(text: str) -> str:
    """The text without what no database can hold; nothing a person would see is lost."""
    return UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def safe_url(url: str) -> str:
    """A web address, or nothing: a `javascript:` link must never reach a page."""
    return printable(url) if re.match(r"https?://", url, re.IGNORECASE) else ""


def cut(text: str, length: int = 200) -> str:
    return printable(text)[:length]

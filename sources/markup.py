"""Somebody else's HTML as plain text: entities decoded once, breaks kept, scripts and styles left out."""

import re
from html.parser import HTMLParser

PARAGRAPHS = frozenset({
    "address", "article", "aside", "blockquote", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "ol", "p", "pre", "section", "table", "ul",
})  # fmt: skip
LINES = frozenset({"br", "li", "tr"})
SILENT = frozenset({"script", "style", "template", "title"})
CUT = ("...", "…")  # how sites end the text of a link that they shortened


def to_text(markup: str) -> str:
    """The text that a person would read. Never raises; what is no HTML comes back as it is."""
    reader = _Reader()
    reader.feed(_prepare(markup))
    reader.close()
    return tidy("".join(reader.parts))


def tidy(text: str) -> str:
    """The text without spaces at the ends of lines, and with one empty line at most between two others."""
    lines = [line.strip() for line in text.replace("\xa0", " ").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _prepare(markup: str) -> str:
    """The markup without what html.parser stumbles over (odd declarations raise) or takes for ever with (open tags,

    each of which it follows to the end). Both are seen in one pass over the text.
    """
    before, *comments = markup.split("<!--")
    kept = before + "".join(comment.partition("-->")[2] for comment in comments)
    kept = re.sub(r"<[!?][^<>]*>?", "", kept)
    return re.sub(r"<(?![^<>]*>)", "&lt;", kept)


class _Reader(HTMLParser):
    """Collects the text. A shortened link is written out, because its address is all that it says."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0
        self._preformatted = 0
        self._links: list[tuple[str, int]] = []  # the address, and where in `parts` its text begins

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in SILENT
        self._preformatted += tag == "pre"
        self._break(tag)
        if tag == "a":
            self._links = [(dict(attrs).get("href") or "", len(self.parts))]  # links do not nest

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(self._silent - (tag in SILENT), 0)
        self._preformatted = max(self._preformatted - (tag == "pre"), 0)
        if tag not in LINES:
            self._break(tag)
        if tag == "a" and self._links:
            self._write_out(*self._links.pop())

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data if self._preformatted else re.sub(r"[ \t\r\n\f]+", " ", data))

    def _break(self, tag: str) -> None:
        if tag in PARAGRAPHS:
            self.parts.append("\n\n")
        elif tag in LINES:
            self.parts.append("\n")

    def _write_out(self, address: str, start: int) -> None:
        shown = "".join(self.parts[start:])
        if shown.endswith(CUT) and address.startswith(shown.rstrip(".…")):
            self.parts[start:] = [address]

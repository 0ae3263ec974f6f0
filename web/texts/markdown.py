"""Markdown that colleagues wrote, as HTML: no raw HTML, no pictures, no address but the web's and mail's."""

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

BELOW = 2  # headings stand below those of the page around them
LAST = 6


class Prose(RendererHTML):
    """Our own page has the large headings, and a link leads outside without telling where it was followed."""

    def heading_open(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        return f"<{lower(tokens[at].tag)}>"

    def heading_close(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        return f"</{lower(tokens[at].tag)}>\n"

    def link_open(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        tokens[at].attrSet("rel", "noopener noreferrer nofollow")
        return self.renderToken(tokens, at, options, env)


def lower(tag: str) -> str:
    return f"h{min(int(tag[1:]) + BELOW, LAST)}"


markdown = MarkdownIt("commonmark", {"html": False}, renderer_cls=Prose).disable("image")


def as_html(text: str) -> Markup:
    """The parser escapes what is no Markdown and drops addresses such as `javascript:`."""
    return Markup(markdown.render(text))  # noqa: S704 - with raw HTML off, every character of it was escaped

"""Finds what people would read in English whatever their language: strings of pages that no catalogue is asked for."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from jinja2 import Environment, nodes

READ_ATTRIBUTES = {"title", "aria-label", "placeholder", "alt"}
QUIET_TAGS = {"code", "kbd"}  # commands and keys are the same in every language
TRANSLATING = {"_", "N_", "NN_", "NP_", "gettext", "ngettext", "pgettext"}
NO_SENTENCES = {"icon", "url_for", "asset_url", "select"}  # calls whose words are names
FOR_THE_LOG = {"ValueError", "KeyError"}
NAMES = re.compile(r"mentiondesk|USD|Ctrl K|https?://")
WORD = re.compile(r"[A-Za-z]{2}")
LIKE_A_SENTENCE = re.compile(r"[A-Za-z]{2,} [a-z]{2,}|^[A-Z][a-z]+\.?$")  # a button has one word
SENTENCE = re.compile(r"[A-Za-z]{2,} [a-z]{2,}|^[A-Z][a-z]+\.$")


class Reading(HTMLParser):
    """The texts and the spoken attributes of a page, as somebody reads or hears them."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.quiet = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.quiet += tag in QUIET_TAGS
        self.said += [value for name, value in attrs if name in READ_ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        self.quiet -= tag in QUIET_TAGS

    def handle_data(self, data: str) -> None:
        if not self.quiet and data.strip():
            self.said.append(" ".join(data.split()))


def read_page(html: str) -> list[str]:
    reading = Reading()
    reading.feed(html)
    return reading.said


def bare_in_template(source: str) -> list[str]:
    """Texts between the tags, and sentences within expressions, that are not translated."""
    fixed = re.sub(
        r"\{#.*?#\}|\{% block layout %\}.*?\{% endblock %\}|\{%-? trans\b.*?endtrans -?%\}", "", source, flags=re.S
    )
    fixed = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", fixed, flags=re.S)
    texts = [said for said in read_page(fixed) if WORD.search(NAMES.sub("", said)) and "=" not in said]
    environment = Environment(extensions=["jinja2.ext.i18n"])  # noqa: S701 - nothing is rendered
    return texts + list(bare_constants(environment.parse(source)))


def bare_constants(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Call) and getattr(node.node, "name", "") in TRANSLATING | NO_SENTENCES:
        called = getattr(node.node, "name", "")
        inner = [*node.args, *(pair.value for pair in node.kwargs)] if called not in TRANSLATING else []
        for child in inner:
            if not isinstance(child, nodes.Const):
                yield from bare_constants(child)
        return
    if isinstance(node, nodes.Filter) and node.name == "label":
        return
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and LIKE_A_SENTENCE.search(node.value):
        yield node.value
    for child in node.iter_child_nodes():
        yield from bare_constants(child)


def bare_in_python(source: str) -> list[str]:
    """Sentences of a module of views that are neither translated nor a refusal, a docstring or part of markup."""
    return [said for said in bare_texts(ast.parse(source)) if SENTENCE.search(said) and "<" not in said]


def bare_texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in TRANSLATING | FOR_THE_LOG:
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from bare_texts(child)


def bare_in_script(source: str) -> list[str]:
    """Sentences in quotes that are no argument of `_`, `N_` or `ngettext`."""
    code = re.sub(r"^\s*//.*$|\s//\s.*$", "", source, flags=re.M)
    code = re.sub(r"\b(?:_|N_|ngettext)\((?:\"[^\"]*\"(?:,\s*)?)+", "", code)
    return [
        said
        for said in re.findall(r"[\"`]([^\"`\n]*)[\"`]", code)
        if re.search(r"^[A-Z][a-z]+ [a-z]+|[a-z]{3,} [a-z]{3,} [a-z]{2,}", said)
    ]

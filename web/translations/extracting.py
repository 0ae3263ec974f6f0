"""Finds the domain's sentences for the catalogues: where they are raised and, in modules that are all about them, made.

Used by Babel as an extraction method, see `[tool.babel]` in pyproject.toml; retelling.py beside it says them again.
"""

import ast
import re
from collections.abc import Collection, Iterator
from io import BytesIO
from typing import Any

from babel.messages.extract import extract_python

from monitor.translations.retelling import SENSE

WORD = re.compile(r"(?<![(%\\])\b[A-Za-z]{2,}")
WHOLE = re.compile(r"\s*(?:[A-Z]|%\().*\.\s*", re.DOTALL)
PHRASE = re.compile(r"[A-Za-z][a-z ]{3,}")
Message = tuple[int, str, tuple[str, str], list[str]]


def extract_domain(file: Any, keywords: Any, comment_tags: Any, options: dict[str, str]) -> Iterator[Any]:
    """What `_` marks; what the `calls` are given; every whole sentence; the `tables` and functions of some modules."""
    source: bytes = file.read()
    yield from extract_python(BytesIO(source), keywords, comment_tags, {})
    tree = ast.parse(source)
    found = find_told(tree, options["tables"].split()) if "tables" in options else ()
    for node in (*find_given(tree, options["calls"].split()), *find_whole(tree, keywords), *found):
        yield from as_messages(node)


def find_given(tree: ast.AST, calls: Collection[str]) -> Iterator[ast.expr]:
    """The sentences of errors that are raised, and phrases for whoever raises one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in calls:
            yield from node.args


def find_whole(tree: ast.AST, marks: Collection[str]) -> Iterator[ast.expr]:
    """Every text that begins and ends as a sentence does, but docstrings, parts of other texts, and what is marked."""
    for node in ast.walk(tree):
        marked = isinstance(node, ast.Call) and getattr(node.func, "id", "") in marks
        if not marked and not isinstance(node, ast.Expr | ast.JoinedStr | ast.FormattedValue):
            texts = (one for one in ast.iter_child_nodes(node) if isinstance(one, ast.Constant | ast.JoinedStr))
            yield from (text for text in texts if WHOLE.fullmatch("".join(fixed_parts(text))))


def find_told(tree: ast.Module, tables: Collection[str]) -> Iterator[ast.expr]:
    """Every text in a function or in one of the tables, but docstrings and the parts of other texts."""
    for top in tree.body:
        named = isinstance(top, ast.Assign) and getattr(top.targets[0], "id", "") in tables
        for node in ast.walk(top) if named or isinstance(top, ast.FunctionDef) else ():
            if not isinstance(node, ast.Expr | ast.JoinedStr | ast.FormattedValue):
                children = ast.iter_child_nodes(node)
                yield from (child for child in children if isinstance(child, ast.Constant | ast.JoinedStr))


def as_messages(node: ast.expr) -> Iterator[Message]:
    """The entry of a catalogue for a text, and those for the phrases among which it chooses for one of its places."""
    words = "".join(fixed_parts(node))
    if reads_like_a_sentence(words):
        yield node.lineno, "pgettext", (SENSE, words), []
    for part in ast.walk(node):
        if isinstance(part, ast.IfExp):
            choices = [one.value for one in (part.body, part.orelse) if isinstance(one, ast.Constant)]
            for phrase in choices:
                if isinstance(phrase, str) and PHRASE.fullmatch(phrase.strip()):
                    yield node.lineno, "pgettext", (SENSE, phrase), []


def reads_like_a_sentence(words: str) -> bool:
    """Several words, and no pattern."""
    return " " in words.strip() and bool(WORD.search(words)) and not re.search(r"\\|\(\?|\||^[#.]", words)


def fixed_parts(node: ast.expr) -> Iterator[str]:
    """The text, with a named place for each value: `%(name)s holds this.`"""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.JoinedStr):
        taken: set[str] = set()
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield f"%({name_place(part.value, taken)})s"
            else:
                yield from fixed_parts(part)


def name_place(value: ast.expr, taken: set[str]) -> str:
    """After the last name in what is put there; numbered where that is taken."""
    names = re.findall(r"[A-Za-z_]{2,}", re.sub(r"'[^']*'", "", ast.unparse(value))) or ["value"]
    name: str = names[-1].strip("_").lower()
    while name in taken:
        name += "_"
    taken.add(name)
    return name

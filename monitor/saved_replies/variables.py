"""Fills in what a saved reply leaves open: the author's name, one's initials, the brand, its links."""

import re
from collections.abc import Mapping

LINK = "link:"
VARIABLE = re.compile(r"(?P<before>[ \t]?)\{(?P<name>author_name|my_initials|brand|link:[^{}\n]{1,80})\}")
NAMELESS_START = re.compile(r"(^|[.!?][ \t]+)\{author_name\}[,:!]?[ \t]*(\w?)", re.MULTILINE)
NAME = re.compile(r"[^\W\d_][\w'’-]*[^\W\d_]")
TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "prof", "sir", "the", "team", "real", "official"})


def fill(text: str, known: Mapping[str, str]) -> str:
    """The text with every variable that is known; one that is empty goes without leaving a hole.

    `Hi {author_name},` becomes `Hi Dana,` or `Hi,`. A link that the brand does not have stays as it is written, for
    whoever sends the reply to see.
    """
    if not known.get("author_name"):
        text = NAMELESS_START.sub(lambda found: found[1] + found[2].upper(), text)
    return VARIABLE.sub(lambda found: replacement(found, known), text)


def replacement(found: re.Match[str], known: Mapping[str, str]) -> str:
    value = known.get(found["name"])
    if value is None:
        return found[0]
    return found["before"] + value if value else ""


def variables(author_name: str, user_name: str, brand: str, links: Mapping[str, str]) -> dict[str, str]:
    """What `fill` knows for one person's reply to one author."""
    own = {"author_name": first_name(author_name), "my_initials": initials(user_name), "brand": brand}
    return own | {LINK + name: address for name, address in links.items()}


def first_name(name: str) -> str:
    """What a person is greeted by: `Dana` of `Dana R. 🌻`; empty where the name says none (`xX_99`, `The Team`)."""
    words = [word.strip(".,()") for word in name.split()]
    if words and words[0].lower() in TITLES:
        return ""
    return words[0] if words and NAME.fullmatch(words[0]) else ""


def initials(name: str) -> str:
    """`AL` of `Ana Lind`."""
    return "".join(word[0].upper() for word in re.findall(r"[^\W\d_]\w*", name))


def unfilled(text: str) -> list[str]:
    """The variables that still stand in a text."""
    return [found[0].strip() for found in VARIABLE.finditer(text)]

"""The words that carry what a customer wrote, and whether an answer takes them up."""

import re
from collections.abc import Sequence

WORD = re.compile(r"(?<![@#\w])[^\W\d_][\w'’-]*")
LINK = re.compile(r"https?://\S+|\B@\w+")
# The longest first.
ENDING = re.compile(r"(?:ations?|ments?|ings?|ies|ied|ers?|ed|es|ly|[sye])$")
SHORTEST = 3  # letters of a stem
# What everybody writes, whatever happened to them.
COMMON = frozenset(
    re.findall(
        r"\w+",
        """
    a about actually after again all also always am an and any anyone anything are aren as ask at away back
    be because been before being best better between both but by call came can cannot cant come company
    could customer day days did didn do does doesn doing don done dont down else em even ever every everyone
    everything few first for from fuck fucking get getting give go going gone good got great had has hasn
    have haven having he hello help her here hey hi him his hour hours how i if im in into is isn it its ive
    just keep know last least let like little lol long look made make many maybe me mean mine minute minutes
    more most much must my never new next nice no nobody not nothing now of off oh ok okay old on once one
    only or other our out over own people please pls put quite r rather really right said same say saying
    says see seriously shall she should since so some someone something soon sorry still stop such sure take
    tell than thank thanks that the their them then there these they thing things think this those though
    through time times to today told tomorrow tonight too took try trying two u under until up ur us use
    used using very via wait want wanted was wasn way we week weeks well went were weren what whatever when
    where which while who why will wish with within without won work working worst would wouldn wow wtf year
    years yes yesterday yet you your yours
        """,
    )
)


def find_terms(text: str) -> list[str]:
    """The words that say what it is about, as they stand, in their order and each once."""
    words = WORD.findall(LINK.sub(" ", text))
    telling = {stem(word): word for word in reversed(words) if is_telling(word)}
    return sorted(telling.values(), key=words.index)


def find_shared(terms: Sequence[str], reply: str) -> list[str]:
    """Those of the terms that a reply takes up, in whatever form."""
    said = {stem(word) for word in WORD.findall(LINK.sub(" ", reply))}
    return [term for term in terms if stem(term) in said]


def is_telling(word: str) -> bool:
    bare = re.sub(r"['’].*", "", word.lower())
    return len(bare) > SHORTEST - 1 and bare not in COMMON


def stem(word: str) -> str:
    """A word without its usual endings, so that `delayed` meets `delays`; rough on purpose."""
    bare = re.sub(r"['’].*", "", word.lower())
    for _ in range(2):  # "delays" is a "delay", which loses its y like any other
        ending = ENDING.search(bare)
        bare = bare[: ending.start()] if ending and ending.start() >= SHORTEST else bare
    return bare[:-1] if len(bare) > SHORTEST and bare[-1] == bare[-2] else bare

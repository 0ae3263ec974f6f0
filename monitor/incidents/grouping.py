"""Finds the storms in a stretch of mentions: many authors at once who say much the same. Plain arrays, no database."""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from monitor.search.terms import split_words

RISE = 3  # times as many as usual make a storm; complaints about the same that come every day are none
NAMED_BY = 3  # words that a proposed name has
COMMON = 0.5  # the share of a storm's texts that have a word in common

Vectors = NDArray[np.float32]
"""One row for each mention, each of length 1."""


def unit_rows(kept: Sequence[bytes]) -> Vectors:
    """Embeddings as they are stored (float16), as rows of length 1; a row of zeros stays one."""
    rows = np.array([np.frombuffer(one, np.float16) for one in kept], np.float32)
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), np.float32)


def find_groups(
    recent: Vectors, authors: Sequence[int | None], before: Vectors, times: float, least: int, alike: float
) -> list[list[int]]:
    """The storms among the recent rows, the greatest first, each as the places of its mentions.

    Every member is alike to the one in its middle. An author counts once. `before` are the rows of the `times` as long
    that came earlier: a storm is `least` authors and `RISE` times as many as came then in the same time.
    """
    near = recent @ recent.T >= alike
    usual = (recent @ before.T >= alike).sum(axis=1) / times if len(before) and times else np.zeros(len(recent))
    counted, free = first_of_each(authors), np.ones(len(recent), bool)
    groups: list[list[int]] = []
    while True:
        sizes = (near & (counted & free)).sum(axis=1) * free
        sizes[sizes < np.maximum(least, RISE * usual)] = 0
        if not len(sizes) or not sizes.max():
            return groups
        members = np.flatnonzero(near[int(sizes.argmax())] & free)
        free[members] = False
        groups.append([int(place) for place in members])


def first_of_each(authors: Sequence[int | None]) -> NDArray[np.bool_]:
    """Whether each row is its author's first; an unknown author is always another one."""
    seen: set[int] = set()
    firsts = []
    for author in authors:
        firsts.append(author not in seen)
        seen |= {author} if author is not None else set()
    return np.array(firsts, bool)


def centre(members: Vectors) -> Vectors:
    """The direction in which the members point together."""
    middle = members.mean(axis=0)
    length = float(np.linalg.norm(middle))
    return np.asarray(middle / length if length else middle, np.float32)


def near_centre(alike: float, members: int) -> float:
    """How near to the centre a mention is that is `alike` to each of the members, if they are so to each other."""
    return alike / sqrt((1 + (members - 1) * alike) / members)


def name_group(texts: Sequence[str], others: Sequence[str]) -> str:
    """The words that half of its texts and few others have: `baggage, belt, oslo`. Empty where they share none.

    Posts can be alike in kind alone, such as questions; what tells of one trouble names it.
    """
    said, elsewhere = count_words(texts), count_words(others)
    usual = {word: elsewhere[word] / max(len(others), 1) for word in said}
    shares = {word: number / len(texts) for word, number in said.items()}
    common = [word for word, share in shares.items() if share >= COMMON and share >= 2 * usual[word]]
    best = sorted(common, key=lambda word: (usual[word] - shares[word], word))[:NAMED_BY]
    return ", ".join(best)


def count_words(texts: Iterable[str]) -> Counter[str]:
    """In how many texts each word stands; short ones, handles and addresses say nothing."""
    counts = Counter[str]()
    for text in texts:
        plain = " ".join(part for part in text.split() if not part.startswith(("@", "http")))
        counts.update({word.lower() for word in split_words(plain) if len(word) > 3})
    return counts

"""Finds in a reply what it commits us to: pure text in, spans out. English."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from monitor.promises import vocabulary as say
from monitor.promises.timing import When, find_when
from monitor.words import Promised

SENTENCE_END = re.compile(r"(?<![ap]\.m)(?<!\bno)[.!?…]+(?=[\s\"'”’)]|$)|\n+", re.IGNORECASE)
SIGNATURE = re.compile(r"\s*(?:[\^*]\s?\w+(?: \w)?\s*|\(?\d/\d\)?\s*|\.\.\.\s*)+$")


@dataclass(frozen=True, slots=True)
class Found:
    """One promise in a text: `text[start:end]` says it; `when` is None where it names no time."""

    start: int
    end: int
    promised: Promised
    when: When | None


@dataclass(frozen=True, slots=True)
class Head:
    """Where a commitment begins, and to what."""

    start: int
    promised: Promised


def find_promises(text: str) -> list[Found]:
    """What a reply commits us to, in its order. Questions, conditions, requests, offers and the past commit nobody."""
    return [found for start, end in sentences(text) for found in of_sentence(text[start:end], start)]


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """The places of the sentences, each with the mark that ends it."""
    start = 0
    for end in SENTENCE_END.finditer(text):
        yield start, end.end()
        start = end.end()
    yield start, len(text)


def of_sentence(sentence: str, offset: int) -> Iterator[Found]:
    if sentence.rstrip().endswith("?") or say.HABIT.search(sentence):
        return
    heads = [head for head in find_heads(sentence) if not hangs_on_customer(sentence, head.start)]
    for number, head in enumerate(heads):
        end = heads[number + 1].start if number + 1 < len(heads) else len(sentence)
        clause = trim(sentence[head.start : end])
        when = find_when(clause) or (find_when(sentence[: head.start]) if number == 0 else None)
        yield Found(offset + head.start, offset + head.start + len(clause), head.promised, when)


def trim(clause: str) -> str:
    """Without the initials of who signed, and without what only joins it to the next."""
    return re.sub(r"(?:[\s,;:.!–—-]|\b(?:and|but)\b)+$", "", SIGNATURE.sub("", clause))


def hangs_on_customer(sentence: str, start: int) -> bool:
    """Whether what is said at `start` holds only if something is so, or once the customer has done something."""
    request = say.REQUEST.search(sentence)
    if request and request.start() < start:
        return True
    return any(not say.ASKING.search(sentence[: found.start()]) for found in say.IF.finditer(sentence))


def find_heads(sentence: str) -> list[Head]:
    """Every beginning of a commitment; of two at one place, the first."""
    found = sorted(candidates(sentence), key=lambda head: head.start)
    return found[:1] + [later for earlier, later in pairwise(found) if later.start > earlier.start]


def candidates(sentence: str) -> Iterator[Head]:
    for readers, read in (
        (say.SPEAKERS, deed_of),
        (say.SAID_OF_IT, done_of),
        (say.TOLD_YOU, yours_of),
        (say.LET_ME, deed_of),
    ):
        for speaker in readers.finditer(sentence):
            promised = read(sentence[speaker.end() :])
            if promised:
                yield Head(speaker.start(), promised)
    for moment in say.A_MOMENT.finditer(sentence):
        yield Head(moment.start(), Promised.ANSWER)


def deed_of(rest: str) -> Promised | None:
    """What "we will" is followed by; None where that is no deed."""
    if say.NOT.match(rest):
        return None
    aside = say.ASIDE.match(rest)
    rest = rest[aside.end() :] if aside else rest
    gladly = say.GLADLY.match(rest)
    promised = plain_deed(rest[gladly.end() :] if gladly else rest)
    return promised if not gladly or promised is Promised.PASS_ON else None


def plain_deed(rest: str) -> Promised | None:
    if say.SEE_TO_IT.match(rest):
        return Promised.PASS_ON if say.ON_ITS_WAY.search(rest) else Promised.FIX
    rest = re.sub(r"^be\s+(?=\w+ing\b)", "", rest)  # "will be reporting"
    named = next((promised for promised, phrase in say.PHRASES.items() if phrase.match(rest)), None)
    promised = named or verb_of(rest)
    return Promised.REFUND if promised is Promised.FIX and say.MONEY.search(rest) else promised


def verb_of(rest: str) -> Promised | None:
    """What the first word promises: "share", or "sharing"."""
    found = re.match(r"[\w-]+", rest)
    word = found[0].lower() if found else ""
    stem = word.removesuffix("ing")
    return say.VERBS.get(word) or say.VERBS.get(stem) or say.VERBS.get(f"{stem}e")


def done_of(rest: str) -> Promised | None:
    return next((promised for promised, done in say.DONE.items() if done.match(rest)), None)


def yours_of(rest: str) -> Promised | None:
    return next((promised for promised, yours in say.YOURS.items() if yours.match(rest)), None)

"""What a pressing text is judged without some of its words: which of them carried it, and which turn it."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from classifier.decide import Floats, expect_urgency
from classifier.judgement import Judgement, Word
from classifier.labels import URGENCIES
from classifier.margin import HOPE, cut_words, level_of, say_margin, suspect_words
from classifier.reasons import name_heaviest

PRESSING = ("high", "urgent")
Ask = Callable[[Sequence[str]], Sequence[Floats | None]]
"""The probabilities of the urgencies of each text; None of one that is not read."""


def weigh_by_absence(text: str, words: Sequence[Word], whole: Floats, urgency: str, ask: Ask) -> tuple[Word, ...]:
    """Those of the words without which the text would less likely be of this urgency, heaviest first (occlusion,
    Zeiler and Fergus 2014): the text is judged once for each.
    """
    level = URGENCIES.index(urgency)
    left = ask([cut_words(text, [word]) for word in words])
    return name_heaviest([weigh(word, whole, rest, level) for word, rest in zip(words, left, strict=True)])


def weigh(word: Word, whole: Floats, rest: Floats | None, level: int) -> Word:
    """The word with what its absence takes away; nothing where what is left cannot be read."""
    if rest is None:
        return Word(word.start, word.end, word.text, 0.0)
    drop, ease = whole[level:].sum() - rest[level:].sum(), expect_urgency(whole) - expect_urgency(rest)
    return Word(word.start, word.end, word.text, float(drop), float(ease))


def tell_margins(
    texts: Sequence[str], judgements: Sequence[Judgement], thresholds: Sequence[float], ask: Ask, hope: float = HOPE
) -> Mapping[int, str]:
    """The margin of each pressing one, by its place. Words that seem to turn it are taken out and the text is judged
    again, so what is said of them is so.
    """
    expected = {at: pressure_of(one) for at, one in enumerate(judgements) if one.urgency in PRESSING}
    suspected = {at: suspect_words(now, thresholds, judgements[at].words, hope) for at, now in expected.items()}
    asked = [at for at, words in suspected.items() if words]
    left = dict(zip(asked, ask([cut_words(texts[at], suspected[at]) for at in asked]), strict=True))
    margins = {}
    for at, now in expected.items():
        level, rest = URGENCIES.index(str(judgements[at].urgency)), left.get(at)
        lower = level if rest is None else level_of(float(expect_urgency(rest)), thresholds)
        turning = suspected[at] if lower < level else ()
        margins[at] = say_margin(now, thresholds, turning, URGENCIES[lower])
    return margins


def pressure_of(judgement: Judgement) -> float:
    """The expected urgency, 0 to 3, of a judgement that has one."""
    return float(expect_urgency(np.array(list(judgement.scores["urgency"].values()))))

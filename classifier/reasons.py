"""Why a mention was judged pressing: the words that carried it, by what their absence would have taken away."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.decide import Floats, Scale, expect_urgency
from classifier.judgement import Word
from classifier.normalise import Normalised

MOST_WORDS = 5
LEAST_SHARE = 0.25  # of the heaviest word's weight; lighter words explain nothing
_WORD = re.compile(r"[^\W_]+(?:['.-][^\W_]+)*")
_FUNCTION_WORDS = """
a about also am an and are as at be been being but by can could did do does for from get got had has have he
her here his i i'd i'll i'm i've if in into is it it's its just may me might mine my of on one or our shall
she should so than that the their them then there these they they're this those to u ur us was we we're we've
were what which who will with would you you're you've your user http email
"""
_SILENT = frozenset(_FUNCTION_WORDS.split())
"""Masks, and words that hold a sentence together: the encoder parks meaning in them, a reader finds none."""


def weigh_words(
    original: str, text: Normalised, offsets: NDArray[np.int64], pull: Floats, scale: Scale, level: int
) -> list[Word]:
    """The words without which the urgency would less likely reach `level`, heaviest first.

    `offsets` [tokens, 2] are the tokens' places in the normalised text ([0, 0] for those that mark the ends) and `pull`
    [tokens, urgencies] the urgency head's logits for each token alone. The encoder's mean over tokens makes the text's
    logits the mean of these rows (class activation mapping, Zhou et al. 2016), so a word is left out of the mean at no
    cost. The encoder is not run again, so weights are small: what a word did to its neighbours stays. Offsets of the
    result count in `original`.
    """
    words = [match.span() for match in _WORD.finditer(text.text) if match[0].lower() not in _SILENT]
    if not words:
        return []
    starts, ends = np.array(words).T[:, :, None]
    members = ((offsets[:, 0] < ends) & (offsets[:, 1] > starts)).astype(float)
    rest = len(pull) - members.sum(1)
    without = (pull.sum(0) - members @ pull) / np.maximum(rest, 1)[:, None]
    whole, parts = scale.soften(pull.mean(0)[None]), scale.soften(without)
    drops = whole[:, level:].sum(1) - parts[:, level:].sum(1)  # of the probability of this urgency or a higher one
    eases = expect_urgency(whole) - expect_urgency(parts)
    return _place(original, text, words, np.stack([drops, eases], axis=1))


def _place(original: str, text: Normalised, spans: Sequence[tuple[int, int]], weights: Floats) -> list[Word]:
    """The words where they stand in the original; a stretch that was rewritten whole is named once."""
    placed: dict[tuple[int, int], Floats] = {}
    for span, weight in zip(spans, weights, strict=True):
        place = text.original_span(*span)
        placed[place] = placed.get(place, 0.0) + weight
    words = [Word(*place, original[slice(*place)], float(drop), float(ease)) for place, (drop, ease) in placed.items()]
    return sorted(words, key=lambda word: (-word.weight, word.start))


def name_heaviest(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words worth naming of these: the heaviest MOST_WORDS but those that are light beside the first."""
    heaviest = sorted(words, key=lambda word: (-word.weight, word.start))[:MOST_WORDS]
    least = max(LEAST_SHARE * heaviest[0].weight, 1e-6) if heaviest else 0.0
    return tuple(word for word in heaviest if word.weight >= least)

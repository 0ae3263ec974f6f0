"""How near an urgency is to the next one, and which words make the difference."""

from collections.abc import Sequence

from classifier.judgement import Word
from classifier.labels import URGENCIES

JUST = 0.15  # of the expected urgency, 0 (low) to 3 (urgent)
WELL = 0.5
MOST_NAMED = 3
HOPE = 0.05
"""The share of the distance that words must ease by their weights to be worth judging the text again without them.
Taking words out does more than their weights say: most such texts turn, and few texts are such."""


def level_of(expected: float, thresholds: Sequence[float]) -> int:
    """The index of the urgency; `thresholds` cut the expected urgency into labels."""
    return sum(expected >= threshold for threshold in thresholds)


def suspect_words(
    expected: float, thresholds: Sequence[float], words: Sequence[Word], hope: float = HOPE
) -> tuple[Word, ...]:
    """The few words of a text judged high or urgent without which it may fall below, in the order of the text.

    What they ease one by one, they need not ease together, so this is a suspicion: judge the text without them.
    """
    distance = expected - thresholds[level_of(expected, thresholds) - 1]
    turning: list[Word] = []
    for word in sorted(words, key=lambda word: -word.ease)[:MOST_NAMED]:
        turning.append(word)
        if sum(word.ease for word in turning) >= hope * distance:
            return tuple(sorted(turning, key=lambda word: word.start))
    return ()


def cut_words(text: str, words: Sequence[Word]) -> str:
    """The text without these words, which are in its order."""
    kept, at = [], 0
    for word in words:
        kept.append(text[at : word.start])
        at = max(at, word.end)
    return " ".join([*kept, text[at:]])


def say_margin(expected: float, thresholds: Sequence[float], turning: Sequence[Word], lower: str | None) -> str:
    """`Just over the line to high; it would be normal without “still”, “answer”.`

    `turning` are words without which the text was judged again and came out as `lower`; none where no few words decide.
    """
    level = level_of(expected, thresholds)
    distance = expected - thresholds[level - 1]
    nearness = "Just over" if distance < JUST else "Over" if distance < WELL else "Well over"
    above = [threshold - expected for threshold in thresholds[level:]]
    said = say_turning(URGENCIES[level - 1], turning, lower)
    if above and above[0] < JUST:
        return f"{nearness} the line to {URGENCIES[level]}, and close to {URGENCIES[level + 1]}; {said}."
    return f"{nearness} the line to {URGENCIES[level]}; {said}."


def say_turning(below: str, turning: Sequence[Word], lower: str | None) -> str:
    """Without which words it would be of the `lower` urgency; or that no few words keep it from the one `below`."""
    if not turning:
        return f"no few words decide that it is not {below}"
    names = dict.fromkeys(f"“{word.text}”" for word in turning)
    return f"it would be {lower} without {', '.join(names)}"

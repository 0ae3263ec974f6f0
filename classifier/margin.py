"""How near an urgency is to the next one, and which words would have made the difference."""

from collections.abc import Sequence

from classifier.judgement import Word
from classifier.labels import URGENCIES

JUST = 0.15  # of the expected urgency, 0 (low) to 3 (urgent)
WELL = 0.5
MOST_NAMED = 3


def say_margin(expected: float, thresholds: Sequence[float], words: Sequence[Word]) -> str:
    """`Just over the line to high; by their weights it would be normal without “still”, “answer”.`

    `expected` is the expected urgency and `thresholds` cut it into labels; nothing is said below high. Words are
    weighed without running the encoder again, so what they would have changed is an estimate (docs/judgement.md).
    """
    level = sum(expected >= threshold for threshold in thresholds)
    if URGENCIES[level] not in ("high", "urgent"):
        return ""
    distance = expected - thresholds[level - 1]
    nearness = "Just over" if distance < JUST else "Over" if distance < WELL else "Well over"
    above = [threshold - expected for threshold in thresholds[level:]]
    near = f", and close to {URGENCIES[level + 1]}" if above and above[0] < JUST else ""
    return f"{nearness} the line to {URGENCIES[level]}{near}; {say_turning(URGENCIES[level - 1], distance, words)}."


def say_turning(lower: str, distance: float, words: Sequence[Word]) -> str:
    """Without which words it would be of the lower urgency, if a few of them come to as much."""
    turning: list[Word] = []
    for word in sorted(words, key=lambda word: -word.ease)[:MOST_NAMED]:
        turning.append(word)
        if sum(word.ease for word in turning) >= distance:
            named = ", ".join(f"“{word.text}”" for word in sorted(turning, key=lambda word: word.start))
            return f"by their weights it would be {lower} without {named}"
    return f"no few words decide that it is not {lower}"

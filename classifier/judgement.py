"""What the classifier says of a text, as plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from classifier.languages import LANGUAGES, TRAINED_ON, Language

Scores = Mapping[str, Mapping[str, float]]
"""head -> label -> calibrated probability, summing to 1 for each head; a head that is not trained is absent."""


@dataclass(frozen=True, slots=True)
class Word:
    """A stretch of the text that carried the urgency, and by how much its absence would lower it (probability)."""

    start: int  # characters into the original text
    end: int
    text: str
    weight: float
    ease: float = 0.0  # by how much its absence would lower the expected urgency, 0 (low) to 3 (urgent)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a text is as pressing as it is judged, by what it is judged without each of its words."""

    words: Sequence[Word] = ()  # the heaviest first; none of a text that is not pressing
    margin: str = ""

    def as_json(self) -> dict[str, Any]:
        """The form kept with a mention, among its reasons."""
        words = [{"start": w.start, "end": w.end, "text": w.text, "weight": round(w.weight, 4)} for w in self.words]
        return {"words": words, "margin": self.margin}


@dataclass(frozen=True, slots=True)
class Judgement:
    """The judgement of one text. A head that the model was not trained for is None, never a guess."""

    sentiment: str | None
    urgency: str | None
    need: str | None
    abuse: bool | None
    scores: Scores
    model: str  # name and version of the model that judged
    lang: str | None = None  # ISO 639-1, detected; None where there is too little text to tell
    words: Sequence[Word] = ()  # for high and urgent, the heaviest first
    margin: str = ""  # for high and urgent: how near the next lower one is, and what would have made the difference
    measured: bool = False  # whether the words were weighed by judging the text without each; else by an estimate
    doubts: Sequence[str] = ()  # why the judgement deserves less trust, in sentences: "no words", "not English", …
    embedding: NDArray[np.float32] | None = field(default=None, compare=False)  # pooled, unit length
    unlearned: Scores | None = field(default=None, compare=False)  # before the team's lessons; None: there were none

    def explained(self, explanation: Explanation) -> "Judgement":
        """The judgement with the words and the margin of its explanation."""
        return replace(self, words=explanation.words, margin=explanation.margin, measured=True)

    def as_json(self) -> dict[str, Any]:
        """The form printed by `classify` and kept with a mention."""
        return {
            "sentiment": self.sentiment,
            "urgency": self.urgency,
            "need": self.need,
            "abuse": None if self.abuse is None else int(self.abuse),
            "lang": self.lang,
            "scores": {
                head: {label: round(p, 4) for label, p in labels.items()} for head, labels in self.scores.items()
            },
            "reasons": {
                **Explanation(self.words, self.margin).as_json(),
                "measured": self.measured,
                "doubts": list(self.doubts),
            },
            "model": self.model,
        }


def leave_unread(language: Language, model: str) -> Judgement:
    """The judgement of a post that the model cannot read: none, and why."""
    why = f"Not judged: the post is in {language.name}, the model reads {LANGUAGES[TRAINED_ON]}."
    return Judgement(None, None, None, None, scores={}, model=model, lang=language.code, doubts=(why,))


class Classifier(Protocol):
    """Anything that judges texts. One call is one batch; the order of the answers is that of the texts."""

    @property
    def version(self) -> str:
        """Name and version, as kept with everything that it judges."""
        ...

    def judge(self, texts: Sequence[str]) -> list[Judgement]:
        """Judge each text by itself: what else is in the batch never changes an answer."""
        ...


@runtime_checkable
class Explaining(Protocol):
    """A classifier that can also weigh the words of a text by judging it without each: many times the work."""

    def explain(self, texts: Sequence[str]) -> list[Explanation]:
        """One for each text, in their order."""
        ...


class ModelError(Exception):
    """The model is missing, damaged or does not fit this program; the message says what to do."""

"""A classifier for tests that are not about judging: it reads the labels out of the text itself."""

from collections.abc import Sequence

import numpy as np

from classifier.judgement import Judgement


class PlainJudge:
    """`urgent: …` is urgent, and so on; a text with POISON in it cannot be judged."""

    version = "plain-1"

    def __init__(self) -> None:
        self.batches: list[int] = []

    def judge(self, texts: Sequence[str]) -> list[Judgement]:
        self.batches.append(len(texts))
        if any("POISON" in text for text in texts):
            raise ValueError("poisoned")
        return [self.judge_one(text) for text in texts]

    def judge_one(self, text: str) -> Judgement:
        head = text.partition(":")[0]
        urgency = head if head in ("low", "high", "urgent") else "normal"
        scores = {"urgency": {urgency: 1.0}}
        return Judgement(
            "neutral", urgency, "none", False, scores, self.version, lang="en", embedding=np.ones(4, dtype=np.float32)
        )

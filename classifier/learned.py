"""What the heads have learned from the team: a small shift of their scores, worked out from a text's embedding."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from classifier.decide import Floats, softmax
from classifier.judgement import Judgement, ModelError
from classifier.labels import HEADS

MARK = "+learned "
LEAST = 1e-12  # a probability of nothing has no logarithm
REMEDY = "run `mentiondesk learn` to learn it anew, or `mentiondesk learn --rollback` to go back to the version before."
DIGEST = hashlib.sha256().digest_size


@dataclass(frozen=True, slots=True)
class Shift:
    """What is added to the log of one head's probabilities: `weights` [labels, width] · embedding + `bias` [labels].

    All zeros are the head as it came, so a penalty on the size of the shift holds it to the head as it came.
    """

    weights: Floats
    bias: Floats

    def apply(self, probabilities: Floats, vectors: Floats) -> Floats:
        """The probabilities [..., labels] of texts with these embeddings [..., width], shifted."""
        added = as_kept(vectors).astype(np.float64) @ self.weights.T + self.bias
        return softmax(np.log(np.maximum(probabilities, LEAST)) + added)


@dataclass(frozen=True, slots=True)
class Learned:
    """The shifts that were learned, head by head; a head that learned nothing is absent."""

    version: int  # as the desk counts
    encoder: str  # name and version of the model whose embeddings the shifts are for
    shifts: Mapping[str, Shift]

    @property
    def name(self) -> str:
        """The model's name and version with these shifts: `mentiondesk-bge 4+learned 3`."""
        return f"{self.encoder}{MARK}{self.version}" if self.shifts else self.encoder

    def adjust(self, scores: Mapping[str, Floats], vectors: Floats) -> dict[str, Floats]:
        """head -> probabilities, as learned; of one text, or of many with a row for each."""
        shifts = self.shifts
        return {head: shifts[head].apply(row, vectors) if head in shifts else row for head, row in scores.items()}

    def pack(self) -> bytes:
        """The shifts as bytes that `unpack` checks."""
        arrays: dict[str, Any] = {"encoder": np.array(self.encoder)}
        for head, shift in self.shifts.items():
            arrays |= {f"{head}.weights": shift.weights, f"{head}.bias": shift.bias}
        buffer = io.BytesIO()
        np.savez_compressed(buffer, **arrays)
        return hashlib.sha256(buffer.getvalue()).digest() + buffer.getvalue()


def unpack(version: int, blob: bytes) -> Learned:
    """The shifts of `pack`. Raises ModelError if they are damaged or fit no head of this program."""
    digest, body = blob[:DIGEST], blob[DIGEST:]
    if hashlib.sha256(body).digest() != digest:
        raise ModelError(f"What was learned as version {version} is damaged; {REMEDY}")
    with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
        heads = sorted({name.partition(".")[0] for name in arrays.files} - {"encoder"})
        shifts = {head: Shift(arrays[f"{head}.weights"], arrays[f"{head}.bias"]) for head in heads}
        encoder = str(arrays["encoder"])
    if not all(map(is_sound, shifts, shifts.values())):
        raise ModelError(f"What was learned as version {version} fits no head of this program; {REMEDY}")
    return Learned(version, encoder, shifts)


def is_sound(head: str, shift: Shift) -> bool:
    """Whether a shift is for one of our heads, of its shape, and made of numbers."""
    labels = len(HEADS.get(head, ()))
    shaped = shift.weights.ndim == 2 and shift.bias.shape == (labels,) == shift.weights.shape[:1]
    return shaped and bool(np.isfinite(shift.weights).all() and np.isfinite(shift.bias).all())


def as_kept(vectors: Floats) -> Floats:
    """Embeddings as the desk keeps them, so that a text and its stored embedding are judged alike."""
    return vectors.astype(np.float16)


def encoder_of(model: str) -> str:
    """The name and version without what was learned: whose embedding it is."""
    return model.partition(MARK)[0]


@runtime_checkable
class Teachable(Protocol):
    """A classifier that can be given what was learned for its encoder, at any moment between two batches."""

    encoder: str
    learned: Learned | None

    def judge(self, texts: Any) -> list[Judgement]:
        """As every classifier does."""
        ...

    def decide(self, scores: Mapping[str, Floats]) -> dict[str, Any]:
        """The label of each head by its probabilities; None for a head that is absent."""
        ...

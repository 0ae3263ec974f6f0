"""Judge texts with the model in a bundle: normalise, tokenise, run ONNX Runtime, decide."""

import os
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.bundle import REMEDY, Bundle, open_bundle
from classifier.decide import Floats, decide_labels, expect_urgency, name_scores, soften
from classifier.judgement import Judgement, ModelError, Word
from classifier.labels import URGENCIES
from classifier.languages import LANGUAGES, TRAINED_ON, detect_language
from classifier.learned import Learned
from classifier.normalise import Normalised, normalise
from classifier.reasons import weigh_words

MOST_CHARACTERS = 8_000  # a text is cut here before anything else touches it, so that none is slow
MOST_WINDOWS = 8
_MASKS = re.compile(r"@user|\bhttp\b|\bemail\b")
OVERLAP = 32  # tokens that a window shares with the one before


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a text that fits the model: token ids [tokens], their offsets [tokens, 2] in the normalised text."""

    tokens: NDArray[np.int64]
    offsets: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model said of one window."""

    probabilities: Mapping[str, Floats]
    pull: Floats  # [tokens, urgencies], the urgency head's logits token by token
    embedding: Floats

    @property
    def pressure(self) -> float:
        """The expected urgency, 0 to 3; 0 where the head is not trained."""
        return float(expect_urgency(self.probabilities["urgency"])) if "urgency" in self.probabilities else 0.0


class OnnxClassifier:
    """Judges texts one at a time, on as many threads as it was given.

    Every text is a run of its own, without padding: int8 activations are scaled by the largest value in a run, so in a
    shared run the neighbours would change an answer; and a run of one is nearly as fast (docs/model-card.md).
    """

    def __init__(
        self, bundle: Bundle, session: Any, tokenizer: Any, threads: int = 1, learned: Learned | None = None
    ) -> None:
        self.encoder = bundle.version
        self.learned = learned
        self._bundle = bundle
        self._session = session
        self._tokenizer = tokenizer
        self._threads = threads
        self._outputs = [output.name for output in session.get_outputs()]
        self._split("")  # the first use sets the tokenizer's truncation; from then on threads only read it

    @property
    def version(self) -> str:
        """Name and version of the model, and of what it has learned."""
        return self.learned.name if self.learned else self.encoder

    def judge(self, texts: Sequence[str]) -> list[Judgement]:
        """Judge each text by itself; the order of the answers is that of the texts.

        A text longer than MOST_CHARACTERS is cut there. One that outruns the model's window is read in at most
        MOST_WINDOWS windows that overlap: sentiment and need are the mean of the windows, urgency is that of the most
        pressing and abuse that of the worst, as one bad paragraph is enough. Raises ModelError if the model is damaged.
        """
        learned = self.learned or Learned(0, self.encoder, {})  # another may be set while these are judged
        if self._threads == 1:
            return [self._judge(text, learned) for text in texts]
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(self._judge, texts, repeat(learned)))

    def _judge(self, original: str, learned: Learned) -> Judgement:
        text = normalise(original[:MOST_CHARACTERS])
        windows = self._split(text.text if has_words(text.text) else "")  # masks alone mean nothing
        readings = [self._read(window) for window in windows[:MOST_WINDOWS]]
        lead = max(range(len(readings)), key=lambda at: readings[at].pressure)
        embedding = mean_direction([reading.embedding for reading in readings])
        unlearned = combine(readings, lead)
        scores = learned.adjust(unlearned, embedding)
        labels = self.decide(scores)
        language = detect_language(text.text)
        return Judgement(
            **labels,
            scores=name_scores(scores),
            model=learned.name,
            lang=language,
            words=self._explain(labels["urgency"], original, text, windows[lead], readings[lead]),
            doubts=doubt(original, text.text, language, len(windows)),
            embedding=embedding,
            unlearned=name_scores(unlearned) if learned.shifts else None,
        )

    def _split(self, text: str) -> list[Window]:
        """The text's windows, at least one."""
        encoded = self._tokenizer(
            text,
            truncation=True,
            max_length=self._bundle.max_tokens,
            stride=OVERLAP,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
        )
        return [
            Window(np.array(tokens, dtype=np.int64), np.array(offsets, dtype=np.int64))
            for tokens, offsets in zip(encoded["input_ids"], encoded["offset_mapping"], strict=True)
        ]

    def _read(self, window: Window) -> Reading:
        outputs = dict(zip(self._outputs, self._session.run(None, {"tokens": window.tokens[None]}), strict=True))
        if not all(np.isfinite(output).all() for output in outputs.values()):
            raise ModelError(f"The model in {self._bundle.folder} answers with numbers that are none; {REMEDY}")
        probabilities = {head: soften(outputs[head][0], t) for head, t in self._bundle.temperatures.items()}
        return Reading(probabilities, outputs["pull"][0], outputs["embedding"][0])

    def decide(self, scores: Mapping[str, Floats]) -> dict[str, Any]:
        """The label of each head by its probabilities; None for one that is not trained."""
        return decide_labels(scores, self._bundle.urgency_thresholds, self._bundle.abuse_threshold)

    def _explain(
        self, urgency: str | None, original: str, text: Normalised, window: Window, reading: Reading
    ) -> tuple[Word, ...]:
        if urgency not in {"high", "urgent"}:
            return ()
        temperature, level = self._bundle.temperatures["urgency"], URGENCIES.index(urgency)
        return weigh_words(original, text, window.offsets, reading.pull, temperature, level)


def combine(readings: Sequence[Reading], lead: int) -> dict[str, Floats]:
    """The probabilities of a text from those of its windows; `lead` is the most pressing of them."""
    rows = {head: np.stack([r.probabilities[head] for r in readings]) for head in readings[0].probabilities}
    joined = {head: windows.mean(0) for head, windows in rows.items()}
    if "urgency" in rows:
        joined["urgency"] = rows["urgency"][lead]
    if "abuse" in rows:
        joined["abuse"] = rows["abuse"][rows["abuse"][:, 1].argmax()]
    return joined


def mean_direction(vectors: Sequence[Floats]) -> NDArray[np.float32]:
    """The mean of vectors of unit length, made unit length again."""
    mean = np.mean(vectors, axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), dtype=np.float32)


def has_words(text: str) -> bool:
    """Whether a normalised text says anything besides whom it mentions and where it links to."""
    return any(map(str.isalnum, _MASKS.sub("", text)))


def doubt(original: str, text: str, language: str | None, windows: int) -> tuple[str, ...]:
    """Why the judgement of a text deserves less trust, in sentences."""
    doubts = []
    if not has_words(text):
        doubts.append("There are no words to judge.")
    if language not in {None, TRAINED_ON}:
        doubts.append(f"Written in {LANGUAGES[str(language)]}; the model was trained on English.")
    if len(original) > MOST_CHARACTERS:
        doubts.append(f"Only the first {MOST_CHARACTERS:,} of {len(original):,} characters were judged.")
    elif windows > MOST_WINDOWS:
        doubts.append("Only the beginning of this long text was judged.")
    return tuple(doubts)


def load(path: Path | None = None, threads: int = 1) -> OnnxClassifier:
    """The classifier from the model in `path`, or from the one that comes with the program.

    `threads` texts are judged at a time. Raises ModelError, with what to do, if a file is missing, damaged or swapped.
    """
    bundle = open_bundle(path)
    try:
        return OnnxClassifier(bundle, _open_session(bundle.folder), _open_tokenizer(bundle.folder), max(1, threads))
    except Exception as error:  # ONNX Runtime and tokenizers raise errors of their own that share no base
        raise ModelError(f"The model in {bundle.folder} cannot be loaded ({error}); {REMEDY}") from error


def _open_session(folder: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(folder / "model.onnx", options, providers=["CPUExecutionProvider"])


def _open_tokenizer(folder: Path) -> Any:
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")  # it else warns that torch is absent, which is meant
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder, local_files_only=True)

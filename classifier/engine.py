"""Judge texts with the model in a bundle: normalise, tokenise, run ONNX Runtime, decide."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, groupby, repeat
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.absence import PRESSING, tell_margins, weigh_by_absence
from classifier.bundle import REMEDY, Bundle, open_bundle
from classifier.decide import Floats, decide_labels, expect_urgency, name_scores
from classifier.judgement import Explanation, Judgement, ModelError, Word, leave_unread
from classifier.labels import URGENCIES
from classifier.languages import TRAINED_ON, Language, identify_language
from classifier.learned import Learned
from classifier.normalise import Normalised, normalise
from classifier.reasons import name_heaviest, weigh_words

MOST_CHARACTERS = 8_000  # a text is cut here before anything else touches it, so that none is slow
MOST_WINDOWS = 8
OVERLAP = 32  # tokens that a window shares with the one before
MOST_TOKENS = 512  # of all texts in one run: more are no faster, and take memory
MOST_TEXTS = 256  # on their way together; enough to find some of the same length
MOST_RUNS = 32  # of the network, to explain one text
SURE = 0.8  # as HOPE, of words whose absence was tried one by one
_MASKS = re.compile(r"@user|\bhttp\b|\bemail\b")


@dataclass(frozen=True, slots=True)
class Post:
    """A text as it came, normalised, and its windows: stretches of at most as many tokens as fit the model."""

    original: str
    text: Normalised
    language: Language
    windows: Sequence[Any]  # each with `ids` and their `offsets` in the normalised text; none of a post left unread


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model said of one window."""

    probabilities: Mapping[str, Floats]
    pull: Floats  # [tokens, urgencies], the urgency head's logits token by token
    embedding: NDArray[np.float32]  # [width], of unit length

    @property
    def pressure(self) -> float:
        """The expected urgency, 0 to 3; 0 where the head is not trained."""
        return float(expect_urgency(self.probabilities["urgency"])) if "urgency" in self.probabilities else 0.0


class OnnxClassifier:
    """Judges texts, many in a run, on as many threads as it was given.

    Texts of the same number of tokens share a run, so that none is padded. Every number of an answer comes from the
    text's own tokens, and the scales of int8 are fixed: what else is in the run changes nothing, to the last bit.
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
        size = max(1, min(MOST_TEXTS, -(-len(texts) // self._threads)))
        shares = [texts[at : at + size] for at in range(0, len(texts), size)]
        if self._threads == 1:
            return list(chain.from_iterable(map(self._judge, shares, repeat(learned))))
        with ThreadPoolExecutor(self._threads) as pool:
            return list(chain.from_iterable(pool.map(self._judge, shares, repeat(learned))))

    def _judge(self, originals: Sequence[str], learned: Learned) -> list[Judgement]:
        judgements = [self._conclude(post, readings, learned) for post, readings in self._read_posts(originals)]
        ask = partial(self._read_urgencies, learned=learned)
        margins = tell_margins(originals, judgements, self._bundle.urgency_thresholds, ask)
        return [replace(one, margin=margins.get(at, "")) for at, one in enumerate(judgements)]

    def _read_posts(self, originals: Sequence[str]) -> Iterator[tuple[Post, list[Reading]]]:
        """Each text with what the model says of its windows."""
        posts = self._prepare(originals)
        readings = iter(self._read([window.ids for post in posts for window in post.windows[:MOST_WINDOWS]]))
        return ((post, [next(readings) for _ in post.windows[:MOST_WINDOWS]]) for post in posts)

    def _prepare(self, originals: Sequence[str]) -> list[Post]:
        texts = [normalise(original[:MOST_CHARACTERS]) for original in originals]
        spoken = [text.text if has_words(text.text) else "" for text in texts]  # masks alone mean nothing
        languages = map(identify_language, originals)
        encoded = self._tokenizer.encode_batch(spoken)
        return [
            Post(original, text, language, [] if language.unread else [first, *first.overflowing])
            for original, text, language, first in zip(originals, texts, languages, encoded, strict=True)
        ]

    def _read(self, windows: Sequence[Sequence[int]]) -> list[Reading]:
        """What the model says of each window, given as token ids."""
        if not windows:
            return []
        groups = list(group_alike([len(window) for window in windows], MOST_TOKENS))
        runs = [self._run([windows[place] for place in places]) for places in groups]
        order = np.argsort(np.concatenate(groups))  # what leads from the order of the runs to that of the windows
        pulls = list(chain.from_iterable(run["pull"] for run in runs))
        heads = {head: scale.soften(self._collect(runs, head, order)) for head, scale in self._bundle.scales.items()}
        embeddings = self._collect(runs, "embedding", order)
        return [
            Reading({head: rows[at] for head, rows in heads.items()}, pulls[place], embeddings[at])
            for at, place in enumerate(order)
        ]

    def _run(self, windows: Sequence[Sequence[int]]) -> dict[str, Any]:
        """What the model answers to windows of the same length, by the names of its outputs."""
        answers = self._session.run(None, {"tokens": np.array(windows, dtype=np.int64)})
        return dict(zip(self._outputs, answers, strict=True))

    def _collect(self, runs: Sequence[Mapping[str, Any]], output: str, order: NDArray[np.int64]) -> Any:
        """An output of all runs, a row for each window. Raises ModelError if there is a number that is none.

        `pull` needs no such look: the logits of urgency are its mean.
        """
        rows = np.concatenate([run[output] for run in runs])[order]
        if not np.isfinite(rows).all():
            raise ModelError(f"The model in {self._bundle.folder} answers with numbers that are none; {REMEDY}")
        return rows

    def _conclude(self, post: Post, readings: Sequence[Reading], learned: Learned) -> Judgement:
        """The judgement of a post from the readings of its windows."""
        if post.language.unread:
            return leave_unread(post.language, learned.name)
        _, whole = combine(readings)
        scores = learned.adjust(whole.probabilities, whole.embedding)
        labels = self.decide(scores)
        pressing = labels["urgency"] in PRESSING
        words = name_heaviest(self._weigh(labels["urgency"], post, readings)) if pressing else ()
        return Judgement(
            **labels,
            scores=name_scores(scores),
            model=learned.name,
            lang=post.language.code,
            words=words,
            doubts=doubt(post),
            embedding=whole.embedding,
            unlearned=name_scores(whole.probabilities) if learned.shifts else None,
        )

    def decide(self, scores: Mapping[str, Floats]) -> dict[str, Any]:
        """The label of each head by its probabilities; None for one that is not trained."""
        return decide_labels(scores, self._bundle.urgency_thresholds, self._bundle.abuse_threshold)

    def explain(self, texts: Sequence[str]) -> list[Explanation]:
        """Of each text judged pressing, its words weighed by judging it once without each, and its margin by these.

        A text of 25 words takes as long as judging 25 texts. What is not pressing is explained by nothing. Raises
        ModelError.
        """
        learned = self.learned or Learned(0, self.encoder, {})
        return [self._explain(text, learned) for text in texts]

    def _explain(self, text: str, learned: Learned) -> Explanation:
        ((post, readings),) = self._read_posts([text])
        judgement = self._conclude(post, readings, learned)
        if judgement.urgency not in PRESSING:
            return Explanation()
        likely = self._weigh(judgement.urgency, post, readings)[: max(1, MOST_RUNS // len(readings))]
        whole = np.array(list(judgement.scores["urgency"].values()))
        ask = partial(self._read_urgencies, learned=learned)
        words = weigh_by_absence(text, likely, whole, judgement.urgency, ask)
        margins = tell_margins([text], [replace(judgement, words=words)], self._bundle.urgency_thresholds, ask, SURE)
        return Explanation(words, margins[0])

    def _read_urgencies(self, texts: Sequence[str], learned: Learned) -> list[Floats | None]:
        """The probabilities of the urgencies of each text; None of one in another language."""
        wholes = [combine(readings)[1] if readings else None for _, readings in self._read_posts(texts)]
        return [
            None if whole is None else learned.adjust(whole.probabilities, whole.embedding)["urgency"]
            for whole in wholes
        ]

    def _weigh(self, urgency: str, post: Post, readings: Sequence[Reading]) -> list[Word]:
        lead, whole = combine(readings)
        scale, level = self._bundle.scales["urgency"], URGENCIES.index(urgency)
        return weigh_words(post.original, post.text, np.array(post.windows[lead].offsets), whole.pull, scale, level)


def group_alike(lengths: Sequence[int], most: int) -> Iterator[list[int]]:
    """The places of equal lengths together, as long as the lengths come to no more than `most`."""
    places = sorted(range(len(lengths)), key=lengths.__getitem__)
    for length, alike in groupby(places, key=lengths.__getitem__):
        together, size = list(alike), max(1, most // length)
        yield from (together[at : at + size] for at in range(0, len(together), size))


def combine(readings: Sequence[Reading]) -> tuple[int, Reading]:
    """Which of a text's windows is the most pressing, and the reading of the text from those of its windows."""
    if len(readings) == 1:
        return 0, readings[0]
    lead = max(range(len(readings)), key=lambda at: readings[at].pressure)
    rows = {head: np.stack([r.probabilities[head] for r in readings]) for head in readings[0].probabilities}
    joined = {head: windows.mean(0) for head, windows in rows.items()}
    if "urgency" in rows:
        joined["urgency"] = rows["urgency"][lead]
    if "abuse" in rows:
        joined["abuse"] = rows["abuse"][rows["abuse"][:, 1].argmax()]
    return lead, Reading(joined, readings[lead].pull, mean_direction([reading.embedding for reading in readings]))


def mean_direction(vectors: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """The mean of vectors of unit length, made unit length again."""
    mean = np.mean(vectors, axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), dtype=np.float32)


def has_words(text: str) -> bool:
    """Whether a normalised text says anything besides whom it mentions and where it links to."""
    return any(map(str.isalnum, _MASKS.sub("", text)))


def doubt(post: Post) -> tuple[str, ...]:
    """Why the judgement of a post deserves less trust, in sentences."""
    doubts = []
    if not has_words(post.text.text):
        doubts.append("There are no words to judge.")
    if post.language.code not in {None, TRAINED_ON}:
        doubts.append(f"Perhaps written in {post.language.name}; the model reads English.")
    if len(post.original) > MOST_CHARACTERS:
        doubts.append(f"Only the first {MOST_CHARACTERS:,} of {len(post.original):,} characters were judged.")
    elif len(post.windows) > MOST_WINDOWS:
        doubts.append("Only the beginning of this long text was judged.")
    return tuple(doubts)


def load(path: Path | None = None, threads: int = 1) -> OnnxClassifier:
    """The classifier from the model in `path`, or from the one that comes with the program.

    `threads` texts are judged at a time. Raises ModelError, with what to do, if a file is missing, damaged or swapped.
    """
    bundle = open_bundle(path)
    try:
        return OnnxClassifier(bundle, _open_session(bundle.folder), _open_tokenizer(bundle), max(1, threads))
    except Exception as error:  # ONNX Runtime and tokenizers raise errors of their own that share no base
        raise ModelError(f"The model in {bundle.folder} cannot be loaded ({error}); {REMEDY}") from error


def _open_session(folder: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(folder / "model.onnx", options, providers=["CPUExecutionProvider"])


def _open_tokenizer(bundle: Bundle) -> Any:
    """The library beneath transformers' tokenizer; its own way in takes as long again for what we do not need."""
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")  # it else warns that torch is absent, which is meant
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # a batch stays on the thread that judges it
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(bundle.folder, local_files_only=True).backend_tokenizer
    tokenizer.no_padding()
    tokenizer.enable_truncation(bundle.max_tokens, stride=OVERLAP)
    return tokenizer

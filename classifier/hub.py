"""Sentiment by any Hugging Face text classification model; urgency, need and abuse stay with ours."""

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from classifier.bundle import sha256
from classifier.decide import Floats, name_scores
from classifier.engine import MOST_CHARACTERS, OnnxClassifier
from classifier.judgement import Explanation, Judgement, ModelError
from classifier.labels import SENTIMENTS
from classifier.learned import Learned

BATCH = 32
MOST_TOKENS = 512  # a longer text is judged by its beginning
NAME_LENGTH = 32  # of the model's name in a judgement, which keeps it with every mention
_UNREADABLE = re.compile(r"[\ud800-\udfff\x00]+")  # tokenizers fail over lone surrogates


class HubClassifier:
    """Judges with our classifier, and puts the sentiment of another model in the place of ours.

    A text whose language ours does not read gets a sentiment only if it is in `languages`.
    """

    def __init__(
        self, name: str, pipeline: Any, labels: Mapping[str, str], ours: OnnxClassifier, languages: Collection[str] = ()
    ) -> None:
        self.encoder = f"{ours.encoder}+{name}"
        self._name = name
        self._pipeline = pipeline
        self._labels = labels
        self._ours = ours
        self._languages = languages
        self._limit = count_tokens(pipeline.tokenizer, pipeline.model.config)
        self._learned: Learned | None = None

    @property
    def version(self) -> str:
        """Names and versions of both models, and of what they have learned."""
        return self._learned.name if self._learned else self.encoder

    @property
    def learned(self) -> Learned | None:
        """What was learned for the two models together."""
        return self._learned

    @learned.setter
    def learned(self, learned: Learned | None) -> None:
        """Ours shifts the heads that it judges, and we the sentiment."""
        shifts = {head: shift for head, shift in learned.shifts.items() if head != "sentiment"} if learned else {}
        self._ours.learned = Learned(learned.version, self._ours.encoder, shifts) if learned else None
        self._learned = learned

    def decide(self, scores: Mapping[str, Floats]) -> dict[str, Any]:
        """The label of each head by its probabilities; None for one that is absent."""
        return self._ours.decide(scores)

    def judge(self, texts: Sequence[str]) -> list[Judgement]:
        """Judge each text by itself; the order of the answers is that of the texts. Raises ModelError."""
        learned = self._learned or Learned(0, self.encoder, {})
        judgements = self._ours.judge(texts)
        wanted = [at for at, text in enumerate(texts) if self._reads(text, judgements[at])]
        for at, scores in zip(wanted, self._score([texts[at] for at in wanted]), strict=True):
            judgements[at] = replace_sentiment(judgements[at], scores, learned)
        return [replace(judgement, model=learned.name) for judgement in judgements]

    def explain(self, texts: Sequence[str]) -> list[Explanation]:
        """Urgency is ours alone, and so is why."""
        return self._ours.explain(texts)

    def _reads(self, text: str, judgement: Judgement) -> bool:
        """Whether there is anything to read, in a language that one of the two models knows."""
        return bool(clean(text)) and (judgement.sentiment is not None or judgement.lang in self._languages)

    def _score(self, texts: Sequence[str]) -> list[Floats]:
        """The probabilities of the sentiments, text by text."""
        if not texts:
            return []
        try:
            answers = self._pipeline(
                [clean(text) for text in texts],
                batch_size=BATCH if self._pipeline.tokenizer.pad_token is not None else 1,
                top_k=None,
                function_to_apply="softmax",
                truncation=True,
                max_length=self._limit,
            )
        except Exception as error:  # what a model from elsewhere raises is known to nobody
            raise ModelError(f"The model {self._name} cannot judge ({error}).") from error
        return [self._add_up(answer) for answer in answers]

    def _add_up(self, answer: Sequence[Mapping[str, Any]]) -> Floats:
        """Probabilities by our labels, of which several of the model's may be one."""
        scores = np.zeros(len(SENTIMENTS))
        for one in answer:
            scores[SENTIMENTS.index(self._labels[one["label"]])] += one["score"]
        if not abs(scores.sum() - 1) < 0.01:  # so it is, too, where one of them is not a number
            raise ModelError(f"The model {self._name} answers with numbers that are no probabilities.")
        return scores


def replace_sentiment(judgement: Judgement, scores: Floats, learned: Learned) -> Judgement:
    """The judgement with these probabilities of the sentiments, shifted by what was learned."""
    shifted = scores
    if judgement.embedding is not None:
        shifted = learned.adjust({"sentiment": scores}, judgement.embedding)["sentiment"]
    plain = {**(judgement.unlearned or judgement.scores), **name_scores({"sentiment": scores})}
    return replace(
        judgement,
        sentiment=SENTIMENTS[int(shifted.argmax())],
        scores={**judgement.scores, **name_scores({"sentiment": shifted})},
        unlearned=plain if learned.shifts else None,
    )


def clean(text: str) -> str:
    """What the other model reads: the text as it was written, cut like ours; it has habits of its own with the rest."""
    return _UNREADABLE.sub(" ", text[:MOST_CHARACTERS]).strip()


def count_tokens(tokenizer: Any, config: Any) -> int:
    """How many tokens the model takes. Positions of RoBERTa begin at 2, so two of those it names are not to be had."""
    positions = getattr(config, "max_position_embeddings", MOST_TOKENS + 2)
    return int(min(tokenizer.model_max_length, positions - 2, MOST_TOKENS))


def load_hub(
    name: str, labels: Mapping[str, str], ours: OnnxClassifier, threads: int = 1, languages: Collection[str] = ()
) -> HubClassifier:
    """The model of this name on the hub, or in this folder, beside ours; `labels` says what its labels are called here.

    Raises ModelError, with what to do, where torch is missing, the model cannot be loaded or a label is not mapped.
    """
    if find_spec("torch") is None:
        raise ModelError(
            f"The model {name} needs torch, which is not installed; docs/classifier.md says how to install it, "
            'or set model = "default".'
        )
    import torch
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    torch.set_num_threads(threads)
    try:
        config = transformers.AutoConfig.from_pretrained(name, trust_remote_code=False)
        mapping = map_labels(name, list((config.id2label or {}).values()), labels)
        pipeline = transformers.pipeline(
            "text-classification", model=name, config=config, tokenizer=name, device="cpu", trust_remote_code=False
        )
    except ModelError:
        raise
    except Exception as error:
        raise ModelError(f"The model {name} cannot be loaded ({str(error).partition(chr(10))[0]}).") from error
    return HubClassifier(name_model(name, config), pipeline, mapping, ours, languages)


def map_labels(name: str, theirs: Sequence[str], labels: Mapping[str, str]) -> dict[str, str]:
    """The model's labels -> ours. Raises ModelError where one is left over, on either side."""
    unknown = [label for label in labels if label not in theirs]
    if unknown:
        near = difflib.get_close_matches(unknown[0], theirs, n=1, cutoff=0.5)
        hint = f"did you mean '{near[0]}'?" if near else f"it has {', '.join(theirs)}."
        raise ModelError(f"The model {name} has no label '{unknown[0]}'; {hint}")
    mapping = {label: labels.get(label, label.lower()) for label in theirs}
    lost = [label for label, ours in mapping.items() if ours not in SENTIMENTS]
    if lost:
        example = ", ".join(f'{label} = "…"' for label in lost)
        raise ModelError(
            f"What the model {name} means by {', '.join(lost)} is not said; add labels = {{ {example} }} to "
            f"[classifier], each {', '.join(SENTIMENTS[:-1])} or {SENTIMENTS[-1]}."
        )
    if len(set(mapping.values())) < 2:
        raise ModelError(f"The model {name} tells no two sentiments apart, so it cannot judge.")
    return mapping


def name_model(name: str, config: Any) -> str:
    """The name and version under which it judges: the commit of the hub, or the sum of a folder's weights."""
    folder = Path(name)
    weights = sorted([*folder.glob("*.safetensors"), *folder.glob("*.bin")]) if folder.is_dir() else []
    version = sha256(weights[0]) if weights else str(getattr(config, "_commit_hash", None) or "unknown")
    return f"{Path(name).name[:NAME_LENGTH]}@{version[:7]}"

"""The network: one pass of the encoder, a mean over its tokens, four linear heads; and the loss that trains it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from transformers import AutoModel

from classifier.dataset import UNLABELLED, Batch, Ints
from classifier.labels import HEADS

BALANCE = {"sentiment": 0.6, "urgency": 0.5, "need": 0.4, "abuse": 0.4}
"""Exponent of the inverse frequency in class weights: 0 leaves the classes as they come, 1 makes them all equal."""
SOFTEN = {"sentiment": 0.06, "urgency": 0.1, "need": 0.05, "abuse": 0.02}
"""The share of a target given away: to all labels alike; for urgency to its neighbours, as its labels are ordered."""
WIDTHS = [len(labels) for labels in HEADS.values()]
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


@dataclass(frozen=True, slots=True)
class Tuning:
    """What `classifier.search` tries besides rate and epochs; the defaults are what training takes."""

    pooling: str = "mean"  # of the tokens' states; or the "first", which cannot be exported
    layer_decay: float = 1.0  # a layer's rate, as a share of that of the layer above
    sentiment_weight: float = 1.0  # of a head's loss
    urgency_weight: float = 1.0
    need_weight: float = 0.7
    abuse_weight: float = 0.4
    hint_share: float = 0.6  # of the loss, where there is a teacher; the rest is for the labels
    hint_temperature: float = 2.0  # shows how a teacher ranks the labels that it thinks wrong (Hinton et al. 2015)

    def weight(self, head: str) -> float:
        """How heavy the head's loss is."""
        return float(getattr(self, f"{head}_weight"))


TUNED = Tuning()


class Network(nn.Module):  # type: ignore[misc]  # torch is absent where types are checked
    """Tokens and mask [rows, length] in; logits [rows, labels] for each head and the embedding [rows, width] out."""

    def __init__(self, base: Path, pooling: str = TUNED.pooling) -> None:
        super().__init__()
        self.pooling = pooling
        # Drawing the encoder's dropout took half of each step on a processor; the average over steps stands in for it.
        # So did torch's own attention, whose way back is slow on a processor for posts of thirty tokens.
        quick = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0, "attn_implementation": "eager"}
        self.encoder = AutoModel.from_pretrained(base, add_pooling_layer=False, **quick)
        # Words that the training sets lack keep their place beside those that they have.
        self.encoder.embeddings.requires_grad_(False)
        self.dropout = nn.Dropout(0.1)
        width = self.encoder.config.hidden_size
        self.heads = nn.ModuleDict({head: nn.Linear(width, len(labels)) for head, labels in HEADS.items()})

    def forward(self, tokens: Any, mask: Any) -> tuple[Any, ...]:
        """Logits of each head in the order of HEADS, then the embedding of unit length."""
        states = self.encoder(input_ids=tokens, attention_mask=mask).last_hidden_state
        weight = mask.unsqueeze(-1).to(states.dtype)
        mean = (states * weight).sum(1) / weight.sum(1).clamp(min=1)
        pooled = mean if self.pooling == "mean" else states[:, 0]
        dropped = self.dropout(pooled)
        return (*(head(dropped) for head in self.heads.values()), functional.normalize(pooled.float(), dim=-1))


def soften_targets(head: str) -> Any:
    """The target distribution of each label of a head, [labels, labels]."""
    size, share = len(HEADS[head]), SOFTEN[head]
    if head != "urgency":
        return torch.eye(size) * (1 - share) + share / size
    distance = (torch.arange(size)[:, None] - torch.arange(size)[None, :]).abs()
    near = (distance == 1).float()
    return torch.eye(size) * (1 - share) + share * near / near.sum(1, keepdim=True)


def weigh_labels(counts: Mapping[str, Ints]) -> dict[str, Any]:
    """A weight for each label of each head, rarer ones heavier, with mean 1 over the examples."""
    weights = {}
    for head, count in counts.items():
        raw = (count.sum() / np.maximum(count, 1)) ** BALANCE[head]
        weights[head] = torch.tensor(raw / (raw * count).sum() * count.sum(), dtype=torch.float32)
    return weights


class Loss:
    """Weighted cross-entropy against softened targets, each row counting only for the heads it has labels for; and,
    where the batch has hints, cross-entropy against the teacher's softened opinion of every row and head.
    """

    def __init__(self, counts: Mapping[str, Ints], tuning: Tuning = TUNED) -> None:
        self.tuning = tuning
        self.weights = {head: weight.to(DEVICE) for head, weight in weigh_labels(counts).items()}
        self.targets = {head: soften_targets(head).to(DEVICE) for head in HEADS}

    def __call__(self, logits: tuple[Any, ...], batch: Batch) -> Any:
        """The loss of one batch, a scalar. `logits` in the order of HEADS; what follows them is ignored."""
        labels = torch.from_numpy(batch.labels).to(DEVICE)
        heads = dict(zip(HEADS, (head.float() for head in logits), strict=False))
        weigh, share = self.tuning.weight, self.tuning.hint_share
        told = sum(weigh(head) * self._obey(head, heads[head], labels[:, at]) for at, head in enumerate(HEADS))
        if not batch.hints.shape[1]:
            return told
        hints = dict(zip(HEADS, torch.from_numpy(batch.hints).to(DEVICE).split(WIDTHS, 1), strict=True))
        shown = sum(weigh(head) * imitate(heads[head], hints[head], self.tuning.hint_temperature) for head in HEADS)
        return (1 - share) * told + share * shown

    def _obey(self, head: str, logits: Any, labels: Any) -> Any:
        known = labels != UNLABELLED
        truth = labels[known]
        cross = -(self.targets[head][truth] * functional.log_softmax(logits[known], -1)).sum(-1)
        # Over all rows of the batch, not the known ones: each row then weighs the same, whatever its batch.
        return (cross * self.weights[head][truth]).sum() / len(labels)


def imitate(logits: Any, hints: Any, temperature: float) -> Any:
    """How far the logits [rows, labels] are from a teacher's; scaled so that gradients keep their size."""
    opinion = functional.softmax(hints / temperature, -1)
    cross = -(opinion * functional.log_softmax(logits / temperature, -1)).sum(-1)
    return cross.mean() * temperature**2

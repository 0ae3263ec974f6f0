"""The heads and their labels, in the order of the model's outputs."""

from typing import Literal, get_args

Sentiment = Literal["negative", "neutral", "positive"]
Urgency = Literal["low", "normal", "high", "urgent"]
Need = Literal[
    "praise",
    "question",
    "suggestion",
    "fault",
    "delivery",
    "billing",
    "booking",
    "service",
    "account",
    "safety",
    "none",
]

SENTIMENTS: tuple[str, ...] = get_args(Sentiment)
URGENCIES: tuple[str, ...] = get_args(Urgency)  # from the least to the most pressing
NEEDS: tuple[str, ...] = get_args(Need)
ABUSE: tuple[str, ...] = ("0", "1")

HEADS: dict[str, tuple[str, ...]] = {"sentiment": SENTIMENTS, "urgency": URGENCIES, "need": NEEDS, "abuse": ABUSE}

"""From which cosine two mentions are alike, by the model that the configuration names."""

from functools import lru_cache
from pathlib import Path

from classifier.bundle import read_likeness
from classifier.judgement import ModelError
from classifier.likeness import Likeness
from monitor.judging.loading import DEFAULT, HUB, find_folder
from monitor.settings import Settings


def likeness_of(settings: Settings) -> Likeness:
    """Of the embeddings that are kept now. A model of the hub judges beside the default one, which embeds for it."""
    model = settings.classifier.model
    return likeness_in(DEFAULT if model.startswith(HUB) else model, settings.home)


@lru_cache
def likeness_in(model: str, home: Path) -> Likeness:
    """As for a model that does not say, where it has gone: what was embedded before can still be compared."""
    try:
        return read_likeness(find_folder(model, home))
    except ModelError:
        return Likeness()

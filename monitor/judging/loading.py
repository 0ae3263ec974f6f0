"""Which model judges: the one that `[classifier]` names, found and loaded."""

import difflib
from pathlib import Path

from classifier.bundle import CARD
from classifier.engine import load
from classifier.judgement import Classifier, ModelError
from monitor.settings import Settings

DEFAULT, ACCURATE, HUB = "default", "accurate", "hub:"
ACCURATE_FOLDER = Path("var", "models", "accurate")  # beside the configuration, as the database is


def load_classifier(settings: Settings, threads: int = 1) -> Classifier:
    """The classifier that the configuration names; `threads` where it names no number of them.

    Raises ModelError, with what to do, if there is no such model or it cannot be loaded.
    """
    chosen = settings.classifier
    threads = chosen.threads or threads
    if not chosen.model.startswith(HUB):
        return load(find_folder(chosen.model, settings.home), threads)
    from classifier.hub import load_hub

    name = find_hub_model(chosen.model.removeprefix(HUB), settings.home)
    return load_hub(name, chosen.labels, load(threads=threads), threads, chosen.languages)


def choose_model(settings: Settings, model: str | None) -> Settings:
    """The settings with another model, whose folder is seen from here and not from the configuration's place."""
    if model is None:
        return settings
    kind = HUB if model.startswith(HUB) else ""
    name = model.removeprefix(HUB)
    if name not in (DEFAULT, ACCURATE) and Path(name).is_dir():
        name = str(Path(name).resolve())
    return settings.model_copy(update={"classifier": settings.classifier.model_copy(update={"model": kind + name})})


def find_folder(model: str, home: Path) -> Path | None:
    """The folder of one of our models; None for the one that comes with the program. Raises ModelError."""
    if model == DEFAULT:
        return None
    folder = home / (ACCURATE_FOLDER if model == ACCURATE else Path(model).expanduser())
    if (folder / CARD).is_file():
        return folder
    if model == ACCURATE:
        raise ModelError(
            f"There is no accurate model at {folder}; `python -m classifier.train`, as docs/training.md has it, "
            'leaves one in the folder accurate, to be copied there. Until then set model = "default".'
        )
    near = difflib.get_close_matches(model, (DEFAULT, ACCURATE), n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"a model of ours is a folder with {CARD} in it."
    raise ModelError(f"There is no model at {folder}; {hint}")


def find_hub_model(name: str, home: Path) -> str:
    """The folder beside the configuration where there is one of this name; else the name, which the hub may know."""
    folder = home / Path(name).expanduser()
    if name and folder.is_dir():
        return str(folder)
    if not name or name.startswith((".", "/", "~")):
        raise ModelError(f"There is no model at {folder}; write hub:ORGANISATION/NAME or hub:FOLDER.")
    return name

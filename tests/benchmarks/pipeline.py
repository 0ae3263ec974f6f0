"""How many mentions a second on one thread, beside a plain transformers pipeline.

    python -m tests.benchmarks.pipeline [--rows N] [--model DIR] [--checkpoint FILE] [--json]

Both judge the same raw posts of ../shared/data/stream/airline.jsonl on one thread. Ours does all that `judge` does:
normalise, tokenise, run, decide, language, words, embedding, in calls of 64 posts as triage makes them and in calls of
one. The pipeline is `transformers.pipeline("text-classification")` in single precision, with batches of 1 and of 32.

Its network is built from the model's `config.json`, with a head for sentiment. `--checkpoint` of classifier.train puts
the trained encoder and head into it; without one its weights are random, which makes it neither faster nor slower. All
take turns, round by round, so that whatever else the machine does hits all alike, and what counts is the seconds of
processor that each used.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from classifier.bundle import MODEL_DIR
from classifier.dataset import read_rows
from classifier.engine import load
from classifier.labels import SENTIMENTS

STREAM = Path(__file__).parents[3] / "shared" / "data" / "stream" / "airline.jsonl"
ROUNDS = 4
TRIAGE = 64  # posts that triage judges in a call
BASELINE = "pipeline, one at a time"

Judge = Callable[[Sequence[str]], Any]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print a table or one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.pipeline", description=__doc__)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--model", type=Path, default=MODEL_DIR, help="a model's folder")
    parser.add_argument("--checkpoint", type=Path, help="the network that the model was exported from")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    given = parser.parse_args(arguments)
    if not find_spec("torch"):
        raise SystemExit(
            "The pipeline needs torch: install a CPU build of it beside the program, as docs/training.md says."
        )
    if not STREAM.is_file():
        raise SystemExit("The posts are not at ../shared/data/stream/airline.jsonl.")
    posts = [row["text"] for row in read_rows(STREAM)]
    found = measure(
        choose_judges(given.model, given.checkpoint), posts[:: max(1, len(posts) // given.rows)][: given.rows]
    )
    if given.json:
        print(json.dumps(found))
    else:
        Console().print(tabulate(found))


def choose_judges(model: Path, checkpoint: Path | None) -> dict[str, Judge]:
    """What is compared, by name."""
    pipeline, ours = open_pipeline(model, checkpoint), load(model)
    return {
        BASELINE: lambda texts: pipeline(list(texts), batch_size=1, truncation=True),
        "pipeline, batches of 32": lambda texts: pipeline(list(texts), batch_size=32, truncation=True),
        "mentiondesk, one at a time": lambda texts: [ours.judge([text]) for text in texts],
        f"mentiondesk, {TRIAGE} at a time": lambda texts: [ours.judge(part) for part in cut(texts, TRIAGE)],
    }


def open_pipeline(model: Path, checkpoint: Path | None) -> Any:
    """The pipeline, on one thread."""
    import torch
    from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer, pipeline

    torch.set_num_threads(1)
    config = AutoConfig.from_pretrained(model, num_labels=len(SENTIMENTS))
    network = AutoModelForSequenceClassification.from_config(config).eval()
    if checkpoint:
        weights = torch.load(checkpoint, map_location="cpu", weights_only=True)["average"]
        take(network.base_model, weights, "module.encoder.")
        take(network.classifier, weights, "module.heads.sentiment.")
    tokenizer = AutoTokenizer.from_pretrained(model, local_files_only=True, model_max_length=512)
    return pipeline("text-classification", model=network, tokenizer=tokenizer, device="cpu")


def take(module: Any, weights: dict[str, Any], prefix: str) -> None:
    """Put the weights whose names begin with `prefix` into the module; a pooler, which ours lacks, stays as it is."""
    module.load_state_dict(
        {k.removeprefix(prefix): v for k, v in weights.items() if k.startswith(prefix)}, strict=False
    )


def measure(judges: dict[str, Judge], posts: Sequence[str]) -> dict[str, dict[str, float]]:
    """Posts a second of processor for each judge, and how many times the baseline that is."""
    seconds = dict.fromkeys(judges, 0.0)
    for judge in judges.values():
        judge(posts[:TRIAGE])  # the first calls set things up
    for part in cut(posts, -(-len(posts) // ROUNDS)):
        for name, judge in judges.items():
            began = time.process_time()
            judge(part)
            seconds[name] += time.process_time() - began
    rates = {name: len(posts) / spent for name, spent in seconds.items()}
    return {name: {"per_second": round(r, 1), "ratio": round(r / rates[BASELINE], 2)} for name, r in rates.items()}


def cut(posts: Sequence[str], size: int) -> list[Sequence[str]]:
    return [posts[at : at + size] for at in range(0, len(posts), size)]


def tabulate(found: dict[str, dict[str, float]]) -> Table:
    table = Table("on one thread", "posts a second of processor", f"times “{BASELINE}”")
    for name, numbers in found.items():
        table.add_row(name, f"{numbers['per_second']:,}", f"{numbers['ratio']:.1f}")
    return table


if __name__ == "__main__":
    main()

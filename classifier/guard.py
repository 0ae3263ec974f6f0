"""The guard set: posts of many sectors, written and labelled for this program, that learning must not forget."""

import json
from pathlib import Path
from typing import Any

GUARD = Path(__file__).with_name("guard.jsonl")


def read_guard() -> list[dict[str, Any]]:
    """Its rows: `text`, `sentiment`, `urgency`, `need`, `abuse` (0 or 1) and `sector`."""
    with GUARD.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]

"""How long it takes to find what is like a mention among many kept embeddings.

    .venv/bin/python -m tests.benchmarks.similar [--rows 200000] [--json]

A SQLite store of invented mentions with random embeddings of 384 float16. `load_s` is paid once by the process that
serves pages, `find_ms` by each mention that is opened, `catch_up_ms` by the first that is opened after 64 were judged.
"""

import json
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import click
import numpy as np
from sqlalchemy import insert
from sqlalchemy.orm import Session

from classifier.likeness import Likeness
from monitor.activity import record
from monitor.brands import ensure_brand
from monitor.models import Embedding, Mention
from monitor.similar import Nearest, similar_past
from monitor.store import Store
from monitor.words import Happened
from tests.factories import NOON

WIDTH, AT_ONCE, FINDS, BATCH = 384, 5_000, 40, 64


def fill(store: Store, rows: int) -> None:
    """Mentions of one brand, half of them answered, each with an embedding."""
    random = np.random.default_rng(1)
    with store.write() as session:
        brand_id = ensure_brand(session, "Aurora Air", NOON).id
        for start in range(1, rows + 1, AT_ONCE):
            numbers = range(start, min(start + AT_ONCE, rows + 1))
            session.execute(insert(Mention), [mention_row(number, brand_id) for number in numbers])
            vectors = random.standard_normal((len(numbers), WIDTH)).astype(np.float16)
            session.execute(insert(Embedding), [embedding_row(*pair) for pair in zip(numbers, vectors, strict=True)])


def mention_row(number: int, brand_id: int) -> dict[str, Any]:
    at = NOON - timedelta(seconds=number)
    post = {"source": "x", "post_id": str(number), "root_post_id": str(number), "text": f"Post {number}"}
    times = {"posted_at": at, "collected_at": at, "press_at": at, "first_reply_at": at if number % 2 else None}
    return {"id": number, "brand_id": brand_id, "press_rank": 0, **post, **times}


def embedding_row(number: int, vector: Any) -> dict[str, Any]:
    return {"mention_id": number, "model": "m 1", "vector": vector.tobytes()}


def judge_batch(store: Store) -> None:
    with store.write() as session:
        for number in range(1, BATCH + 1):
            record(session, Happened.JUDGED, NOON, mention_id=number)


def took(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the wall and by this process's processor time."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def measure(rows: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/desk.db")
        store.ensure()
        fill(store, rows)
        nearest = Nearest(rows)

        def find(session: Session, number: int) -> None:
            similar_past(session, nearest, session.get_one(Mention, number), Likeness().alike, NOON)

        with store.read() as session:
            load = took(partial(find, session, 1))
            finds = [took(partial(find, session, number)) for number in range(2, FINDS + 2)]
        judge_batch(store)
        with store.read() as session:
            caught = took(partial(find, session, 1))
        shelf = nearest.shelf
        store.close()
    walls, cpus = (sorted(find[which] for find in finds) for which in (0, 1))
    return {
        "rows": rows,
        "held_mb": round(shelf.vectors.nbytes / 1e6) if shelf else 0,
        "load_s": round(load[0], 2),
        "load_cpu_s": round(load[1], 2),
        "find_ms_p50": round(1000 * walls[len(walls) // 2], 1),
        "find_ms_p95": round(1000 * walls[int(len(walls) * 0.95)], 1),
        "find_cpu_ms_p50": round(1000 * cpus[len(cpus) // 2], 1),
        "catch_up_ms": round(1000 * caught[0], 1),
    }


@click.command()
@click.option("--rows", default=200_000, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(rows: int, as_json: bool) -> None:
    found = measure(rows)
    click.echo(json.dumps(found) if as_json else "\n".join(f"{name:>16} {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()

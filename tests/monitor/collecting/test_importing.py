"""Importing exports: good rows are stored, bad ones are named, and nothing is stored twice."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from monitor.collecting.importing import Imported, import_file
from monitor.models import Author, Mention
from monitor.settings import Settings
from monitor.store import Store

GOOD: dict[str, Any] = {"id": "1", "text": "my bag is lost", "author": "dana", "created_at": "2026-11-18T09:31:00Z"}
Importer = Callable[..., tuple[Imported, list[str]]]


@pytest.fixture
def importer(any_store: Store, settings: Settings, now: datetime, tmp_path: Path) -> Importer:
    """Write the lines to a file and import it; what came of it, and what was complained of."""

    def run(content: bytes | list[Any], form: str = "jsonl") -> tuple[Imported, list[str]]:
        if isinstance(content, list):
            content = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in content).encode()
        file = tmp_path / "export"
        file.write_bytes(content)
        said: list[str] = []
        done = import_file(
            any_store, settings, file, "Nordlicht", form, now, complain=said.append, progress=lambda rows: None
        )
        return done, said

    return run


def stored(store: Store) -> list[Mention]:
    with store.read() as session:
        return list(session.scalars(select(Mention).order_by(Mention.posted_at, Mention.id)))


def test_rows_become_mentions_of_a_brand_that_is_made(importer: Importer, any_store: Store) -> None:
    row = {
        **GOOD,
        "author_name": "Dana R.",
        "followers": 12,
        "url": "https://x.example/1",
        "likes": "3",
        "mood": "sour",
    }
    assert importer([row]) == (Imported(read=1, stored=1), [])
    with any_store.read() as session:
        mention = session.scalars(select(Mention)).one()
        author = session.scalars(select(Author)).one()
        assert mention.brand.name == "Nordlicht"
        assert (mention.text, mention.url, mention.likes) == ("my bag is lost", "https://x.example/1", 3)
        assert mention.posted_at == datetime(2026, 11, 18, 9, 31, tzinfo=UTC)
        assert mention.extra == {"mood": "sour"}
        assert (author.handle, author.name, author.followers) == ("dana", "Dana R.", 12)


def test_a_second_import_stores_nothing(importer: Importer) -> None:
    rows = [{**GOOD, "id": str(number)} for number in range(1_200)]
    assert importer(rows)[0] == Imported(read=1_200, stored=1_200)
    assert importer(rows)[0] == Imported(read=1_200, duplicates=1_200)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("{not json", "line 2: This line is not valid JSON."),
        ("[1, 2]", "line 2: This row is not an object with named fields."),
        ("[" * 100_000, "line 2: This line is not valid JSON."),
        ({"id": "2"}, "line 2: This row has no text and no author and no created_at."),
        ({**GOOD, "id": None}, "line 2: This row has no id."),
        ({**GOOD, "id": {"a": 1}}, 'line 2: id must be text, not {"a": 1}.'),
        ({**GOOD, "text": ["a"]}, 'line 2: text must be text, not ["a"].'),
        ({**GOOD, "text": "  "}, "line 2: This row has no text."),
        ({**GOOD, "created_at": "yesterday"}, "line 2: created_at is not a date: 'yesterday'"),
        ({**GOOD, "created_at": "0001-01-01"}, "line 2: created_at lies before 1990 or after 2200"),
        ({**GOOD, "created_at": 1e300}, "line 2: created_at is not a date"),
        ({**GOOD, "author": "a" * 3_000}, "line 2: author is longer than 2,000 characters."),
    ],
)
def test_a_bad_row_is_named_and_the_rest_is_stored(
    importer: Importer, any_store: Store, row: Any, sentence: str
) -> None:
    done, said = importer([{**GOOD, "id": "a"}, row, {**GOOD, "id": "b"}])
    assert done == Imported(read=3, stored=2, rejected=1)
    assert len(said) == 1
    assert said[0].startswith(sentence)
    assert [mention.post_id for mention in stored(any_store)] == ["a", "b"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-18T09:31:00+01:00", datetime(2026, 11, 18, 8, 31, tzinfo=UTC)),
        ("2026-11-18 09:31", datetime(2026, 11, 18, 9, 31, tzinfo=UTC)),
        ("Wed, 18 Nov 2026 09:31:00 +0000", datetime(2026, 11, 18, 9, 31, tzinfo=UTC)),
        ("Wed Nov 18 09:31:00 +0000 2026", datetime(2026, 11, 18, 9, 31, tzinfo=UTC)),
        (1794994260, datetime(2026, 11, 18, 9, 31, tzinfo=UTC)),
        ("1794994260000", datetime(2026, 11, 18, 9, 31, tzinfo=UTC)),
    ],
)
def test_dates_in_other_forms_are_understood(
    importer: Importer, any_store: Store, written: Any, meant: datetime
) -> None:
    assert importer([{**GOOD, "created_at": written}])[0].stored == 1
    assert stored(any_store)[0].posted_at == meant


def test_bytes_that_are_not_utf_8_cost_a_warning_not_the_post(importer: Importer, any_store: Store) -> None:
    done, said = importer(json.dumps(GOOD).encode().replace(b"my bag", b"my b\xe9g"))
    assert done == Imported(read=1, stored=1)
    assert len(said) == 1
    assert "is not UTF-8" in said[0]
    assert stored(any_store)[0].text == "my b\ufffdg is lost"


def test_hostile_and_enormous_text_is_stored_as_it_is(importer: Importer, any_store: Store) -> None:
    hostile = "<script>alert(1)</script> '; DROP TABLE mention; -- {{7*7}}"
    rows = [{**GOOD, "text": hostile}, {**GOOD, "id": "2", "text": "a\u0000b" + "x" * 1_000_000}]
    assert importer(rows)[0] == Imported(read=2, stored=2)
    texts = {mention.text for mention in stored(any_store)}
    assert texts == {hostile, "ab" + "x" * 1_000_000}


def test_csv_with_quotes_line_breaks_and_a_byte_order_mark(importer: Importer, any_store: Store) -> None:
    content = (
        "\ufeffid,text,author,created_at,followers,mood\r\n"
        '1,"two\r\nlines, ""quoted""",dana,2026-11-18T09:31:00Z,7,sour\r\n'
        "2,,dana,2026-11-18T09:31:00Z,,\r\n"
        "3,fine,dana,2026-11-18T09:32:00Z,many,\r\n"
    )
    done, said = importer(content.encode(), "csv")
    assert done == Imported(read=3, stored=2, rejected=1)
    assert said == ["line 4: This row has no text."]
    first, second = stored(any_store)
    assert (first.text, first.extra) == ('two\nlines, "quoted"', {"mood": "sour"})
    assert second.text == "fine"


def test_an_empty_file_is_no_trouble(importer: Importer) -> None:
    assert importer(b"") == (Imported(), [])
    assert importer(b"\n\n  \n") == (Imported(), [])
    assert importer(b"", "csv") == (Imported(), [])

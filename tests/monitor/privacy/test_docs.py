"""docs/privacy.md names every table and every column that holds words; a new one fails here until it is described."""

import re
from pathlib import Path

from sqlalchemy import JSON, LargeBinary, String

from monitor.models import Base
from monitor.privacy.overdue import ANSWERS
from monitor.privacy.settings import RetentionSettings
from monitor.search.schema import TABLE

PAGE = Path("docs/privacy.md").read_text(encoding="utf-8")
WHERE = PAGE[PAGE.index("## Where it is") :]


def test_every_table_and_every_column_with_words_is_described() -> None:
    rows = [line.split("|")[1:5] for line in WHERE.splitlines() if line.startswith("| `")]
    described = {name.strip(" `"): people + ours for name, people, ours, goes in rows if goes.strip()}
    assert set(described) == {table.name for table in Base.metadata.sorted_tables} | {TABLE}
    for table in Base.metadata.sorted_tables:
        held = {column.name for column in table.c if isinstance(column.type, String | JSON | LargeBinary)}
        assert set(re.findall(r"`(\w+)`", described[table.name])) == held, table.name


def test_the_times_are_those_of_the_settings() -> None:
    rows = dict(re.findall(r'^\| `(\w+)` \| `"(\w+)"`', PAGE, re.MULTILINE))
    assert RetentionSettings.model_validate(rows) == RetentionSettings()
    assert set(rows) == set(RetentionSettings.model_fields)
    assert ANSWERS.days == 7
    assert "for a week" in PAGE

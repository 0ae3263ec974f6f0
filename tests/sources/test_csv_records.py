"""Records of CSV files as people's programs write them: unclosed quotation marks, other delimiters, short lines."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.csv_records import read_records

HEADER = "id,text,author\n"


def read(*lines: str) -> list[tuple[int, dict[str, str] | csv.Error]]:
    return list(read_records([HEADER, *lines]))


def cells_of(read: dict[str, str] | csv.Error) -> dict[str, str]:
    assert isinstance(read, dict)
    return read


def test_an_unclosed_quotation_mark_costs_its_own_line_only() -> None:
    lines = ['1,"never closed\n', "2,fine,bo\n", '3,"also ""fine""",cy\n', "4,fine,di\n"]
    assert [(number, cells) for number, cells in read(*lines) if "author" in cells_of(cells)] == [
        (3, {"id": "2", "text": "fine", "author": "bo"}),
        (4, {"id": "3", "text": 'also "fine"', "author": "cy"}),
        (5, {"id": "4", "text": "fine", "author": "di"}),
    ]


def test_a_line_with_all_its_cells_is_read_whatever_its_quotation_marks() -> None:
    assert read('1,"never closed,ana\n', "2,fine,bo\n") == [
        (2, {"id": "1", "text": '"never closed', "author": "ana"}),
        (3, {"id": "2", "text": "fine", "author": "bo"}),
    ]


def test_a_quotation_mark_inside_a_cell_need_not_be_doubled() -> None:
    assert read('1,"he said "hi" to me",ana\n') == [(2, {"id": "1", "text": 'he said hi" to me"', "author": "ana"})]


def test_a_record_of_several_lines_has_the_number_of_its_first() -> None:
    numbers = [number for number, _ in read('1,"two\n', 'lines",ana\n', "\n", "2,one,bo\n")]
    assert numbers == [2, 5]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_the_header_says_what_parts_the_cells(delimiter: str) -> None:
    lines = [delimiter.join(cells) + "\n" for cells in (("id", " text "), ("1", "a, b"))]
    assert list(read_records(lines)) == [(2, {"id": "1", "text": "a, b"})]


def test_a_line_that_cannot_be_read_does_not_stop_the_others() -> None:
    bad, good = read("1,a\rb,ana\n", "2,fine,bo\n")
    assert bad[0] == 2
    assert isinstance(bad[1], csv.Error)
    assert good == (3, {"id": "2", "text": "fine", "author": "bo"})


CELL = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)


@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=8))
def test_what_a_csv_writer_writes_is_read_back(rows: list[tuple[str, str, str]]) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows(rows)
    lines = [line + "\n" for line in written.getvalue().split("\n")]
    assert [tuple(cells_of(cells).values()) for _, cells in read(*lines)] == rows

"""The table of keys: what the sheet shows is what the scripts and the pages do."""

import re
from pathlib import Path

import web
from web.board.keys import KEYS

HERE = Path(web.__file__).parent
ALL = [key for _title, keys in KEYS for key in keys]


def test_every_key_is_there_once() -> None:
    assert len({key.key for key in ALL}) == len(ALL)


def test_what_keys_do_is_what_the_script_can_do() -> None:
    script = (HERE / "static" / "keys.js").read_text()
    handlers = script[script.index("const handlers = {") :]
    can = set(re.findall(r"^  (\w+): ", handlers[: handlers.index("\n};")], re.MULTILINE))
    assert {key.does.split(" ")[0] or "press" for key in ALL} == can


def test_every_key_that_presses_something_finds_it_on_some_page_and_no_other_is_carried() -> None:
    templates = "".join(path.read_text() for path in (HERE / "templates").rglob("*.html"))
    carried = set(re.findall(r'data-key="(.)"', templates)) | set(re.findall(r'call menu\("(.)"', templates))
    assert carried == {key.key for key in ALL if not key.does or key.does == "menu"}


def test_keys_are_shown_as_they_are_pressed() -> None:
    shown = {key.key: key.shown for key in ALL}
    assert (shown["j"], shown["J"], shown["Ctrl+k"], shown["?"]) == ("j", "Shift J", "Ctrl k", "?")

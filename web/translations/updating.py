"""Finding the strings in use, and bringing the catalogues up to date with them."""

from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory

from babel.messages import Catalog
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from monitor.translating import SOURCE
from monitor.translations import OFFERED, TRANSLATIONS, catalogue_path

ROOT = TRANSLATIONS.parent.parent
KEYWORDS = "N_ NN_:1,2 NP_:1c,2"  # beside those that every extractor knows


def update() -> None:
    """New strings come in empty; those that are no longer used go. A language without a catalogue gets one."""
    with TemporaryDirectory() as folder:
        template = Path(folder) / "messages.pot"
        write_template(template)
        for code in OFFERED:
            asked = ("-i", str(template), "-d", str(TRANSLATIONS), "-l", code, "--width=120")
            if code != SOURCE and catalogue_path(code).exists():
                babel("update", *asked, "--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date")
            elif code != SOURCE:
                babel("init", *asked)


def strings_in_use() -> Catalog:
    """Every string of the board, untranslated."""
    with TemporaryDirectory() as folder:
        template = Path(folder) / "messages.pot"
        write_template(template)
        with template.open("rb") as file:
            return read_po(file)


def write_template(path: Path) -> None:
    asked = ("-F", str(ROOT / "pyproject.toml"), "-k", KEYWORDS, "--add-location=file", "--sort-output")
    babel("extract", *asked, "--project=mentiondesk", "--version=", "-o", str(path), ".")


def babel(*arguments: str) -> None:
    """One command of `pybabel`, from the root, so that catalogues name files as one finds them there."""
    with chdir(ROOT):
        CommandLineInterface().run(["pybabel", "-q", *arguments])  # type: ignore[no-untyped-call]

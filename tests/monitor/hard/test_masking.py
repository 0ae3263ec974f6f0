"""Slurs are masked however they are written; what only looks like one is left."""

import pytest

from monitor.abusive.masking import mask


@pytest.mark.parametrize(
    ("said", "masked"),
    [
        ("You b1tches and A$$HOLES!", "You b•••••• and A•••••••!"),
        ("das Arschloch, die Hurensöhne", "das A••••••••, die H•••••••••"),
        ("bande de connards, enculé", "bande de c•••••••, e•••••"),
        ("चूतिया लोग", "च••••• लोग"),
        ("@bitch_99", "@b••••_99"),
    ],
)
def test_a_slur_keeps_its_first_letter(said: str, masked: str) -> None:
    assert mask(said) == masked


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Scunthorpe",
        "prickly pear",
        "flame retardant",
        "ein Spaziergang",
        "Maine Coon",
        "FDP",
        "a pic of it",
        "Hi Randi",
    ],
)
def test_what_only_looks_like_one_is_left(said: str) -> None:
    assert mask(said) == said

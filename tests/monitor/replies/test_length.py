"""Lengths as the platforms count them, and threads whose parts all fit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.replies.length import RULES, count_for_mastodon, count_graphemes, split, weigh_for_x

LINK = "https://auroraair.example/" + "x" * 200


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("hello", 5),
        (LINK, 23),
        (f"see {LINK}.", 4 + 23 + 1),
        ("see auroraair.com now", 4 + 23 + 4),
        ("日本語", 6),
        ("👍", 2),
        ("👨‍👩‍👧", 2),  # a family is one sign
        ("1️⃣", 2),
        ("é", 1),
        ("“so” — …", 9),  # the dots are two
    ],
)
def test_x_weighs(text: str, length: int) -> None:
    assert weigh_for_x(text) == length


def test_bluesky_counts_what_people_see_and_mastodon_names_without_their_server() -> None:
    assert count_graphemes("👨‍👩‍👧é日") == 3
    assert count_for_mastodon(f"@dana@elsewhere.example hi {LINK}") == len("@dana hi ") + 23


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.sampled_from(["Hello there. ", "word ", "\n\n", LINK + " ", "👨‍👩‍👧", "日本語", "x" * 90, "auroraair.com "]),
        max_size=60,
    ),
    st.sampled_from(["x", "bluesky", "mastodon"]),
)
def test_every_part_of_a_thread_fits_and_no_word_is_lost(pieces: list[str], source: str) -> None:
    text, rule = "".join(pieces), RULES[source]
    parts = split(text, rule)
    assert all(rule.left(part) >= 0 for part in parts)
    bare = [part.rpartition(" (")[0] for part in parts] if len(parts) > 1 else parts
    assert "".join("".join(bare).split()) == "".join(text.split())

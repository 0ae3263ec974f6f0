"""Words that bring somebody or something in, and the false friends that do not."""

import pytest

from monitor.signals.vocabulary import VOCABULARY, find_words


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("regulator", "Next stop: the OMBUDSMAN. And @Ofcom too", ["OMBUDSMAN", "Ofcom"]),
        ("regulator", "reported you to Trading   Standards, #FCA", ["Trading Standards", "FCA"]),
        ("regulator", "the Ómbudsman's decision", ["Ombudsman's"]),
        ("legal", "My solicitors will be in touch", ["solicitors"]),
        ("legal", "see you in small claims", ["small claims"]),
        ("legal", "I’ll sue.", ["I'll sue"]),
        ("police", "I have called the police about the driver", ["called the police"]),
        ("chargeback", "doing a charge back with my bank", ["charge back"]),
        ("press", "already wrote to BBC Watchdog", ["BBC Watchdog"]),
        ("press", "I'm going to the press with this", ["going to the press"]),
        ("safety", "there is a smell of gas in the hall", ["smell of gas"]),
        ("safety", "the charger caught fire last night", ["caught fire"]),
        ("self_harm", "honestly I want to kill myself over this debt", ["kill myself"]),
    ],
)
def test_what_is_brought_in_is_found_as_it_was_written(name: str, text: str, found: list[str]) -> None:
    assert find_words(text, VOCABULARY[name]) == found


@pytest.mark.parametrize(
    "text",
    [
        "I press the button and nothing happens",
        "great press release, loved the French press and the bench press",
        "press 1 for English, press 2 to be cut off",
        "the ball was in their court at the tennis court, food court upstairs",
        "Sue told me that Sue's order is late",
        "fire sale! this mixtape is on fire",
        "this queue is killing me, dying to get home",
        "Suicide Squad was on the plane",
        "fashion police would arrest this uniform, love The Police on the playlist",
        "the dot on the map never moves",
        "is the ico on my desktop a file?",
        "they charge me twice and want me back",
        "my gas bill smells fishy",
        "see https://news.example/ombudsman-lawyer-chargeback",
        "@ambulancechaser99 lol",
        "a watchdog barked at the parcel man",
    ],
)
def test_false_friends_are_none(text: str) -> None:
    found = {name: find_words(text, words) for name, words in VOCABULARY.items()}
    assert not any(found.values()), found


def test_no_words_find_nothing() -> None:
    assert find_words("ombudsman", ()) == []


def test_a_long_hostile_text_is_read_quickly() -> None:
    text = "going to the " * 8_000 + "press"
    assert find_words(text, VOCABULARY["press"]) == ["going to the press"]

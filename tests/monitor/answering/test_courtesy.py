"""The courtesy check: each rule on sentences made for it, and all of them on real answers."""

import json
from collections import Counter
from pathlib import Path

import pytest

from monitor.configuration import ConfigError, check
from monitor.courtesy.check import Occasion, Remark, check_reply
from monitor.courtesy.personal import find_personal

THREADS = Path("../shared/data/stream/threads.jsonl")
COMPLAINT = "My card was charged twice for the seat, nobody answers!"


def remarks(reply: str, **fields: str) -> dict[str, Remark]:
    given = {"customer": COMPLAINT, "author_name": "Dana R.", "need": "billing", "sentiment": "negative", "lang": "en"}
    return {one.rule: one for one in check_reply(Occasion(reply, **{**given, **fields}))}


def test_a_good_answer_is_fine_throughout() -> None:
    good = "Hi Dana, thank you for telling us. I see that you were charged twice. I'll refund one by 5pm today. ^AL"
    assert [one.says for one in remarks(good).values() if not one.fine] == []
    assert set(remarks(good)) == {"personal", "blame", "greeting", "acknowledge", "next", "thanks"}


def test_a_poor_answer_says_why_in_each_rule() -> None:
    poor = remarks("As already explained, we cannot refund this. Your booking ref is QX7T2P.")
    assert {rule for rule, one in poor.items() if not one.fine} == {
        "personal",
        "blame",
        "refusal",
        "greeting",
        "acknowledge",
        "next",
        "thanks",
    }
    assert poor["acknowledge"].says == "It does not say what happened; they wrote “card”, “charged”, “twice”."
    assert all(one.says.endswith(".") and one.why.endswith(".") for one in poor.values())


def test_nothing_is_said_of_nothing() -> None:
    assert check_reply(Occasion(" \n", COMPLAINT)) == []


def test_what_is_to_be_looked_at_comes_first_and_a_brand_may_do_without() -> None:
    occasion = Occasion("We cannot refund this.", COMPLAINT, "Dana", "billing", "negative", "en")
    found = check_reply(occasion, off=("thanks", "refusal"))
    assert [one.fine for one in found] == sorted(one.fine for one in found)
    assert {"thanks", "refusal"}.isdisjoint(one.rule for one in found)


def test_a_rule_that_is_none_is_told_in_the_configuration() -> None:
    with pytest.raises(ConfigError, match=r"brand.1.courtesy.off"):
        check({"brand": [{"name": "A", "courtesy": {"off": ["thankyou"]}}]}, "file")


@pytest.mark.parametrize(
    ("name", "reply", "fine"),
    [("Dana R.", "Hi dana!", True), ("Dana R.", "Hi there!", False), ("xX_99", "Hi there!", None), ("", "Hi!", None)],
)
def test_greeting(name: str, reply: str, fine: bool | None) -> None:
    remark = remarks(reply, author_name=name).get("greeting")
    assert (remark.fine if remark else None) == fine


@pytest.mark.parametrize(
    ("customer", "reply", "fine"),
    [
        ("my flight is delayed again", "Sorry for the delays!", True),
        ("the bags never arrived", "We look for your bag.", True),
        ("refunds take ages", "We are refunding it.", True),
        ("you lost my stroller", "Sorry for the inconvenience.", False),
        ("@auroraair why??", "Sorry!", None),
    ],
)
def test_taking_up_their_own_words(customer: str, reply: str, fine: bool | None) -> None:
    remark = remarks(reply, customer=customer).get("acknowledge")
    assert (remark.fine if remark else None) == fine


@pytest.mark.parametrize(
    ("reply", "fine"),
    [
        ("You should have read the terms.", False),
        ("You shouldn't have booked it twice.", False),
        ("You failed to check in.", False),
        ("As previously advised, no.", False),
        ("Because you didn't follow the steps.", False),
        ("Why didn't you call?", False),
        ("You should have received a mail by now.", True),
        ("You should have enough time at the gate.", True),
        ("You shouldn't have to wait for long.", True),
        ("You should have been told; we are sorry.", True),
        ("As mentioned in your mail, the bag is green.", True),
    ],
)
def test_reproach(reply: str, fine: bool) -> None:
    assert remarks(reply)["blame"].fine == fine


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        ("I'll write to you by 5pm.", "It says what happens next."),
        ("We have refunded it.", "It says what happens next."),
        ("Please send us your number by message.", "It says what happens next."),
        ("I'll look into it.", "It says what happens next, but not by when."),
        ("We are so sorry.", "It does not say what happens next, and when."),
        ("Please accept our apologies.", "It does not say what happens next, and when."),
    ],
)
def test_the_next_step(reply: str, says: str) -> None:
    assert remarks(reply)["next"].says == says


@pytest.mark.parametrize(
    ("reply", "missing"),
    [
        ("We can't refund it.", "This no lacks understanding, the reason and what is possible instead."),
        ("Sorry, this isn't possible.", "This no lacks the reason and what is possible instead."),
        ("Sorry, we can't refund it as the fare is basic.", "This no lacks what is possible instead."),
        (
            "I see why that hurts. The fare rules don't allow it, so we can't refund it, but we can move it.",
            "This no has understanding, a reason and a way on.",
        ),
        ("We can't wait to see you!", None),
        ("We cannot apologise enough.", None),
        ("We are unable to find your message.", None),
    ],
)
def test_a_good_no_has_three_parts(reply: str, missing: str | None) -> None:
    remark = remarks(reply).get("refusal")
    assert (remark.says if remark else None) == missing


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("We wrote to dana@mail.example.", ["an email address"]),
        ("Write to us at care@aurora.example.", []),
        ("We call you on +49 151 2345 6789.", ["a phone number"]),
        ("Your number is 0151 23456789?", ["a phone number"]),
        ("Call us on +49 30 2345 6789.", []),
        ("Ring 0800 123 4567, or 800-433-7300.", []),
        ("It was card 4111 1111 1111 1111.", ["a card number"]),
        ("It was 4111 1111 1111 1112.", []),
        ("To DE89 3704 0044 0532 0130 00 as usual.", ["a bank account"]),
        ("To DE88 3704 0044 0532 0130 00 as usual.", []),
        ("Your booking reference QX7T2P is found.", ["a booking number"]),
        ("Order #A-10442-7 ships today", ["an order number"]),
        ("Flight BA0450 left on 2026-11-18 at 12:00.", []),
        ("See https://aurora.example/order/4111111111111111", []),
        ("@customer DL1412 is late", []),
        ("Your file is 100% complete", []),
    ],
)
def test_personal_data_in_public(text: str, kinds: list[str]) -> None:
    assert [kind for kind, _ in find_personal(text)] == kinds


@pytest.mark.parametrize("lang", ["de", "fr-CA"])
def test_other_languages_are_read_for_what_needs_no_english(lang: str) -> None:
    found = remarks("Wir schreiben an dana@mail.example {link:x}", lang=lang)
    assert {rule for rule, one in found.items() if not one.fine} == {"personal", "placeholder", "greeting"}
    assert set(found) == {"personal", "placeholder", "greeting"}


@pytest.mark.skipif(not THREADS.exists(), reason="no ../shared/data/stream/threads.jsonl here")
def test_real_answers_are_seldom_called_out_wrongly() -> None:
    """The bounds were set by reading: of 9,779 answers of airlines so few show personal data or reproach."""
    found = Counter[tuple[str, bool]]()
    for line in THREADS.read_text(encoding="utf-8").splitlines():
        customer = ""
        for turn in json.loads(line)["turns"]:
            if turn["by"] != "brand":
                customer = turn["text"]
            elif customer:
                occasion = Occasion(turn["text"], customer, "", "service", "negative", "en")
                found.update((one.rule, one.fine) for one in check_reply(occasion))
    assert found["personal", False] <= 5
    assert 5 <= found["blame", False] <= 20
    assert 150 <= found["refusal", False] + found["refusal", True] <= 300
    assert found["acknowledge", True] >= 3_500

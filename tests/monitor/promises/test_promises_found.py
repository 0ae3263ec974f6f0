"""What in a reply commits us, and what only sounds like it; the spans are ours, the sentences invented."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.promises.finding import find_promises
from tests.benchmarks import promises as benchmark


@pytest.mark.parametrize(
    ("text", "said", "promised"),
    [
        ("Hi Dana! We'll get back to you by Thursday. ^Jo", "We'll get back to you by Thursday", "answer"),
        ("Sorry, Dana; I’ll look into this tomorrow.", "I’ll look into this tomorrow", "check"),
        ("Thanks! We'll DM you", "We'll DM you", "message"),
        ("You'll hear from us by 5pm.", "You'll hear from us by 5pm", "answer"),
        ("Within 24 hours you will have a reply.", "you will have a reply", "answer"),
        ("Our billing team will contact you shortly.", "Our billing team will contact you shortly", "answer"),
        ("Someone from our Refunds team will be in touch.", "Someone from our Refunds team will be in touch", "answer"),
        ("I am going to refund the second charge.", "I am going to refund the second charge", "refund"),
        ("We'll add 500 points to your account.", "We'll add 500 points to your account", "refund"),
        ("We see your point and will pass it on.", "and will pass it on", "pass_on"),
        ("This will be fed back.", "This will be fed back", "pass_on"),
        ("I'll give you a call at noon", "I'll give you a call at noon", "call"),
        ("We'll have it fixed soon.", "We'll have it fixed soon", "fix"),
        ("Please give me a moment while I check.", "give me a moment while I check", "answer"),
        ("We'll make sure your praise reaches the crew!", "We'll make sure your praise reaches the crew", "pass_on"),
        ("We'll check if it was delivered.", "We'll check if it was delivered", "check"),
        ("I will be sharing this with our lead.", "I will be sharing this with our lead", "pass_on"),
        ("As soon as it is back, we'll send you a message.", "we'll send you a message", "message"),
    ],
)
def test_a_commitment_is_found_in_its_own_words(text: str, said: str, promised: str) -> None:
    (found,) = find_promises(text)
    assert (text[found.start : found.end], found.promised) == (said, promised)


def test_two_commitments_are_two_promises() -> None:
    text = "We'll refund you tomorrow, and we'll DM you the receipt. Have a good day!"
    assert [text[found.start : found.end] for found in find_promises(text)] == [
        "We'll refund you tomorrow",
        "we'll DM you the receipt",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Will we refund you by Friday?",
        "We'll catch you next time?",
        "If you DM us we'll look into it.",
        "DM us your number and we'll look into it.",
        "Please DM us by Friday.",
        "Please send it, and we'll reply within the hour.",
        "Once you have landed, our team will call you.",
        "We replied yesterday.",
        "We've passed this on.",
        "Refunds take up to 5 days.",
        "Your order will arrive tomorrow.",
        "We won't refund this.",
        "We will not call you.",
        "We'd be happy to help.",
        "We will be happy to help.",
        "I'd like to look into this tomorrow.",
        "We'll see you on board soon!",
        "We look forward to hearing from you by Friday.",
        "We'll do our best.",
        "We hope to answer soon.",
        "Let me know by Friday.",
        "Sometimes our team will ask for a receipt.",
        "Give us a second chance!",
        "",
    ],
)
def test_questions_conditions_requests_offers_and_the_past_commit_nobody(text: str) -> None:
    assert find_promises(text) == []


@given(st.text(alphabet=st.sampled_from("I we'll get back to you by 5pm tomorrow. if? \n^~’\u202e1/2"), max_size=400))
def test_whatever_is_written_the_spans_lie_in_the_text_and_apart(text: str) -> None:
    end = 0
    for found in find_promises(text):
        assert end <= found.start < found.end <= len(text)
        end = found.end


def test_a_long_text_is_read_in_no_time() -> None:
    hostile = "we will our team your my the a " * 700
    assert find_promises(hostile) == []  # the suite's timeout is what fails here


def test_it_agrees_with_a_reader_of_real_answers() -> None:
    if not Path(benchmark.THREADS).exists():
        pytest.skip(f"the conversations are not at {benchmark.THREADS}")
    numbers = benchmark.measure(benchmark.THREADS)
    assert numbers["turns"] == {"random": 300, "times": 150}
    assert numbers["precision"] >= 0.9
    assert numbers["recall"] >= 0.85
    assert numbers["due_right"] >= 0.9


def test_the_benchmark_sees_a_miss_a_false_find_and_a_wrong_time() -> None:
    texts = {("1", 0): "We'll DM you tomorrow.", ("2", 0): "We'll DM you soon.", ("3", 0): "Hello."}
    labels = [
        {"id": "1", "turn": 0, "promises": [{"span": [0, 21], "due": "soon"}]},
        {"id": "2", "turn": 0, "promises": []},
        {"id": "3", "turn": 0, "promises": [{"span": [0, 5], "due": ""}]},
    ]
    numbers = benchmark.rates(benchmark.count(texts, labels))
    assert (numbers["precision"], numbers["recall"], numbers["due_right"]) == (0.5, 0.5, 0.0)

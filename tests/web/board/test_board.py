"""The queue: its order, filters, pages and views."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from monitor.clock import utcnow
from monitor.queries.queue import PAGE_SIZE
from monitor.queries.search import MOST_SEARCHED
from monitor.store import Store
from tests.factories import make_mention
from tests.web.counting import count_statements

ROW = re.compile(r'<li id="row-(\d+)"')


def rows(html: str) -> list[int]:
    return [int(found) for found in ROW.findall(html)]


def test_an_empty_desk_says_how_to_fill_it(ana: FlaskClient) -> None:
    html = ana.get("/").text
    assert "Nothing waits for an answer." in html
    assert "mentiondesk import FILE --brand NAME" in html


def test_the_most_pressing_is_first_and_says_when_it_is_due(ana: FlaskClient, store: Store) -> None:
    now = utcnow()
    with store.write() as session:
        late = make_mention(session, urgency="high", posted_at=now - timedelta(minutes=72)).id
        urgent = make_mention(session, urgency="urgent", posted_at=now - timedelta(minutes=8, seconds=30)).id
        unjudged = make_mention(session, urgency=None, posted_at=now).id
        aside = make_mention(session, urgency=None, posted_at=now, triage_error="no words").id
    html = ana.get("/").text
    assert rows(html) == [urgent, late, unjudged, aside]
    for said in (
        "due in 6 min",
        "overdue 12 min",
        "being judged",
        "could not be judged",
        "unclaimed",
        "billing · negative",
    ):
        assert said in html


def test_filters_come_from_the_address_and_can_be_taken_off(ana: FlaskClient, store: Store) -> None:
    with store.write() as session:
        wanted = make_mention(session, "card charged twice", urgency="high", source="reddit", need="billing").id
        make_mention(session, "card charged twice", urgency="high", source="x")
        make_mention(session, "lovely crew", urgency="low", source="reddit", need="praise")
    html = ana.get("/?urgency=high&source=reddit&q=charged").text
    assert rows(html) == [wanted]
    assert 'href="/?urgency=high&amp;source=reddit"' in html
    assert f'href="/mentions/{wanted}?urgency=high&amp;source=reddit&amp;q=charged"' in html


def test_views_carry_true_counts(ana: FlaskClient, store: Store) -> None:
    with store.write() as session:
        for _ in range(3):
            make_mention(session, urgency="urgent", posted_at=utcnow() - timedelta(hours=1))
        make_mention(session, urgency="low", need="praise", sentiment="positive")
        make_mention(session, status="resolved")
    html = ana.get("/").text
    counts = dict(re.findall(r">(\w+) <span[^>]* class=\"count[ late]*\">([\d,]+)</span>", html))
    assert counts == {
        "Pressing": "4", "Mine": "0", "Unclaimed": "4", "Overdue": "3",
        "Snoozed": "0", "Resolved": "1", "Praise": "1", "Abusive": "0", "Hidden": "0", "Promises": "0",
        "Everything": "5",
    }  # fmt: skip


def test_empty_fields_of_the_form_are_kept_out_of_the_address(ana: FlaskClient) -> None:
    answer = ana.get("/?q=&urgency=high&sentiment=&status=open")
    assert (answer.status_code, answer.location) == (302, "/?urgency=high")


@pytest.mark.parametrize(
    "address", ["/?urgency=loud&sort=%00&assignee=7", "/?q=%00%F0%9F%98%80%25_", "/?status=all&overdue=1&abuse=1"]
)
def test_a_strange_address_still_shows_a_queue(ana: FlaskClient, address: str) -> None:
    assert ana.get(address).status_code == 200


def test_no_match_offers_the_way_back(ana: FlaskClient) -> None:
    assert "No mention fits these filters." in ana.get("/?q=nothing+like+this").text


def test_a_search_of_many_says_how_far_it_looked(ana: FlaskClient, store: Store) -> None:
    with store.write() as session:
        for number in range(MOST_SEARCHED + 1):
            make_mention(session, f"words {number}")
    said = "The newest 1,000 of them were looked through; more words reach further back."
    assert said in ana.get("/?q=words").text
    assert said in ana.get("/?q=words&urgency=urgent").text  # where none of the newest is
    assert said not in ana.get("/?q=words+7").text


def test_pages_follow_each_other_without_loss_or_repetition(ana: FlaskClient, store: Store) -> None:
    with store.write() as session:
        expected = [make_mention(session, posted_at=utcnow() - timedelta(hours=200 - n)).id for n in range(120)]
    seen: list[int] = []
    address = "/"
    while address:
        html = ana.get(address).text
        seen += rows(html)
        older = re.search(r'href="(/\?cursor=[^"]+)"', html)
        address = older[1] if older else ""
    assert seen == expected


def test_htmx_gets_only_the_rows_of_the_next_page(ana: FlaskClient, store: Store) -> None:
    with store.write() as session:
        for _ in range(PAGE_SIZE + 1):
            make_mention(session)
    older = re.search(r'hx-get="(/\?cursor=[^"]+)"', ana.get("/").text)
    assert older
    part = ana.get(older[1], headers={"HX-Request": "true", "HX-Target": "more"}).text
    assert len(rows(part)) == 1
    assert "<html" not in part


def test_a_spoilt_cursor_is_one_sentence(ana: FlaskClient) -> None:
    answer = ana.get("/?cursor=nonsense")
    assert answer.status_code == 400
    assert "start again from the first page" in answer.text


def test_the_number_of_queries_does_not_grow_with_the_rows(ana: FlaskClient, store: Store) -> None:
    def fill(number: int) -> list[int]:
        with store.write() as session:
            for _ in range(number):
                make_mention(session, "lost bag")
        return [count(address) for address in ("/", "/?q=bag", "/?q=ba*&status=all", "/?status=resolved")]

    def count(address: str) -> int:
        with count_statements(store) as statements:
            assert ana.get(address).status_code == 200
        return len(statements)

    ana.get("/")  # the first page greets, where others tell what was done last
    before, after = fill(2), fill(45)
    assert before == after
    assert max(after) <= 8


def test_hostile_words_and_names_reach_the_page_as_text(ana: FlaskClient, store: Store) -> None:
    script = "<script>alert(1)</script>"
    with store.write() as session:
        for text in (script, "\u202egnihton", "🔥" * 400, "أمل " * 300, "{{ 7 * 7 }}", "a" * 5_000):
            make_mention(session, text, name=script + "N" * 490, handle='"onload=x')
    html = ana.get("/").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script>alert" not in html
    assert "{{ 7 * 7 }}" in html


def test_abusive_words_are_folded(ana: FlaskClient, store: Store) -> None:
    with store.write() as session:
        make_mention(session, "an insult", abuse=True)
    before, folded, rest = ana.get("/").text.partition('<details class="folded"><summary>Show the words</summary>')
    assert folded
    assert "an insult" not in before
    assert "an insult" in rest.partition("</details>")[0]
    assert "an insult" not in rest.partition("</details>")[2]

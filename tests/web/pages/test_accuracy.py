"""The page that says how well the desk judges: counted right, said honestly, and of use when it is empty."""

import re
from datetime import timedelta

from flask.testing import FlaskClient

from monitor import desk
from monitor.activity import record
from monitor.clock import utcnow
from monitor.judging import correcting
from monitor.models import Mention, User
from monitor.settings import Settings
from monitor.store import Store
from monitor.words import Happened
from tests.factories import make_mention
from tests.web.counting import count_statements
from tests.web.forms import send


def test_empty_it_says_what_to_do(ana: FlaskClient) -> None:
    page = ana.get("/accuracy").text
    assert "Nobody has said yet how well the desk judges" in page
    assert "<table" not in page


def test_it_counts_what_people_said(ana: FlaskClient, store: Store, settings: Settings) -> None:
    now = utcnow()
    with store.write() as session:
        me = session.query(User).one()
        for number in range(4):
            mention = make_mention(session, urgency="normal", need="billing", model="house 1+learned 2")
            if number < 1:
                correcting.relabel(session, mention.id, me, {"urgency": "urgent"}, settings.brand, now)
            if number < 3:
                correcting.confirm(session, mention.id, me, now)
            desk.resolve(session, mention.id, me, now)
    page = re.sub(r"\s+", " ", ana.get("/accuracy").text)
    assert "People gave 12 labels to 3 mentions." in page
    assert '<dt>urgency</dt><dd><span class="big">67 %</span> <span class="aside">of 3</span>' in page
    assert '<dt>need</dt><dd><span class="big">100 %</span>' in page
    row = re.search(r'<th scope="row">\d{4}-W\d\d</th>.*?</tr>', page)
    assert row
    assert '<td class="number">4</td> <td>75 %' in row[0]
    urgency = page[page.index("<caption>Urgency") :]
    (urgent,) = re.findall(r'<th scope="row">urgent</th>(.*?)</tr>', urgency)
    assert re.findall(r">([\d·]+)</td>", urgent) == ["·", "1", "·", "·"]
    assert "<bdi>house 1+learned 2</bdi>: 92 %" in page
    assert "people said, a column what the model had said" in page.lower()


def test_an_answer_sent_from_here_handles_a_mention_too(ana: FlaskClient, store: Store) -> None:
    with store.write() as session:
        me = session.query(User).one()
        for _ in range(2):
            mention = make_mention(session, urgency="normal")
            record(session, Happened.REPLY_SENT, utcnow(), mention_id=mention.id, user_id=me.id)
        correcting.confirm(session, mention.id, me, utcnow())
    page = re.sub(r"\s+", " ", ana.get("/accuracy").text)
    row = re.search(r'<th scope="row">\d{4}-W\d\d</th>.*?</tr>', page)
    assert row
    assert '<td class="number">2</td>' in row[0]


def test_it_tells_what_was_learned_and_why(ana: FlaskClient, store: Store) -> None:
    half = {"rows": 18, "right": 0.5, "measure": 0.4}
    need = {"labels": 61, "taken": True, "why": "<b>.", "before": half, "after": half | {"right": 0.94}}
    need |= {"guard_before": half, "guard_after": half}
    with store.write() as session:
        record(session, Happened.LEARNED, utcnow() - timedelta(days=1), version=3, heads={"need": need})
        record(session, Happened.UNLEARNED, utcnow(), version=3, in_use=0, encoder="house 1")
    page = ana.get("/accuracy").text
    assert "Version 3 was learned." in page
    assert "&lt;b&gt;. Held-back labels 50 % → 94 %, guard set 50 % → 50 %." in page
    assert "Went back from version 3 to the model as it came." in page
    assert "Nobody has said yet" in page


def test_a_judgement_is_called_right(ana: FlaskClient, store: Store, mention_id: int) -> None:
    assert "It is right" in ana.get(f"/mentions/{mention_id}").text
    assert send(ana, f"/mentions/{mention_id}/confirm").status_code == 303
    page = ana.get(f"/mentions/{mention_id}").text
    assert "Noted as right" in page
    assert "Ana found the judgement right." in page
    with store.read() as session:
        assert session.get_one(Mention, mention_id).urgency == "urgent"


def test_the_number_of_queries_does_not_grow(ana: FlaskClient, store: Store, settings: Settings) -> None:
    def read() -> int:
        with count_statements(store) as counted:
            assert ana.get("/accuracy").status_code == 200
        return len(counted)

    few = read()
    with store.write() as session:
        me = session.query(User).one()
        for _ in range(30):
            mention = make_mention(session)
            correcting.confirm(session, mention.id, me, utcnow())
    assert read() == few

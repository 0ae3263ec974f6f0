"""What a row shows of a mention that was searched for."""

from flask.testing import FlaskClient

from monitor import desk
from monitor.clock import utcnow
from monitor.models import User
from monitor.search import read_terms
from monitor.store import Store
from tests.factories import make_mention
from web.texts.found import mark_found


def test_what_was_found_is_marked_and_everything_else_is_inert() -> None:
    marked = mark_found("<b>My card</b> was charged & charged", read_terms("card charg*"))
    assert marked == "&lt;b&gt;My <mark>card</mark>&lt;/b&gt; was <mark>charged</mark> &amp; <mark>charged</mark>"


def test_a_find_far_into_a_text_is_shown() -> None:
    marked = mark_found("so it goes " * 60 + "until the needle comes", read_terms("needle"))
    assert marked.startswith("… ")
    assert "<mark>needle</mark> comes" in marked


def test_without_a_search_a_row_begins_where_the_text_does() -> None:
    assert mark_found("plain  words", []) == "plain words"


def test_a_row_says_that_something_was_found_in_a_note(ana: FlaskClient, store: Store) -> None:
    with store.write() as session:
        mention = make_mention(session, "nothing special")
        desk.add_note(session, mention.id, session.query(User).one(), "an elephant", utcnow())
    assert "Found in its notes or replies." in ana.get("/?q=elephant").text
    html = ana.get("/?q=special").text
    assert "Found in its notes or replies." not in html
    assert "nothing <mark>special</mark>" in html

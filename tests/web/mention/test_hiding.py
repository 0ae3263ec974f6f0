"""Muting and bringing back, by hand."""

from flask.testing import FlaskClient

from monitor.models import Author
from monitor.store import Store
from tests.factories import make_mention
from tests.web.forms import send


def test_an_author_is_muted_explained_and_unmuted(ana: FlaskClient, store: Store) -> None:
    with store.write() as session:
        mention = make_mention(session, "the same joke")
    address = f"/authors/{mention.author_id}"
    assert "Mute this author" in ana.get(address).text
    assert send(ana, f"{address}/mute", days="7", reason="").status_code == 400
    assert send(ana, f"{address}/mute", days="7", reason="jokes <b>daily</b>").status_code == 303
    assert "jokes &lt;b&gt;daily&lt;/b&gt;" in ana.get(address).text
    assert "the same joke" not in ana.get("/").text
    assert "the same joke" in ana.get("/?hidden=1").text
    assert "its author is muted until" in ana.get(f"/mentions/{mention.id}").text
    assert send(ana, f"{address}/unmute").status_code == 303
    assert "the same joke" in ana.get("/").text
    with store.read() as session:
        assert session.get_one(Author, mention.author_id).muted_until is None


def test_what_was_taken_for_advertising_is_put_into_the_queue(ana: FlaskClient, store: Store) -> None:
    with store.write() as session:
        mention = make_mention(session, "a giveaway that I never got", hidden="spam")
    assert "Hidden as advertising: it says “giveaway”." in ana.get(f"/mentions/{mention.id}").text
    assert send(ana, f"/mentions/{mention.id}/show").status_code == 303
    assert "a giveaway that I never got" in ana.get("/").text

"""An author's page: their past with us."""

from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient

from monitor import desk
from monitor.clock import utcnow
from monitor.models import Echo, User
from monitor.store import Store
from tests.factories import make_mention
from tests.web.counting import count_statements


def test_the_past_of_an_author_is_on_one_page(
    ana: FlaskClient, store: Store, user_named: Callable[[str], User]
) -> None:
    now = utcnow()
    with store.write() as session:
        user = session.merge(user_named("Ana"))
        first = make_mention(session, "my bag <b>is</b> lost", posted_at=now - timedelta(days=3))
        desk.claim(session, first.id, user, now)
        desk.log_reply(session, first.id, user, "Hi Dana, I found it.", "", now)
        desk.add_note(session, first.id, user, "called the airport", now)
        desk.resolve(session, first.id, user, now)
        again = make_mention(session, "lost again", author_id=first.author_id, posted_at=now)
        session.add(Echo(mention_id=again.id, post_id="9", posted_at=now))
    page = ana.get(f"/mentions/{again.id}").text
    assert f'href="/authors/{first.author_id}"' in page
    assert "passed on by 1" in page
    shown = ana.get(f"/authors/{first.author_id}").text
    for said in ("lost again", "my bag &lt;b&gt;is&lt;/b&gt; lost", "I found it.", "called the airport", "resolved"):
        assert said in shown
    assert shown.index("lost again") < shown.index("called the airport")


def test_the_number_of_queries_does_not_grow_with_the_past(ana: FlaskClient, store: Store) -> None:
    with store.write() as session:
        author_id = make_mention(session).author_id

    def visit() -> int:
        with count_statements(store) as statements:
            assert ana.get(f"/authors/{author_id}").status_code == 200
        return len(statements)

    few = visit()
    with store.write() as session:
        for _ in range(20):
            make_mention(session, author_id=author_id)
    assert visit() == few


def test_an_author_who_is_not_there_is_not_found(ana: FlaskClient) -> None:
    assert ana.get("/authors/999").status_code == 404
    assert ana.get("/authors/99999999999999").status_code == 404

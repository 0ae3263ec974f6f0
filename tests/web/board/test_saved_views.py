"""Views that people save: for themselves, for the team, and taken away again."""

import re
from collections.abc import Callable

from flask.testing import FlaskClient

from tests.web.forms import send

URGENT = "/?urgency=urgent&source=x"


def save(browser: FlaskClient, title: str, where: str = URGENT, **more: str) -> int:
    return send(browser, f"/views?{where.partition('?')[2]}", page=where, title=title, **more).status_code


def saved(browser: FlaskClient, title: str) -> str:
    """The address behind the title in the first column; empty where it is not there."""
    found = re.search(
        rf'<a href="([^"]+)"[^>]*><span class="cut" dir="auto">{re.escape(title)}<', browser.get("/").text
    )
    return found[1] if found else ""


def test_a_view_is_ones_own_unless_it_is_for_the_team(ana: FlaskClient, ben: FlaskClient) -> None:
    assert (save(ana, "Hot on X"), save(ana, "Ours", "/?need=billing", shared="1")) == (303, 303)
    assert saved(ana, "Hot on X") == "/?urgency=urgent&amp;source=x"
    assert (saved(ben, "Hot on X"), saved(ben, "Ours")) == ("", "/?need=billing")


def test_saving_again_under_the_name_changes_what_it_shows(ana: FlaskClient) -> None:
    save(ana, "Mine, hot")
    save(ana, "Mine, hot", "/?need=billing")
    assert saved(ana, "Mine, hot") == "/?need=billing"


def test_a_view_is_taken_away_by_its_owner_or_by_a_lead(
    ana: FlaskClient, ben: FlaskClient, enter: Callable[..., FlaskClient]
) -> None:
    save(ana, "Ours", shared="1")
    lea = enter("Lea", "lead")
    assert "Take the view" not in ben.get(URGENT).text
    assert "Take the view" in lea.get(URGENT).text
    assert [send(one, "/views/1/drop").status_code for one in (ben, lea, lea)] == [409, 303, 404]
    assert saved(ana, "Ours") == ""


def test_a_name_that_cannot_be_is_refused_in_a_sentence(ana: FlaskClient) -> None:
    assert (save(ana, "  "), save(ana, "x" * 41)) == (400, 400)
    assert save(ana, "<script>alert(1)</script>") == 303
    assert "<script>alert" not in ana.get("/").text

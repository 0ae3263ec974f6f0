"""What the desk holds about an author: how much, all of it as a file, and erasing it; for leads and admins."""

import json

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from monitor.desk import Invalid
from monitor.models import Author
from monitor.privacy.erasing import erase
from monitor.privacy.exporting import export_person, find_held
from monitor.privacy.people import check_may_see, person_of
from web.board.columns import read_side
from web.context import here, this_moment
from web.errors import say_refusal
from web.login import whoami
from web.notices import Notice, keep_notice
from web.translations import _, ngettext
from web.words.personal import say_held

blueprint = Blueprint("personal", __name__, url_prefix="/authors/<mention_id:author_id>")


@blueprint.get("/data")
def show(author_id: int) -> str:
    """What there is, what goes and what stays."""
    return render_page(author_id)


@blueprint.post("/data")
def export(author_id: int) -> Response:
    """All of it as a file; a POST, as it leaves a line in the audit trail."""
    check_may_see(whoami())
    with here().store.write() as db:
        document = export_person(db, person_of(db, author_id), whoami().id, this_moment())
    answer = Response(json.dumps(document, ensure_ascii=False, indent=1), mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="author-{author_id}.json"'
    return answer


@blueprint.post("/erase")
def erase_author(author_id: int) -> ResponseReturnValue:
    """Erase them, where whoever asks has said that they mean it."""
    check_may_see(whoami())
    if request.form.get("sure") != "yes":
        sentence, status = say_refusal(Invalid(_("Tick the box first: nobody can undo it.")), this_moment())
        return render_page(author_id, sentence), status
    with here().store.read() as db:
        person = person_of(db, author_id)
    done = erase(here().store, person, whoami().id, this_moment())
    said = ngettext("Erased, with %(num)s mention.", "Erased, with %(num)s mentions.", done.mentions)
    keep_notice(Notice(said))
    return redirect(url_for("board.queue"), 303)


def render_page(author_id: int, refusal: str = "") -> str:
    check_may_see(whoami())
    with here().store.read() as db:
        person = person_of(db, author_id)
        held = say_held({table: len(rows) for table, rows in find_held(db, person).items()})
        around = {"side": read_side(db), "chosen": {}, "refusal": refusal}
        return render_template("personal.html", author=db.get_one(Author, author_id), held=list(held), **around)

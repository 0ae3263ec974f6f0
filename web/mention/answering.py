"""Help with answering a mention: saved replies, the courtesy check, similar past mentions, notes that stay, praise."""

from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from monitor import desk
from monitor.care import notes
from monitor.care.drafts import find_draft, save_draft
from monitor.care.praise import pass_praise_on
from monitor.models import Mention, User
from monitor.saved_replies.proposing import propose, use
from monitor.saved_replies.variables import fill, variables
from monitor.similar import similar_past
from web.board.columns import read_side
from web.board.filters import address, chosen_in
from web.context import alike, here, this_moment
from web.htmx import is_htmx
from web.login import whoami
from web.mention.occasion import links_of, load, remarks_of
from web.mention.page import act
from web.notices import Notice
from web.translations import _

blueprint = Blueprint("answering", __name__, url_prefix="/mentions/<mention_id:mention_id>")


@blueprint.get("/saved-replies")
def saved_replies(mention_id: int) -> str:
    """What fits this mention, filled in for its author; a part of its page, or a page of its own without JavaScript."""
    with here().store.read() as db:
        one = load(db, mention_id)
        author = one.author.name if one.author else ""
        known = variables(author, whoami().name, one.brand.name, links_of(one))
        proposals = [(proposal, fill(proposal.saved.text, known)) for proposal in propose(db, one, alike())]
        return show(db, one, "mention/saved_replies.html", _("Saved replies"), proposals=proposals)


@blueprint.post("/saved-replies/<mention_id:saved_id>")
def insert(mention_id: int, saved_id: int) -> ResponseReturnValue:
    """Put one behind what is written so far; it becomes the draft, for a person to read and send."""

    def put(db: Session, id_: int, user: User, now: datetime) -> None:
        draft = find_draft(db, id_, user.id)
        written = request.form.get("reply", draft.reply if draft else "").rstrip()
        text = use(db, id_, saved_id, user, links_of(desk.get(db, id_)), now)
        save_draft(db, id_, user.id, {"reply": f"{written}\n\n{text}" if written else text}, now)

    return act(mention_id, put, Notice(_("Put into your draft; read it before you send it."), sent="reply"))


@blueprint.post("/courtesy")
def courtesy(mention_id: int) -> str:
    """The check of a reply while it is written; without JavaScript the page shows it for the saved draft."""
    with here().store.read() as db:
        one = load(db, mention_id)
        return render_template("mention/courtesy.html", remarks=remarks_of(one, request.form.get("reply", "")))


@blueprint.get("/similar")
def similar(mention_id: int) -> str:
    """Past mentions that say much the same, with how they were answered and how that went."""
    with here().store.read() as db:
        one = load(db, mention_id)
        found = similar_past(db, here().nearest, one, alike(), this_moment())
        return show(db, one, "mention/similar.html", _("Similar, and how it went"), past=found)


@blueprint.post("/notes/<mention_id:note_id>/pin")
def pin(mention_id: int, note_id: int) -> ResponseReturnValue:
    done = Notice(_("Pinned: it is shown on everything this author writes."))
    return act(mention_id, lambda db, id_, user, now: notes.pin(db, id_, note_id, user, now), done)


@blueprint.post("/notes/<mention_id:note_id>/unpin")
def unpin(mention_id: int, note_id: int) -> ResponseReturnValue:
    done = Notice(_("No longer pinned; the note stays where it was written."))
    return act(mention_id, lambda db, id_, user, now: notes.unpin(db, id_, note_id, user, now), done)


@blueprint.post("/praise")
def praise(mention_id: int) -> ResponseReturnValue:
    """Pass it on to the colleague who earned it."""
    to, words = request.form.get("to", 0, type=int), request.form.get("words", "")
    done = Notice(_("Passed on."))
    return act(mention_id, lambda db, id_, user, now: pass_praise_on(db, id_, user, to, words, now), done)


def show(db: Session, one: Mention, part: str, title: str, **found: Any) -> str:
    """The part that htmx puts into the mention's page, or a page around it."""
    chosen = chosen_in(request.args)
    if is_htmx():
        return render_template(part, mention=one, chosen=chosen, **found)
    back = address(url_for("mention.show", mention_id=one.id), chosen)
    around = {"side": read_side(db), "chosen": chosen, "title": title, "part": part, "back": back}
    return render_template("answering.html", mention=one, **around, **found)

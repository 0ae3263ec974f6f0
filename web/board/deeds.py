"""One thing done to many mentions with one request, and taking back what was done."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from flask import Blueprint, Response, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict

from monitor.deeds import MOST, Asked, Result, carry_out, check, last_deed, undo
from monitor.desk import DeskError, Invalid, Refused
from monitor.once import spend_key
from monitor.queries.state import colleagues
from monitor.translating import speaking, spoken
from monitor.words import Did
from web.board.columns import read_side
from web.board.filters import address, chosen_in
from web.board.told import Told, tell_done, tell_undone
from web.context import here, this_moment
from web.errors import say_refusal
from web.htmx import is_htmx
from web.login import whoami
from web.mention.page import answer_with, refuse
from web.mention.snoozing import snooze_until
from web.mention_id import LARGEST_ID
from web.notices import Notice, keep_notice
from web.translations import _

blueprint = Blueprint("deeds", __name__)
STREAM = "application/x-ndjson"
STEP = 10  # mentions between two words of how far it is

Form = ImmutableMultiDict[str, str]


@blueprint.get("/many")
def show_bar() -> str:
    """What can be done with the selected mentions, for the foot of the queue."""
    with here().store.read() as db:
        return render_template("deeds/actions.html", colleagues=colleagues(db, whoami().id))


@blueprint.post("/many")
def do_many() -> ResponseReturnValue:
    """Do `do` to every `id`; without `do`, a page that asks what."""
    ids = read_ids(request.form)
    if not request.form.get("do"):
        return ask_what(ids)
    asked = read_asked(request.form)
    with here().store.write() as db:
        check(db, asked, ids)
        key = request.form.get("key", "")
        if key and not spend_key(db, whoami().id, key, this_moment()):
            raise Refused(_("That was sent already; nothing was done twice."))
    results = carry_out(here().store, here().settings, asked, ids, whoami().id, this_moment())
    if request.accept_mimetypes.best == STREAM:
        return Response(stream_with_context(say_progress(asked, results, len(ids))), mimetype=STREAM)
    return answer(asked.did, list(results))


@blueprint.post("/undo")
def undo_deed() -> ResponseReturnValue:
    """Take back the deed with the id `deed`; without one, the last."""
    deed_id = request.form.get("deed", type=int)
    with here().store.read() as db:
        last = last_deed(db, whoami().id, this_moment()) if deed_id is None else None
        deed_id = deed_id if last is None else last.id
    if deed_id is None:
        return answer_told(Told(_("There is nothing to take back.")))
    undone = undo(here().store, deed_id, whoami().id, this_moment())
    with here().store.read() as db:
        return answer_told(tell_undone(db, undone))


@blueprint.post("/mentions/<mention_id:mention_id>/undo/<mention_id:deed_id>")
def undo_here(mention_id: int, deed_id: int) -> ResponseReturnValue:
    """Take back what was done on a mention's page, and show it as it is then."""
    try:
        undone = undo(here().store, deed_id, whoami().id, this_moment())
    except DeskError as error:
        return refuse(mention_id, *say_refusal(error, this_moment()))
    if undone.left:
        return refuse(mention_id, _("Somebody acted on it since, so it stays as it is; its timeline says who."), 409)
    return answer_with(mention_id, Notice(_("Taken back; it is as it was.")))


def read_ids(form: Form) -> list[int]:
    """Each once, in the order of the queue. Raises `Invalid`."""
    try:
        ids = list(dict.fromkeys(int(given) for given in form.getlist("id")))
    except ValueError:
        raise Invalid(_("A mention is chosen by its number.")) from None
    if not all(0 < one <= LARGEST_ID for one in ids):
        raise Invalid(_("There is no such mention."))
    return ids


def read_asked(form: Form) -> Asked:
    """`claim`, `assign`, `resolve:solved`, `snooze:hour`, `label:need=billing`, `mute_author`, `mute_thread`."""
    name, _colon, more = form.get("do", "").partition(":")
    if name not in tuple(Did):
        raise Invalid(_("Choose what is to be done."))
    did = Did(name)
    asked = Asked(did, reason=form.get(f"{name.partition('_')[0]}_reason", ""))
    if did is Did.ASSIGN:
        return replace(asked, to_id=form.get("to", type=int))
    if did is Did.RESOLVE:
        return replace(asked, outcome=more, duplicate_of=form.get("duplicate_of", type=int))
    if did is Did.LABEL:
        head, _equals, label = more.partition("=")
        return replace(asked, labels={head: label})
    if did is Did.SNOOZE:
        return read_snooze(asked, more, form.get("at", ""))
    return replace(asked, days=min(form.get("days", 7, type=int), 10_000))


def read_snooze(asked: Asked, choice: str, at: str) -> Asked:
    now, brands = this_moment(), here().settings.brands
    if any(snooze_until(choice, at, now, brand) <= now for brand in brands):
        raise Invalid(_("Snooze until a moment that is still to come."))
    brand = here().settings.brand
    return replace(asked, until=lambda mention: snooze_until(choice, at, now, brand(mention.brand.name)))


def ask_what(ids: Sequence[int]) -> ResponseReturnValue:
    """For a browser without scripts."""
    if not ids:
        raise Invalid(_("Choose at least one mention."))
    if len(ids) > MOST:
        raise Invalid(_("Choose up to %(num)s mentions at once.", num=MOST))
    with here().store.read() as db:
        found = {"ids": ids, "colleagues": colleagues(db, whoami().id), "chosen": chosen_in(request.args)}
        return render_template("deeds/page.html", side=read_side(db), told=None, **found)


def say_progress(asked: Asked, results: Iterator[Result], number: int) -> Iterator[str]:
    """`{"at": 10}` now and then, and `{"html": …}` in the end, each on its line."""
    language, found = spoken.get(), []
    for result in results:
        found.append(result)
        if len(found) % STEP == 0 and len(found) < number:
            yield json.dumps({"at": len(found)}) + "\n"
    with speaking(language), here().store.read() as db:  # a stream may outlive what was set for its request
        html = render_template("deeds/said.html", told=tell_done(db, asked.did, found))
    yield json.dumps({"html": html}) + "\n"


def answer(did: Did, results: Sequence[Result]) -> ResponseReturnValue:
    with here().store.read() as db:
        return answer_told(tell_done(db, did, results))


def answer_told(told: Told) -> ResponseReturnValue:
    """The part of the page that says it; without scripts the queue, or a page where something was left."""
    if is_htmx():
        return render_template("deeds/said.html", told=told)
    chosen = chosen_in(request.args)
    if told.unchanged:
        with here().store.read() as db:
            return render_template("deeds/page.html", side=read_side(db), told=told, chosen=chosen, ids=())
    if told.deed_id is None:  # else the queue itself says it, with the way back
        keep_notice(Notice(told.sentence))
    return redirect(address(url_for("board.queue"), chosen), 303)

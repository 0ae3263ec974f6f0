"""A mention's page: as it stands, after something was done there, or with what was refused."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from monitor import desk, queries
from monitor.care.drafts import FIELDS
from monitor.care.meanwhile import happened_since
from monitor.deeds import Command, keep
from monitor.models import Mention, User
from monitor.once import spend_key
from monitor.settings import BrandSettings
from monitor.store import explain_failure
from monitor.translations.retelling import retell
from monitor.words import Did
from web.board.columns import looked_at, read_rows, read_side
from web.board.filters import address, chosen_in
from web.context import here, this_moment
from web.errors import say_refusal, trouble
from web.htmx import is_htmx, wants
from web.login import acting_user, whoami
from web.mention.hard_ones import read_hard_ones
from web.mention.shown import allowed, page_of
from web.notices import Notice, keep_notice, kept_notice
from web.translations import _


def act(mention_id: int, command: Command, done: Notice, did: Did | None = None) -> ResponseReturnValue:
    """Run the command in one transaction and show the mention as it then stands; a refusal keeps what was typed.

    With `did` it can be taken back.
    """
    try:
        with here().store.write() as db:
            user = acting_user(db)
            key = request.form.get("key", "")
            if not key or spend_key(db, user.id, key, this_moment()):  # a form that comes twice is answered as before
                done = run(db, mention_id, user, command, done, did)
    except desk.NotFound:
        raise
    except desk.DeskError as error:
        return refuse(mention_id, *say_refusal(error, this_moment()))
    except OperationalError as error:
        return refuse(mention_id, retell(explain_failure(error)), 503)
    return answer_with(mention_id, done)


def run(db: Session, mention_id: int, user: User, command: Command, done: Notice, did: Did | None) -> Notice:
    """Carry it out; where that is a deed, the notice says how it is taken back."""
    if did is None:
        command(db, mention_id, user, this_moment())
        return done
    deed_id = keep(db, did, mention_id, user, command, this_moment())
    return replace(done, undo=f"undo/{deed_id}") if deed_id else done


def answer_with(mention_id: int, notice: Notice) -> ResponseReturnValue:
    """Show the mention as it then stands."""
    if is_htmx():
        return render(mention_id, notice=notice)
    keep_notice(notice)
    return redirect(address(url_for("mention.show", mention_id=mention_id), chosen_in(request.args)), 303)


def refuse(mention_id: int, sentence: str, status: int) -> ResponseReturnValue:
    """The mention as it stands, with what went wrong above it and everything that was typed."""
    try:
        return render(mention_id, refusal=sentence, typed=request.form), status
    except OperationalError:
        return trouble(sentence, status)


def render(
    mention_id: int, notice: Notice | None = None, refusal: str = "", typed: Mapping[str, str] | None = None
) -> str:
    """The page, or the parts that htmx swaps."""
    part = wants("mention")
    with here().store.read() as db:
        found = read_mention(db, mention_id)
        chosen = chosen_in(request.args)
        around = looked_at(chosen) if part else read_rows(db)
        acted = request.method == "POST"
        side = read_side(db, chosen.get("brand", "")) if acted or not part else None
        template = "mention/part.html" if part else "board/page.html"
        notice = notice or kept_notice()
        lines = happened_since(db, mention_id, seen(), whoami().id) if refusal and seen() else []
        written = {**found["draft"], **(typed or {})}
        said = {"notice": notice, "refusal": refusal, "typed": written, "acted": acted, "lines": lines}
        return render_template(template, side=side, **found, **around, **said)


def read_mention(db: Session, mention_id: int) -> dict[str, Any]:
    """What the page shows. Raises `NotFound`."""
    detail = queries.mention_detail(db, mention_id, whoami().id)
    if detail is None:
        raise desk.NotFound(_("There is no mention %(mention_id)s.", mention_id=mention_id))
    me, now = whoami(), this_moment()
    hard = {**read_hard_ones(db, detail), "incidents": detail.incidents}
    found = page_of(detail, brand_of(detail.mention), now, full="full" in request.args)
    draft = detail.draft if detail.draft and any(getattr(detail.draft, name) for name in FIELDS) else None
    written = {name: getattr(draft, name) for name in FIELDS} if draft else {}
    newest = max((line.id for line in detail.timeline), default=0)
    team = {"colleagues": colleagues(detail, me.id), "present": here().live.presence.users(now)}
    mine = {"draft": written, "saved_at": draft.saved_at if draft else None, "seen": newest}
    return {**found, **hard, **team, **mine, "can": allowed(detail.mention, me.id, me.role)}


def colleagues(detail: queries.MentionDetail, user_id: int) -> list[User]:
    """To whom the mention can be given."""
    return [one for one in detail.people if one.active and one.id != user_id]


def seen() -> int:
    """The newest line of the timeline on the page that was sent; 0 where the form does not say."""
    return request.form.get("seen", 0, type=int)


def brand_of(mention: Mention) -> BrandSettings:
    return here().settings.brand(mention.brand.name)

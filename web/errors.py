"""What went wrong, said in one sentence: on a page of its own, or where htmx would have put the answer."""

from datetime import datetime

from flask import Flask, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError

from monitor.desk import AlreadyClaimed, DeskError, Invalid, NotFound
from monitor.queries import BadCursor
from monitor.store import StoreError, explain_failure
from monitor.translations.retelling import retell
from monitor.tries import TooManyTries
from web.api.problems import show_http_error
from web.context import here, this_moment
from web.htmx import is_htmx
from web.proxies import client_is_known
from web.translations import N_, _
from web.words.times import ago

# A refusal without it comes from a web server in front, and has no place on our pages (static/live.js).
SIGNATURE = {"X-Answered-By": "mentiondesk"}
SENTENCES = {
    404: N_("There is nothing at this address."),
    405: N_("This address does not take that kind of request."),
    413: N_("That is more text than the desk takes at once."),
    429: N_("Too many tries to sign in. Wait a minute, then try again."),
    500: N_("Something went wrong here, and it was written to the log. What was stored before is safe."),
}


def init_errors(app: Flask) -> None:
    """One handler for each family of errors; the API's blueprint has its own."""
    app.register_error_handler(DeskError, lambda error: trouble(*say_refusal(error, this_moment())))
    app.register_error_handler(BadCursor, lambda error: trouble(retell(error), 400))
    app.register_error_handler(StoreError, lambda error: trouble(retell(error), 503))
    app.register_error_handler(OperationalError, lambda error: trouble(retell(explain_failure(error)), 503))
    app.register_error_handler(CSRFError, forgotten_session)
    app.register_error_handler(TooManyTries, lambda error: trouble(_(SENTENCES[429]), 429))
    app.register_error_handler(HTTPException, http_error)
    app.after_request(sign)


def sign(response: Response) -> Response:
    response.headers.update(SIGNATURE)
    return response


def say_refusal(error: DeskError, now: datetime) -> tuple[str, int]:
    """The sentence and the status of something that the domain would not do."""
    if isinstance(error, AlreadyClaimed):
        since = ago(error.since, now)
        return _("%(name)s claimed this %(ago)s. Nothing of yours is lost.", name=error.holder, ago=since), 409
    return retell(error), 404 if isinstance(error, NotFound) else 400 if isinstance(error, Invalid) else 409


def forgotten_session(_error: CSRFError) -> ResponseReturnValue:
    """A form of a session that ended; or one that can never be taken, as it was sent to another address."""
    asked, board = request.host_url.rstrip("/"), here().settings.public_url
    if board.startswith("https:") and asked != board and client_is_known(request.environ):
        sentence = _("The board is at %(board)s; what is sent to %(asked)s is not taken.", board=board, asked=asked)
        return trouble(sentence, 400)
    return trouble(
        _("This page belongs to a session that has ended. Reload it and send again; what you typed is below."), 400
    )


def http_error(error: HTTPException) -> ResponseReturnValue:
    """Flask's own refusals; the ones that carry an answer, such as redirects, pass through."""
    code = error.code or 500
    if error.response is not None or code < 400:
        return error.get_response()
    if request.path.startswith("/api/"):  # of no route, and so of no blueprint
        return show_http_error(error)
    sentence = InternalServerError.description if code >= 500 else f"{error.name}."
    return trouble(_(SENTENCES[code]) if code in SENTENCES else sentence, code)


def trouble(sentence: str, status: int) -> ResponseReturnValue:
    """A page with the sentence, and with whatever long text was typed, so that nothing is lost."""
    template = "trouble_part.html" if is_htmx() else "trouble.html"
    typed = [value for name, value in typed_fields() if name in ("reply", "note", "reason") and value.strip()]
    return make_response(render_template(template, sentence=sentence, status=status, kept=typed), status)


def typed_fields() -> list[tuple[str, str]]:
    try:
        return list(request.form.items())
    except HTTPException:  # the form itself was what could not be read
        return []

"""`GET /calendars/<secret>.ics`: a person's promises for the calendar they use."""

from flask import Blueprint, Response, abort

from monitor.promises.calendar import user_of_link, write_calendar
from monitor.queries.promises import promises_by
from monitor.translating import SOURCE, speaking
from monitor.translations import language
from web.context import here, this_moment

blueprint = Blueprint("calendar", __name__, url_prefix="/calendars")


@blueprint.get("/<token>.ics")
def read(token: str) -> Response:
    """Open to whoever knows the secret; 404 for any other."""
    with here().store.read() as db:
        user = user_of_link(db, token)
        if user is None:
            abort(404)
        with speaking(language(user.language or SOURCE)):
            body = write_calendar(user, promises_by(db, user.id), here().settings, this_moment())
    return Response(body, content_type="text/calendar; charset=utf-8")

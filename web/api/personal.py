"""The calls about personal data: everything about an author, and erasing it; for leads and admins."""

from flask import Response, jsonify
from spectree import Response as Described

from monitor.clock import utcnow
from monitor.privacy.erasing import erase
from monitor.privacy.exporting import export_person
from monitor.privacy.people import check_may_see, person_of
from web.api.blueprint import asking_user, blueprint, spec
from web.api.many import answer
from web.api.mentions import WRITES
from web.api.writes import find_kept
from web.context import here

HELD = Described("HTTP_200", "HTTP_401", "HTTP_404", "HTTP_409", "HTTP_503")


@blueprint.get("/authors/<mention_id:author_id>/data")
@spec.validate(resp=HELD)
def export_author(author_id: int) -> Response:
    """Everything about an author: `{"person", "made_at", "held", "named_by_us", "named_by_others"}`.

    `held` has rows by the name of their table. Leads and admins only; each call leaves a line in the audit trail.
    """
    check_may_see(asking_user())
    with here().store.write() as session:
        return jsonify(export_person(session, person_of(session, author_id), asking_user().id, utcnow()))


@blueprint.post("/authors/<mention_id:author_id>/erase")
@spec.validate(resp=WRITES)
def erase_author(author_id: int) -> Response:
    """Erase an author for good: `{"mentions": 3, "conversations": 1, "named_by_us": 2, "named_by_others": 0}`.

    Leads and admins only. 409 while it is in doubt whether an answer to them is in public.
    """
    check_may_see(asking_user())
    with here().store.read() as session:
        kept = find_kept(session, asking_user())
        if kept:
            return jsonify(kept.body)
        person = person_of(session, author_id)
    return answer(erase(here().store, person, asking_user().id, utcnow()).as_json())

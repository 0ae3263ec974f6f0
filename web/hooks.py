"""`POST /hooks/<name>`: where other programs bring posts. Signed; open to strangers otherwise."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from monitor.collecting.hooks import Delivery, Unsigned, receive
from monitor.configuration import ConfigError
from web.api.problems import Problem, init_problems, show_problem
from web.context import here, this_moment

blueprint = Blueprint("hooks", __name__, url_prefix="/hooks")


@blueprint.post("/<name>")
def deliver(name: str) -> ResponseReturnValue:
    """The counts of what became of the rows; 422 with them where no row was any good."""
    headers = request.headers
    signed = (headers.get("X-Mentiondesk-Timestamp", ""), headers.get("X-Mentiondesk-Signature", ""))
    delivery = Delivery(request.get_data(), *signed)
    counts = receive(here().store, here().settings, name, delivery, this_moment())
    if counts.read and counts.read == counts.rejected:
        raise Problem(422, "None of the rows could be read; see troubles.", **counts.as_json())
    return jsonify(counts.as_json())


init_problems(blueprint)
blueprint.register_error_handler(Unsigned, lambda error: show_problem(Problem(401, str(error))))
blueprint.register_error_handler(ConfigError, lambda error: show_problem(Problem(503, str(error))))

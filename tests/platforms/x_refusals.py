"""What the fake X refuses, and in which words: parameters, page tokens, posts that are not there."""

from typing import Any

from flask import abort, jsonify, make_response, request

from tests.platforms.platform import Fault

PROBLEMS = "https://api.twitter.com/2/problems"


def problem_of(status: int, fault: Fault) -> dict[str, Any]:
    if status == 402:
        words = "Your enrolled account does not have any credits to fulfill this request."
        return {"title": "CreditsDepleted", "detail": words, "type": f"{PROBLEMS}/credits"}
    if status == 429 and fault.detail.get("cap"):
        words = "Usage cap exceeded: Monthly product cap"
        return {"title": "UsageCapExceeded", "detail": words, "type": f"{PROBLEMS}/usage-capped"}
    title = {401: "Unauthorized", 403: "Forbidden", 429: "Too Many Requests"}.get(status, "Invalid Request")
    return {"title": title, "detail": title, "type": "about:blank", "status": status}


def check(allowed: set[str], smallest: int | None) -> None:
    for name in request.args:
        if name not in allowed:
            refuse_parameter(name, f"The query parameter [{name}] is not one of [{','.join(sorted(allowed))}]")
    size = int(request.args.get("max_results", 10))
    if smallest and not smallest <= size <= 100:
        refuse_parameter(
            "max_results", f"The `max_results` query parameter value [{size}] is not between {smallest} and 100"
        )


def refuse_parameter(parameter: str, message: str) -> None:
    errors = [{"parameters": {parameter: [request.args.get(parameter, "")]}, "message": message}]
    detail = "One or more parameters to your request was invalid."
    body = {"errors": errors, "title": "Invalid Request", "detail": detail, "type": f"{PROBLEMS}/invalid-request"}
    abort(make_response(jsonify(body), 400))


def tell_missing(id: str, problem: str = "resource-not-found") -> dict[str, str]:
    title = {"resource-not-found": "Not Found Error"}.get(problem, "Authorization Error")
    detail = f"Could not find tweet with ids: [{id}]."
    return {"resource_id": id, "value": id, "title": title, "detail": detail, "type": f"{PROBLEMS}/{problem}"}


def read_token(name: str, scope: str) -> int:
    given = request.args.get(name)
    if given is None:
        return 1 << 63
    below, _, of = given.partition(".")
    if of != scope_of(scope):
        refuse_parameter(name, "The token does not belong to this query")
    return int(below)


def scope_of(scope: str) -> str:
    return scope.encode().hex()[-12:]

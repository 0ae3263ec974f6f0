"""Answering htmx: which part of a page it wants, and where it should go next."""

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue


def wants(target: str) -> bool:
    """Whether htmx asks for just the element with this id; a plain browser wants the whole page."""
    return is_htmx() and request.headers.get("HX-Target") == target


def is_htmx() -> bool:
    return request.headers.get("HX-Request") == "true"


def go_to(address: str) -> ResponseReturnValue:
    """Send the browser on, by whichever way it understands."""
    if is_htmx():
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address, 303)

"""The line that says an action was done, with its way back."""

from dataclasses import asdict, dataclass
from typing import Any

from flask import flash, get_flashed_messages


@dataclass(frozen=True)
class Notice:
    """`Claimed.` with the action that undoes it; `sent` names the fields whose drafts may now be forgotten."""

    text: str
    undo: str = ""
    sent: str = ""


def keep_notice(notice: Notice) -> None:
    """Show it on the page that the browser is sent to."""
    flash(asdict(notice))  # type: ignore[arg-type]  # a session holds any JSON


def kept_notice() -> Notice | None:
    """The notice that waits for this page, if one does."""
    kept: list[Any] = list(get_flashed_messages())
    return Notice(**kept[-1]) if kept else None

"""What templates may call: the desk's way of saying things, icons, and who is looking."""

from collections.abc import Callable
from functools import lru_cache, partial
from secrets import token_urlsafe
from typing import Any

from flask import Flask, render_template
from lucide.jinja import lucide
from markupsafe import Markup

from monitor.translations.dates import say_span
from monitor.wording import platform_title
from web.assets import asset_url
from web.board import filters
from web.board.keys import KEYS
from web.board.rows import queue_row
from web.board.told import tell_last
from web.context import here, this_moment
from web.login import looking_user
from web.mention.occasion import remarks_of
from web.texts.customers import direction, excerpt
from web.texts.found import is_found_inside, mark_found
from web.texts.markdown import as_html
from web.words import feeds, figures, times
from web.words.due import due_of, zone_of
from web.words.guidance import guidance_title, say_applies
from web.words.outcomes import OFFERED, say_outcome
from web.words.timeline import say_activity

FILTERS: dict[str, Callable[..., Any]] = {
    "excerpt": excerpt,
    "mark_found": mark_found,
    "found_inside": is_found_inside,
    "direction": direction,
    "markdown": as_html,
    "source": platform_title,
    "followers": figures.say_count,
    "ordinal": figures.ordinal,
    "language": figures.language_name,
    "score": figures.score,
    "sentence": say_activity,
    "state": feeds.say_state,
    "pairs": filters.pairs,
}
WORDS: dict[str, Any] = {
    "span": say_span,
    "age": times.age,
    "exact": times.exact_time,
    "ago": times.ago,
    "clock": times.clock_time,
    "say_counted": figures.say_counted,
    "at_handle": figures.at_handle,
    "say_outcome": say_outcome,
    "outcomes": OFFERED,
    "guidance_title": guidance_title,
    "say_applies": say_applies,
    "remarks_of": remarks_of,
    "tell_last": tell_last,
    "zone_of": zone_of,
    "due_of": due_of,
}
ADDRESSES: dict[str, Callable[..., Any]] = {
    "address": filters.address,
    "without": filters.without,
    "say_chosen": filters.say_chosen,
    "offered": filters.offered,
    "source_pairs": filters.source_pairs,
    "queue_row": queue_row,
    "asset_url": asset_url,
}


def init_rendering(app: Flask) -> None:
    """Give templates their words."""
    templates = app.jinja_env
    templates.trim_blocks = templates.lstrip_blocks = True
    templates.filters.update(FILTERS)
    templates.tests["blind"] = feeds.is_blind
    templates.globals.update(WORDS | ADDRESSES)
    templates.globals.update(icon=icon, key_groups=KEYS, draw_keys=draw_keys, new_key=partial(token_urlsafe, 12))
    app.context_processor(who_is_looking)


@lru_cache(maxsize=256)
def icon(name: str, size: int = 16) -> Markup:
    """A Lucide icon as inline SVG, as large beside the letters whatever their size; what it means must be said too."""
    attributes = {"class": "icon", "aria-hidden": "true", "stroke-width": "1.75"}
    return Markup(lucide(name, size=f"{size / 15:.3f}rem", **attributes))  # noqa: S704 - our own icons


@lru_cache
def draw_keys(_language: str) -> Markup:
    """The sheet of keys: long, on every page, and for everybody who speaks the language the same."""
    return Markup(render_template("board/keys.html"))  # noqa: S704 - a template


def who_is_looking() -> dict[str, Any]:
    return {"me": looking_user(), "now": this_moment(), "demo": here().settings.demo}

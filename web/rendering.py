"""What templates may call: the desk's way of saying things, icons, and who is looking."""

from datetime import datetime
from functools import lru_cache, partial
from secrets import token_urlsafe
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from lucide.jinja import lucide
from markupsafe import Markup

from monitor.models import Feed, Mention
from monitor.wording import platform_title
from web import feed_words, filters, wording
from web.assets import asset_url
from web.context import here, this_moment
from web.customer_words import direction, excerpt
from web.dates import say_span
from web.found_words import is_found_inside, mark_found
from web.guidance_words import guidance_title, say_applies
from web.keys import KEYS
from web.login import looking_user
from web.occasion import remarks_of
from web.outcome_words import OFFERED, say_outcome
from web.prose import as_html
from web.timeline import say_activity
from web.told import tell_last


def init_rendering(app: Flask) -> None:
    """Give templates their words."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        excerpt=excerpt,
        mark_found=mark_found,
        found_inside=is_found_inside,
        direction=direction,
        source=platform_title,
        followers=wording.say_count,
        ordinal=wording.ordinal,
        language=wording.language_name,
        markdown=as_html,
    )
    app.jinja_env.filters["pairs"] = filters.pairs
    app.jinja_env.filters.update(score=wording.score, sentence=say_activity, state=feed_words.say_state)
    app.jinja_env.tests["blind"] = feed_words.is_blind
    app.jinja_env.globals.update(
        asset_url=asset_url,
        new_key=partial(token_urlsafe, 12),
        icon=icon,
        address=filters.address,
        without=filters.without,
        say_chosen=filters.say_chosen,
        offered=filters.offered,
        say_counted=wording.say_counted,
        at_handle=wording.at_handle,
        zone_of=zone_of,
        due_of=due_of,
        source_pairs=filters.source_pairs,
        remarks_of=remarks_of,
        outcomes=OFFERED,
        last_deed=tell_last,
        key_groups=KEYS,
        say_outcome=say_outcome,
        guidance_title=guidance_title,
        say_applies=say_applies,
    )
    app.jinja_env.globals.update(
        span=say_span, age=wording.age, exact=wording.exact_time, ago=wording.ago, clock=wording.clock_time
    )
    app.context_processor(who_is_looking)


@lru_cache(maxsize=256)
def icon(name: str, size: int = 16) -> Markup:
    """A Lucide icon as inline SVG; what it means must be said beside it."""
    attributes = {"class": "icon", "aria-hidden": "true", "stroke-width": "1.75"}
    return Markup(lucide(name, size=size, **attributes))  # noqa: S704 - our own icons


def who_is_looking() -> dict[str, Any]:
    return {"me": looking_user(), "now": this_moment(), "demo": here().settings.demo}


def zone_of(branded: Mention | Feed) -> ZoneInfo:
    """The time zone of its brand."""
    return here().settings.brand(branded.brand.name).zone


def due_of(mention: Mention, now: datetime) -> wording.Due | None:
    """When its answer is due, in words; nothing once it is answered or closed."""
    closed = mention.status in ("resolved", "gone")
    return wording.due_words(mention.due_at, closed or mention.first_reply_at is not None, now, zone_of(mention))

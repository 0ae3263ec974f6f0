"""Pages for mail in the language that is spoken: everything escaped, styles inlined where style sheets are unknown."""

from functools import cache
from typing import Any

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined

from monitor.translations.dates import say_span
from monitor.translations.templates import teach

# The style sheet stays in the head as well: dark mode and narrow screens cannot be said inline.
inliner = css_inline.CSSInliner(keep_style_tags=True, keep_at_rules=True, load_remote_stylesheets=False)


def render(template: str, **context: Any) -> str:
    """A whole HTML page, ready to be mailed."""
    return inliner.inline(environment(html=True).get_template(template).render(context))


def render_plain(template: str, **context: Any) -> str:
    """The same for a reader of plain text, in which there is nothing to escape."""
    return environment(html=False).get_template(template).render(context)


@cache
def environment(*, html: bool) -> Environment:
    loaded = Environment(
        loader=PackageLoader("monitor"),
        autoescape=html,  # noqa: S701 - off for plain text only
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    teach(loaded)
    loaded.filters["duration"] = say_span
    return loaded

"""Pages for mail: our own templates, everything escaped, styles inlined for readers that know no style sheets."""

from functools import cache
from typing import Any

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined

from monitor.units import say_duration

# The style sheet stays in the head as well: dark mode and narrow screens cannot be said inline.
inliner = css_inline.CSSInliner(keep_style_tags=True, keep_at_rules=True, load_remote_stylesheets=False)


def render(template: str, **context: Any) -> str:
    """A whole HTML page, ready to be mailed."""
    return inliner.inline(environment().get_template(template).render(context))


@cache
def environment() -> Environment:
    loaded = Environment(
        loader=PackageLoader("monitor"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    loaded.filters["duration"] = say_duration
    return loaded

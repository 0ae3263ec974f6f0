"""The table of sources: a name and where its class is, imported when first used."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, cast

from pydantic import ValidationError

from sources.base import Misconfigured, Source

SOURCES = {
    "x": "sources.x:X",
    "reddit": "sources.reddit:Reddit",
    "sample": "sources.sample:Sample",
}


def source_class(name: str) -> type[Source]:
    """The class of a source. Raises `Misconfigured` for a name that is not in the table."""
    try:
        module, attribute = SOURCES[name].split(":")
    except KeyError:
        raise Misconfigured(f"There is no source '{name}'; there are {', '.join(sorted(SOURCES))}.") from None
    return cast(type[Source], getattr(import_module(module), attribute))


def build(name: str, options: Mapping[str, Any], credentials: Mapping[str, str]) -> Source:
    """A source ready to fetch. `options` as in its `Options`; `credentials` by the names in its `credentials`.

    Raises `Misconfigured` for options that cannot be.
    """
    kind = source_class(name)
    try:
        checked = kind.Options(**options)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise Misconfigured(f"{place}: {first['msg'].removeprefix('Value error, ')}.") from None
    return cast(Source, cast(Any, kind)(checked, credentials))

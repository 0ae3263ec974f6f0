"""Reading the configuration: one `mentiondesk.toml`, `MENTIONDESK_*` over it, checked whole before anything starts."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from monitor.settings import Settings

FILE_NAME = "mentiondesk.toml"
PREFIX = "MENTIONDESK_"


class ConfigError(Exception):
    """The configuration cannot be used; the message names the place and what is wrong."""


def load_settings(path: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings | None:
    """Read the configuration, the environment over the file. None where there is no file at all.

    Raises `ConfigError` with one sentence that names the place.
    """
    home = Path(environment.get(PREFIX + "HOME") or Path.cwd())
    named = path or (Path(environment[PREFIX + "CONFIG"]) if environment.get(PREFIX + "CONFIG") else None)
    file = named or home / FILE_NAME
    if not file.exists():
        if named:
            raise ConfigError(f"There is no configuration at {named}.")
        return None
    found = lay_over(read_toml(file), overrides(environment))
    return check({**found, "home": home if not named else file.resolve().parent}, str(file))


def read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: not readable as TOML: {error}.") from None
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}.") from None


def overrides(environment: Mapping[str, str]) -> dict[str, Any]:
    """Settings from the environment: some of the top, and the classifier's."""
    names = ("database_url", "public_url", "secret_key")
    found: dict[str, Any] = {name: secret(name, environment=environment) for name in names}
    found["classifier"] = credentials("classifier", ("model", "threads"), environment)
    return {name: value for name, value in found.items() if value}


def lay_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Both, where they meet the one above; tables are joined name by name."""
    joined = {
        name: {**below[name], **value} if isinstance(value, dict) and isinstance(below.get(name), dict) else value
        for name, value in above.items()
    }
    return {**below, **joined}


def check(data: dict[str, Any], place: str) -> Settings:
    """Validate; raise `ConfigError` naming the first thing that is wrong."""
    try:
        return Settings(**data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ").rstrip(".?")
        mark = "?" if first["msg"].endswith("?") else "."
        raise ConfigError(f"{place}: {where + ': ' if where else ''}{message}{mark}") from None


def secret(name: str, prefix: str = "", environment: Mapping[str, str] = os.environ) -> str:
    """`MENTIONDESK_[PREFIX_]NAME`, or the contents of the file that `…_FILE` names; empty where neither is set."""
    variable = PREFIX + (f"{prefix}_{name}" if prefix else name).upper().replace("-", "_")
    if environment.get(variable):
        return environment[variable]
    file = environment.get(variable + "_FILE")
    if not file:
        return ""
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"{variable}_FILE names {file}, which cannot be read: {error.strerror}.") from None


def credentials(prefix: str, names: tuple[str, ...], environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Those of the named settings that are set, e.g. `{"bearer_token": …}` for the prefix X."""
    found = {name: secret(name, prefix, environment) for name in names}
    return {name: value for name, value in found.items() if value}

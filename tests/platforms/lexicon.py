"""Checks a value against Bluesky's lexicons, as far as the lexicons at hand reach."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FORMATS = {
    "at-uri": re.compile(r"at://[^/\s]+(/[A-Za-z0-9.-]+(/[A-Za-z0-9._:~-]+)?)?"),
    "cid": re.compile(r"[A-Za-z0-9+]{8,}"),
    "datetime": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,20})?(Z|[+-]\d\d:\d\d)"),
    "did": re.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]+"),
    "handle": re.compile(r"([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*"),
}
KINDS = {"string": str, "boolean": bool, "integer": int, "object": dict, "array": list, "unknown": dict}
Schema = dict[str, Any]


class Lexicons:
    """The lexicons of a folder, by their ids."""

    def __init__(self, folder: Path) -> None:
        found = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
        self.defs: dict[str, dict[str, Schema]] = {each["id"]: each["defs"] for each in found if "id" in each}

    def parameters(self, method: str) -> Schema:
        return (
            self.defs[method]["main"]["parameters"]["properties"] if "parameters" in self.defs[method]["main"] else {}
        )

    def faults(self, method: str, answer: Any) -> list[str]:
        """What is wrong with an answer of a method; empty where nothing is."""
        schema = self.defs[method]["main"]["output"]["schema"]
        return list(self._check(answer, schema, method, "answer"))

    def _check(self, value: Any, schema: Schema, home: str, at: str) -> Iterator[str]:
        kind = schema["type"]
        if kind == "ref":
            yield from self._follow(value, schema["ref"], home, at)
        elif kind == "union":
            yield from self._choose(value, schema, home, at)
        elif kind in KINDS and (not isinstance(value, KINDS[kind]) or (kind == "integer" and isinstance(value, bool))):
            yield f"{at}: {value!r} is no {kind}"
        elif kind == "object":
            yield from self._check_object(value, schema, home, at)
        elif kind == "array":
            for number, each in enumerate(value):
                yield from self._check(each, schema["items"], home, f"{at}[{number}]")
        elif kind == "unknown" and value.get("$type") in self.defs:
            record = self.defs[value["$type"]]["main"]["record"]
            yield from self._check(value, record, value["$type"], at)
        else:
            yield from _check_plain(value, schema, at)

    def _check_object(self, value: Any, schema: Schema, home: str, at: str) -> Iterator[str]:
        for name in schema.get("required", []):
            if name not in value:
                yield f"{at}: {name} is missing"
        for name, each in value.items():
            if name in schema.get("properties", {}):
                yield from self._check(each, schema["properties"][name], home, f"{at}.{name}")
            elif name != "$type":
                yield f"{at}: {name} is unknown"

    def _choose(self, value: Any, schema: Schema, home: str, at: str) -> Iterator[str]:
        if not isinstance(value, dict) or "$type" not in value:
            yield f"{at}: a union without $type"
            return
        for ref in schema["refs"]:
            if value["$type"] in (full := ref if not ref.startswith("#") else home + ref, full.removesuffix("#main")):
                yield from self._follow(value, ref, home, at)
                return
        yield f"{at}: {value['$type']} is none of {schema['refs']}"

    def _follow(self, value: Any, ref: str, home: str, at: str) -> Iterator[str]:
        id, _, name = ref.partition("#")
        if (id or home) in self.defs:
            home = id or home
            yield from self._check(value, self.defs[home][name or "main"], home, at)


def _check_plain(value: Any, schema: Schema, at: str) -> Iterator[str]:
    if "const" in schema and value != schema["const"]:
        yield f"{at}: {value!r} is not {schema['const']!r}"
    if schema.get("format") in FORMATS and not FORMATS[schema["format"]].fullmatch(value):
        yield f"{at}: {value!r} is no {schema['format']}"
    if "maximum" in schema and value > schema["maximum"]:
        yield f"{at}: {value!r} is too much"
    if "maxLength" in schema and len(str(value).encode()) > schema["maxLength"]:
        yield f"{at}: longer than {schema['maxLength']}"

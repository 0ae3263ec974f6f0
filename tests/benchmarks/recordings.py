"""Recorded traffic in whatever form its projects keep it: every file as the answers that it holds.

Cassettes of VCR in Python, Ruby and R (YAML or JSON), betamax, HAR and nock; bodies in JSON, JSON lines or XML;
snapshots of jest and vitest. Packed bodies are unpacked. Anything else is said to be no recording.
"""

import base64
import gzip
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LARGEST = 64 * 1024 * 1024
SNAPSHOT = re.compile(r"exports\[`(?P<name>.*?)`\] = `(?P<body>.*?)`;", re.DOTALL)
LISTS = ("interactions", "http_interactions", "recordings", "entries")


class NoRecording(ValueError):
    """The file holds no answer; the message says what it is."""


@dataclass(frozen=True)
class Answer:
    """One answer of a platform."""

    body: bytes
    status: int = 200
    url: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def value(self) -> Any:
        """The body's JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


def read_file(path: Path) -> list[Answer]:
    """Raises `NoRecording`."""
    if path.stat().st_size > LARGEST:
        raise NoRecording("too large to be a recording")
    content = unpack(path.read_bytes())
    if not content.strip():
        raise NoRecording("an empty file")
    answers = list(read_content(path, content))
    if not answers:
        raise NoRecording("a cassette without answers")
    return answers


def read_content(path: Path, content: bytes) -> Iterator[Answer]:
    suffix = path.suffix.lower()
    if suffix in (".yaml", ".yml"):
        yield from read_value(parse_yaml(content))
    elif suffix in (".xml", ".rss", ".atom", ".rdf") or content.lstrip()[:1] == b"<":
        yield Answer(content, headers={"Content-Type": "application/xml"})
    elif suffix == ".snap":
        yield from read_snapshots(content)
    elif suffix in (".jsonl", ".ndjson"):
        yield from read_lines(content)
    else:
        yield from read_unnamed(content)


def parse_yaml(content: bytes) -> Any:
    try:
        return yaml.load(content, LOADER)  # noqa: S506  a safe loader, the quick one where it is built in
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise NoRecording("YAML that cannot be read") from error


def read_unnamed(content: bytes) -> Iterator[Answer]:
    """JSON, or lines of it."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        if content.lstrip()[:1] in (b"{", b"[") and b"\n" in content.strip():
            yield from read_lines(content)
            return
        raise NoRecording("neither JSON nor XML nor a cassette") from None
    yield from read_value(value)


def read_lines(content: bytes) -> Iterator[Answer]:
    """A line that is no JSON is an answer all the same: connections break."""
    for line in filter(bytes.strip, content.split(b"\n")):
        try:
            yield from read_value(json.loads(line))
        except (ValueError, RecursionError):
            yield Answer(line)


def read_snapshots(content: bytes) -> Iterator[Answer]:
    """Values as jest prints them: JSON with trailing commas, and names of classes before objects and lists."""
    for found in SNAPSHOT.finditer(content.decode("utf-8", "replace")):
        text = re.sub(r"\b(?:Object|Array) (?=[{\[])", "", found["body"]).replace("\\\\", "\\").replace("\\`", "`")
        text = re.sub(r",(\s*[}\]])", r"\1", re.sub(r"\bundefined\b", "null", text))
        try:
            yield answer_of(json.loads(text, strict=False))
        except (ValueError, RecursionError):
            yield Answer(text.encode())


def read_value(value: Any) -> Iterator[Answer]:
    """A cassette's answers; any other value is an answer itself."""
    records = find_records(value)
    if records is None:
        yield answer_of(value)
        return
    for record in records:
        yield from read_record(record)


def find_records(value: Any) -> list[Any] | None:
    """The requests and answers of a cassette, HAR or nock file; None where the value is none of these."""
    if isinstance(value, dict):
        value = value.get("log", value) if isinstance(value.get("log"), dict) else value
        value = next((value[name] for name in LISTS if isinstance(value.get(name), list)), None)
    if not isinstance(value, list) or not value:
        return None
    told = [
        each for each in value if isinstance(each, dict) and ("response" in each or ("reply" in each and "url" in each))
    ]
    return value if len(told) == len(value) else None


def read_record(record: dict[str, Any]) -> Iterator[Answer]:
    response = record.get("response", record.get("reply"))
    request = record.get("request")
    url = str(
        record.get("url") or (request.get("uri") or request.get("url") if isinstance(request, dict) else "") or ""
    )
    if isinstance(response, dict) and ("body" in response or "content" in response):
        yield Answer(read_body(response), read_status(response), url, read_headers(response))
    elif response is not None and "reply" in record:
        yield answer_of(response, url)


def read_body(response: dict[str, Any]) -> bytes:
    body = response.get("body", response.get("content"))
    if isinstance(body, dict) and {"string", "base64_string", "text"} & body.keys():
        packed = body.get("base64_string")
        packed = packed or (body.get("text") if body.get("encoding") == "base64" else None)
        body = decode_base64(packed) if packed else body.get("string", body.get("text"))
    if isinstance(body, str):
        body = body.encode("utf-8", "surrogatepass")
    return unpack(body) if isinstance(body, bytes) else answer_of(body).body if body is not None else b""


def decode_base64(packed: Any) -> bytes:
    try:
        return base64.b64decode(packed)
    except (TypeError, ValueError):
        return str(packed).encode()


def read_status(response: dict[str, Any]) -> int:
    status = response.get("status", response.get("status_code", 200))
    if isinstance(status, dict):
        status = status.get("code", status.get("status_code", 200))
    return int(status) if str(status).isdigit() and 200 <= int(status) < 600 else 200


def read_headers(response: dict[str, Any]) -> dict[str, str]:
    """Those that say how long to wait, and what the body is."""
    headers = response.get("headers")
    pairs = headers.items() if isinstance(headers, dict) else ()
    values = {str(name): value[0] if isinstance(value, list) and value else value for name, value in pairs}
    wanted = re.compile(r"content-type|retry-after|x-?rate-?limit-.*|ratelimit-.*|link", re.IGNORECASE)
    return {name: str(value) for name, value in values.items() if wanted.fullmatch(name) and str(value).isprintable()}


def unpack(content: bytes) -> bytes:
    if content[:2] != b"\x1f\x8b":
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        return content


def answer_of(value: Any, url: str = "") -> Answer:
    return Answer(json.dumps(value, default=str).encode(), url=url, headers={"Content-Type": "application/json"})

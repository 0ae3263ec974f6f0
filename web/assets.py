"""Style, scripts and htmx, read once at the start and served with an address that changes when they do."""

import gzip
import hashlib
import importlib.metadata
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort, request, url_for

FOLDER = Path(__file__).parent / "static"
HTMX = "django_htmx/static/django_htmx/htmx-2.min.js"  # the wheel is a carrier; Django itself is never imported
FOREVER = "public, max-age=31536000, immutable"

blueprint = Blueprint("assets", __name__, url_prefix="/assets")


@dataclass(frozen=True)
class Asset:
    """One file, ready to send."""

    body: bytes
    packed: bytes
    type: str


@cache
def assets() -> dict[str, Asset]:
    """Every asset by its file name."""
    paths = {path.name: path for path in sorted(FOLDER.iterdir())} | {"htmx.js": htmx_path()}
    return {name: read_asset(name, path) for name, path in paths.items()}


def htmx_path() -> Path:
    files = importlib.metadata.files("django-htmx") or []
    return next(Path(str(file.locate())) for file in files if file.as_posix() == HTMX)


def read_asset(name: str, path: Path) -> Asset:
    body = path.read_bytes()
    kind = "text/javascript" if name.endswith(".js") else mimetypes.guess_type(name)[0]
    return Asset(body, gzip.compress(body, mtime=0), kind or "application/octet-stream")


@cache
def version() -> str:
    """One version for all, so that modules may import each other by plain relative names."""
    return hashlib.sha256(b"".join(asset.body for asset in assets().values())).hexdigest()[:12]


def asset_url(name: str) -> str:
    """The present address of an asset."""
    return url_for("assets.send", version=version(), name=name)


@blueprint.get("/<version>/<name>")
def send(version: str, name: str) -> Response:
    """An asset, packed where the browser takes it so; an old version's address still works."""
    asset = assets().get(name)
    if asset is None:
        abort(404)
    headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
    if request.accept_encodings["gzip"]:
        return Response(asset.packed, content_type=asset.type, headers={**headers, "Content-Encoding": "gzip"})
    return Response(asset.body, content_type=asset.type, headers=headers)

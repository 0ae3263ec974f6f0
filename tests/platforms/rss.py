"""A fake web server of feeds: RSS 2.0 and Atom with conditional requests, and pages that mean harm."""

import gzip
import html
import socket
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256

from flask import Blueprint, Response, abort, g, redirect, request

from tests.platforms.platform import Fault, Platform


@dataclass
class Entry:
    """`visible_at`: when the document shows it. Without `guid` or `dated`, it has no id or no date."""

    id: str
    text: str
    title: str
    author: str
    at: datetime
    visible_at: datetime
    guid: bool = True
    dated: bool = True
    link: str | None = None


class Rss(Platform):
    """Entries go in by `post`, `edit`, `delete`; a document shows the newest `shown`. `marked`: it has an ETag;
    `archived`: it names the one with the entries before these (RFC 5005).
    """

    name = "rss"

    def reset(self) -> None:
        super().reset()
        self.entries: dict[str, Entry] = {}
        self.shown = 2_000
        self.marked = True
        self.archived = False
        self.documents: dict[str, bytes] = {}  # served as they are, by name

    def post(
        self,
        text: str,
        title: str = "",
        author: str = "ann",
        at: datetime | None = None,
        late: float = 0,
        guid: bool = True,
        dated: bool = True,
        link: str | None = None,
    ) -> str:
        """An entry; its id. `late`: seconds until the document shows it."""
        with self.lock:
            at = at or self.clock.now()
            id = f"tag:news.example,2026:{len(self.entries) + 1}"
            visible_at = self.shown_from(at, late)
            self.entries[id] = Entry(id, text, title, author, at, visible_at, guid, dated, link)
            return id

    def edit(self, id: str, text: str) -> None:
        self.entries[id].text = text

    def delete(self, id: str) -> None:
        del self.entries[id]

    def add_routes(self, routes: Blueprint) -> None:
        routes.before_request(self._check)
        routes.get("/feed.xml")(self._rss)
        routes.get("/archive/<int:number>.xml")(self._rss)
        routes.get("/atom.xml")(self._atom)
        routes.get("/moved")(self._moved)
        routes.get("/bomb")(self._bomb)
        routes.get("/endless")(self._endless)
        routes.get("/drip")(self._drip)
        routes.get("/documents/<name>")(self._document)

    def refuse(self, status: int, fault: Fault) -> Response:
        answer = Response("no", status, mimetype="text/plain")
        if "retry_after" in fault.detail:
            answer.headers["Retry-After"] = str(fault.detail["retry_after"])
        return answer

    def _check(self) -> None:
        """As many servers do: no nameless programs. And nothing that a feed reader cannot unpack safely."""
        if "mentiondesk" not in request.headers.get("User-Agent", ""):
            abort(403)
        if request.headers.get("Accept-Encoding") != "gzip":
            abort(406)

    def _visible(self, number: int = 0) -> list[Entry]:
        """Newest first; of the document with this number."""
        if g.fault and g.fault.kind == "empty":
            return []
        with self.lock:
            now = self.clock.now()
            shown = [entry for entry in self.entries.values() if entry.visible_at <= now]
        return sorted(shown, key=lambda entry: entry.visible_at, reverse=True)[number * self.shown :][: self.shown]

    def _rss(self, number: int = 0) -> Response:
        body = "".join(map(_show_item, self._visible(number)))
        head = "<title>News of the air</title><link>http://news.example/</link><language>en</language>"
        if self.archived and self._visible(number + 1):
            head += f'<atom:link rel="prev-archive" href="{request.host_url}rss/archive/{number + 1}.xml"/>'
        names = 'version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"'
        return self._answer(f"<rss {names}><channel>{head}{body}</channel></rss>", "application/rss+xml")

    def _atom(self) -> Response:
        body = "".join(map(_show_entry, self._visible()))
        head = '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>News of the air</title>'
        return self._answer(f"{head}{body}</feed>", "application/atom+xml")

    def _answer(self, text: str, mimetype: str) -> Response:
        body = f'<?xml version="1.0" encoding="utf-8"?>{text}'.encode()
        answer = Response(gzip.compress(body), mimetype=mimetype, headers={"Content-Encoding": "gzip"})
        if self.marked:
            answer.set_etag(sha256(body).hexdigest()[:16])
            answer.make_conditional(request)
        return answer

    def _moved(self) -> Response:
        answer = redirect(request.args["to"], int(request.args.get("status", 302)))
        return Response(answer.get_data(), answer.status_code, {"Location": request.args["to"]})

    def _bomb(self) -> Response:
        """64 MB of blanks in 64 kB."""
        packing = zlib.compressobj(9, wbits=31)
        body = b"".join(packing.compress(b" " * 1024 * 1024) for _ in range(64)) + packing.flush()
        return Response(body, mimetype="application/rss+xml", headers={"Content-Encoding": "gzip"})

    def _endless(self) -> Response:
        return Response((b" " * 65536 for _ in range(1_000)), mimetype="application/rss+xml")

    def _drip(self) -> Response:
        """A byte now and then, each within the timeout of any socket."""

        def drip() -> Iterator[bytes]:
            while not self._closing.wait(0.05):
                yield b" "

        return Response(drip(), mimetype="application/rss+xml")

    def _document(self, name: str) -> Response:
        return Response(self.documents[name], mimetype="application/xml")


class DrippingHead:
    """A bare server that never ends the head of its answer: a byte of it ten times a second."""

    def __enter__(self) -> str:
        self._closing = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}/feed.xml"

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._listening.close()

    def _serve(self) -> None:
        connection, _ = self._listening.accept()
        with connection:
            try:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Padding: ")
                while not self._closing.wait(0.1):
                    connection.sendall(b"x")
            except OSError:
                return


def _show_item(entry: Entry) -> str:
    parts = {
        "title": entry.title,
        "description": html.escape(entry.text),
        "author": f"{entry.author}@news.example ({entry.author})",
        "guid": entry.id if entry.guid else "",
        "link": entry.link or "",
        "pubDate": format_datetime(entry.at.astimezone(UTC)) if entry.dated else "",
    }
    return f"<item>{''.join(f'<{name}>{html.escape(each)}</{name}>' for name, each in parts.items() if each)}</item>"


def _show_entry(entry: Entry) -> str:
    at = f"{entry.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return (
        f"<entry><id>{entry.id}</id><title>{html.escape(entry.title)}</title><published>{at}</published>"
        f"<updated>{at}</updated><author><name>{entry.author}</name></author>"
        f'<content type="html">{html.escape(html.escape(entry.text))}</content></entry>'
    )

"""The board as `mentiondesk run` serves it, in a process of its own, and people signed in to it."""

import http.client
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from monitor import users
from monitor.brands import sync_settings
from monitor.cli.serving import listen, serve
from monitor.clock import utcnow
from monitor.live.presence import Presence
from monitor.models import User
from monitor.settings import BrandSettings, Settings
from monitor.store import Store
from tests.factories import make_user

BRAND = "Aurora Air"


class Desk:
    """A store, and the address at which another process serves it."""

    def __init__(self, store: Store, address: str, process: subprocess.Popen[str]) -> None:
        self.store, self.address, self.process = store, address, process

    def connect(self) -> http.client.HTTPConnection:
        where = urlsplit(self.address)
        return http.client.HTTPConnection(where.hostname or "", where.port, timeout=120)

    def memory(self) -> float:
        """The server's resident memory, in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else float("nan")

    def hire(self, number: int, name: str = "Person") -> list[User]:
        with self.store.write() as session:
            return [make_user(session, f"{name} {one}") for one in range(number)]

    def token(self, user: User) -> str:
        with self.store.write() as session:
            return users.make_api_token(session, session.merge(user), "benchmark", utcnow())

    def sign_in(self, user: User) -> str:
        """The session's cookie, by a one-time link."""
        with self.store.write() as session:
            token = users.make_sign_in_link(session, session.merge(user), utcnow())
        connection = self.connect()
        connection.request("GET", f"/sign-in/{token}")
        page = connection.getresponse()
        found = re.search(r'name="csrf_token" value="([^"]+)"', page.read().decode())
        cookie = (page.getheader("Set-Cookie") or "").split(";")[0]
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request(
            "POST", f"/sign-in/{token}", urlencode({"csrf_token": found[1] if found else ""}), headers=headers
        )
        answer = connection.getresponse()
        answer.read()
        if answer.status != 303:
            raise SystemExit(f"Signing in was answered with {answer.status}.")
        return (answer.getheader("Set-Cookie") or "").split(";")[0]


def call(connection: http.client.HTTPConnection, token: str, path: str) -> tuple[int, Any]:
    """POST to the API; the status and the body's bytes."""
    connection.request("POST", f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    return answer.status, answer.read()


@contextmanager
def desk_served(folder: Path, database: str = "") -> Iterator[Desk]:
    """An empty desk, served while the block runs."""
    url = database or f"sqlite:///{folder}/desk.db"
    store = Store(url)
    store.upgrade()
    with store.write() as session:
        sync_settings(session, Settings(brands=(BrandSettings(name=BRAND),)), utcnow())
    command = [sys.executable, "-m", "tests.benchmarks.serving", url, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            address = process.stdout.readline().strip() if process.stdout else ""
            yield Desk(store, address, process)
        finally:
            process.terminate()
            store.close()


def main(url: str, folder: Path) -> None:
    """Serve until it is ended; the first line that is printed is the address."""
    listening = listen("127.0.0.1", 0)
    listening.listen()  # whoever connects before the server is up waits for it
    settings = Settings(brands=(BrandSettings(name=BRAND),), database_url=url, home=folder)
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    print(address, flush=True)
    serve(settings.model_copy(update={"public_url": address}), Store(url), listening, Presence())


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

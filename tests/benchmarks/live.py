"""Many boards are open, somebody claims: how soon does every one know? `python -m tests.benchmarks.live --boards 100`.

Each board is a stream of server-sent events from the server that `mentiondesk run` uses; the time is from before the
click is sent to when the board has the row as it is then. Meanwhile somebody opens ordinary pages.
"""

import json
import selectors
import socket
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Event, Thread

import click
from sqlalchemy import select

from monitor.models import Activity
from tests.benchmarks.claims import make_mentions
from tests.benchmarks.serving import Desk, call, desk_served

PEOPLE = 5  # signed in; each has several boards open
PATIENCE = 30.0  # seconds until what has not come counts as lost
PAUSE = 0.2  # between two clicks, and between two pages


class Board:
    """One open stream, and the lines of the audit trail that it was told of."""

    def __init__(self, desk: Desk, cookie: str) -> None:
        host = desk.address.removeprefix("http://")
        name, port = host.split(":")
        self.socket = socket.create_connection((name, int(port)))
        request = f"GET /events HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nAccept: text/event-stream\r\n\r\n"
        self.socket.sendall(request.encode())
        self.unread = b""
        self.streaming = False
        self.lines: dict[int, float] = {}  # when each was told

    def read(self) -> None:
        """Take in what has come. The transfer is chunked; a line of data never spans two chunks."""
        self.unread += self.socket.recv(1 << 16)
        *whole, self.unread = self.unread.split(b"\n")
        now = time.monotonic()
        for line in whole:
            self.streaming |= line.startswith(b"event: present")
            if line.startswith(b"data: ") and b'"lines"' in line:
                for line_id, _, _ in json.loads(line.removeprefix(b"data: "))["lines"]:
                    self.lines.setdefault(line_id, now)


@dataclass
class Verdict:
    """Times in milliseconds."""

    boards: int
    clicks: int
    p50_ms: float
    p95_ms: float
    most_ms: float
    lost: int  # lines that a board was not told of
    rss_mb: float
    pages: int
    page_p50_ms: float
    page_p95_ms: float


class Boards:
    """All of them, read by one thread."""

    def __init__(self, desk: Desk, number: int) -> None:
        cookies = [desk.sign_in(user) for user in desk.hire(PEOPLE)]
        self.cookie = cookies[0]
        self.selector = selectors.DefaultSelector()
        self.all = [Board(desk, cookies[place % PEOPLE]) for place in range(number)]
        for board in self.all:
            self.selector.register(board.socket, selectors.EVENT_READ, board)
        self.stopped = Event()
        self.thread = Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self) -> None:
        while not self.stopped.is_set():
            for key, _ in self.selector.select(0.2):
                key.data.read()

    def wait(self, seconds: float) -> bool:
        """Until every board is listening; whether they all are."""
        end = time.monotonic() + seconds
        while not all(board.streaming for board in self.all) and time.monotonic() < end:
            time.sleep(0.05)
        return all(board.streaming for board in self.all)

    def wait_for(self, line_id: int) -> None:
        end = time.monotonic() + PATIENCE
        while not all(line_id in board.lines for board in self.all) and time.monotonic() < end:
            time.sleep(0.005)

    def close(self) -> None:
        self.stopped.set()
        self.thread.join()
        for board in self.all:
            board.socket.close()


def browse(desk: Desk, cookie: str, stopped: Event, times: list[float]) -> None:
    """Open the queue again and again, as somebody at work does."""
    connection = desk.connect()
    while not stopped.wait(PAUSE):
        begun = time.monotonic()
        connection.request("GET", "/", headers={"Cookie": cookie})
        connection.getresponse().read()
        times.append(time.monotonic() - begun)


def click_and_watch(desk: Desk, boards: Boards, clicks: int) -> dict[int, float]:
    """Claim one mention after another; when each click was made, by the id of its line in the trail."""
    (clicker,) = desk.hire(1, "Clicker")
    token, connection, clicked = desk.token(clicker), desk.connect(), {}
    for mention_id in make_mentions(desk, clicks):
        begun = time.monotonic()
        status, _ = call(connection, token, f"/mentions/{mention_id}/claim")
        if status != 200:
            raise SystemExit(f"A claim was answered with {status}.")
        line_id = newest_line(desk, mention_id)
        clicked[line_id] = begun
        boards.wait_for(line_id)
        time.sleep(PAUSE)
    return clicked


def newest_line(desk: Desk, mention_id: int) -> int:
    with desk.store.read() as session:
        return session.scalars(select(Activity.id).where(Activity.mention_id == mention_id)).one()


def measure(desk: Desk, number: int, clicks: int) -> Verdict:
    boards, page_times = Boards(desk, number), list[float]()
    if not boards.wait(PATIENCE * 4):
        raise SystemExit("Not every board could listen.")
    stopped = Event()
    browsing = Thread(target=browse, args=(desk, boards.cookie, stopped, page_times))
    browsing.start()
    clicked = click_and_watch(desk, boards, clicks)
    memory = desk.memory()
    stopped.set()
    browsing.join()
    boards.close()
    times = [board.lines[line] - at for board in boards.all for line, at in clicked.items() if line in board.lines]
    lost = number * clicks - len(times)
    at, page = quantiles(times), quantiles(page_times)
    return Verdict(
        number, clicks, at[49], at[94], ms(max(times)), lost, round(memory, 1), len(page_times), page[49], page[94]
    )


def quantiles(seconds: list[float]) -> list[float]:
    return [ms(value) for value in statistics.quantiles(seconds, n=100, method="inclusive")]


def ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


@click.command()
@click.option("--boards", default=100, show_default=True)
@click.option("--clicks", default=200, show_default=True)
@click.option("--database", default="", help="An empty PostgreSQL database; else SQLite in a folder of its own.")
@click.option("--json", "as_json", is_flag=True)
def main(boards: int, clicks: int, database: str, as_json: bool) -> None:
    """Open the boards, click, and print how soon they knew."""
    with tempfile.TemporaryDirectory() as folder, desk_served(Path(folder), database) as desk:
        verdict = measure(desk, boards, clicks)
    if as_json:
        click.echo(json.dumps(asdict(verdict)))
        return
    for name, value in asdict(verdict).items():
        click.echo(f"{name.replace('_', ' '):14} {value:>10,}")


if __name__ == "__main__":
    main()

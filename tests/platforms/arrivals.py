"""Connections that are told of new posts: what the streams of the fake platforms have in common."""

import queue
import threading

SIGN_OF_LIFE = 0.2  # seconds; X takes 20
Arrivals = queue.SimpleQueue  # of post ids, or whole lines; None ends the connection, 0 is a sign of life


class Stream:
    """The open connections. `drop` is how many of the next posts no connection is told of; `most`, how many may be;
    `silent`: they stay open, but nothing comes through any of them, not even a sign of life.
    """

    def __init__(self, most: int = 1) -> None:
        self.most = most
        self.drop = 0
        self.silent = False
        self.opened = 0  # so far
        self.open_ones: list[Arrivals[int | bytes | None]] = []
        self._lock = threading.Lock()

    def open(self) -> "Arrivals[int | bytes | None] | None":
        """A new connection's arrivals; None where there are too many."""
        with self._lock:
            if len(self.open_ones) >= self.most:
                return None
            arrivals: Arrivals[int | bytes | None] = queue.SimpleQueue()
            self.open_ones.append(arrivals)
            self.opened += 1
            return arrivals

    def close(self, arrivals: "Arrivals[int | bytes | None]") -> None:
        with self._lock:
            if arrivals in self.open_ones:
                self.open_ones.remove(arrivals)

    def wait(self, arrivals: "Arrivals[int | bytes | None]") -> int | bytes | None:
        """The next post; 0 where there is none for a while."""
        try:
            return arrivals.get(timeout=SIGN_OF_LIFE)
        except queue.Empty:
            return 0

    def tell(self, id: int) -> None:
        with self._lock:
            if self.drop:
                self.drop -= 1
                return
            for arrivals in self.open_ones:
                arrivals.put(id)

    def say(self, line: bytes) -> None:
        """Send a line as it is."""
        with self._lock:
            for arrivals in self.open_ones:
                arrivals.put(line)

    def hang_up(self) -> None:
        """The platform ends every connection."""
        with self._lock:
            for arrivals in self.open_ones:
                arrivals.put(None)

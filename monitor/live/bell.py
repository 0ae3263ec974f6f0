"""The bell that rings when something was written down: how one part of the process wakes another."""

from threading import Condition


class Bell:
    """Rings for whoever waits. A ring that came while nobody listened is heard by the next to wait."""

    def __init__(self) -> None:
        self.rung = Condition()
        self.rings = 0

    def ring(self) -> None:
        with self.rung:
            self.rings += 1
            self.rung.notify_all()

    def wait(self, heard: int, seconds: float) -> int:
        """Until it has rung more often than `heard`, or the time is up; how often it has rung by then."""
        with self.rung:
            self.rung.wait_for(lambda: self.rings > heard, seconds)
            return self.rings

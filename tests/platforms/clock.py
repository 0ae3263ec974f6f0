"""The clock of the fake platforms: real time plus a shift that tests turn."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Aware UTC. Runs with the real one, so sources that read the real clock agree with it until it is turned."""

    def __init__(self) -> None:
        self._shift = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._shift

    def advance(self, seconds: float = 0, **parts: float) -> None:
        """Move on by `seconds` and/or any parts of a timedelta (`days=8`)."""
        self._shift += timedelta(seconds=seconds, **parts)

    def reset(self) -> None:
        self._shift = timedelta()

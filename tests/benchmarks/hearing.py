"""One seed of chaos on a feed that is listened to: posts come by the stream, by the search beside it, or by neither."""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from threading import Event

from monitor.collecting.streams import Listening
from monitor.store import Store
from tests.benchmarks.storm import Storm
from tests.platforms import Platforms
from tests.platforms.arrivals import Stream
from tests.platforms.jetstream import Jetstream
from tests.sources.rows import Row

HEARD = {"x-stream": "x", "bluesky-stream": "bluesky"}
OPTIONS = {"stream": True, "search_every": "1s"}
LONGEST_SCENE = 6  # things that happen while a connection stands
QUIET = 2  # looks at the clock in the calm, for one of which it listens
REFUSED_WITH = (429, 400, 503)
NOTICED = 3.0  # seconds in which a platform finds out that nobody listens any more


class Scene(Event):
    """The time of one connection: whenever the desk looks whether to stop, the next thing happens; then it is over."""

    def __init__(self, acts: Iterable[Callable[[], object]]) -> None:
        super().__init__()
        self._acts = iter(acts)

    def is_set(self) -> bool:
        act = next(self._acts, None)
        if act is not None:
            act()
        return act is None


class HeardStorm(Storm):
    """A storm over a desk that listens."""

    counted = False  # it searches far more often than anybody would

    def __init__(self, row: Row, platforms: Platforms, seed: int, store: Store) -> None:
        heard = replace(row, options=lambda platforms: row.options(platforms) | OPTIONS)
        super().__init__(heard, platforms, seed, store)
        self.line = find_line(platforms, row.name)
        self.desk.reading = lambda *given: Listening(Scene(self._draw_scene()), *given)

    def calm(self) -> None:
        self.line.drop, self.line.silent = 0, False
        if isinstance(self.line, Jetstream):
            self.line.refuse_with = 0
        self._let_notice()
        super().calm()

    def _poll(self, dies_after: int | None = None) -> bool:
        done = super()._poll(dies_after)
        if not self.raging:
            self._let_notice()
        return done

    def _draw_scene(self) -> list[Callable[[], object]]:
        if not self.raging:
            return [self._look_on] * QUIET
        acts = (self._post, self.world.change_one, self._let_time_pass, self._break_off, self._leave_out, self._mute)
        often = (8, 2, 2, 1, 1, 1)
        return self.dice.choices(acts, often, k=self.dice.randint(0, LONGEST_SCENE))

    def _post(self) -> None:
        self.world.post(self.dice.choice((1, 2, 5, 30)))

    def _let_time_pass(self) -> None:
        """Long enough, now and then, for a new line in the ledger and a look at gaps."""
        self.clock.advance(self.dice.uniform(1, 400))

    def _break_off(self) -> None:
        if isinstance(self.line, Stream):
            self.line.hang_up()
            return
        self.line.refuse_with = self.dice.choice((0, 0, *REFUSED_WITH))
        self.line.hang_up(self.dice.choice((1000, 1011)))

    def _leave_out(self) -> None:
        self.line.drop = self.dice.randint(1, 10)

    def _mute(self) -> None:
        """Until somebody else finds that it speaks again."""
        self.line.silent = not self.line.silent

    def _look_on(self) -> None:
        """Nothing happens."""

    def _let_notice(self) -> None:
        """X allows one connection, and takes a moment to find that the last one is gone."""
        end = time.monotonic() + NOTICED
        while isinstance(self.line, Stream) and self.line.open_ones and time.monotonic() < end:
            time.sleep(0.02)


def find_line(platforms: Platforms, name: str) -> Stream | Jetstream:
    return platforms.x.stream if name == "x" else platforms.bluesky.jetstream

"""A desk that answers, on the clock of the fake platforms."""

from collections.abc import Callable

import pytest

from monitor.replies.sending import send_due
from monitor.store import Store
from tests.platforms import Platforms
from tests.replying import Answering, make_settings


@pytest.fixture
def answering(any_store: Store, platforms: Platforms) -> Answering:
    return Answering(any_store, platforms, make_settings(platforms), platforms.clock.now())


@pytest.fixture
def deliver(answering: Answering) -> Callable[[], int]:
    """Send what is due, as the clockwork does; how many came into public."""

    def run() -> int:
        clock = answering.platforms.clock.now
        return send_due(answering.store, answering.settings, answering.environment, clock=clock)

    return run

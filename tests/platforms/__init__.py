"""One stateful fake of the platforms: X, Reddit and Slack on 127.0.0.1, with a clock to turn and faults on demand."""

from tests.platforms.server import Platforms

__all__ = ["Platforms"]

"""Run the fake platforms until interrupted: `python -m tests.platforms --port 8900`."""

import argparse
import contextlib

from tests.platforms.server import Platforms


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    platforms = Platforms(parser.parse_args().port)
    print(f"The platforms are at {platforms.url} (/x, /reddit, /slack, /control)", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        platforms.serve_forever()


if __name__ == "__main__":
    main()

"""Many people claim the same mentions at once: `python -m tests.benchmarks.claims --people 50 --rounds 2000 --json`.

Of every round one person must win, and every other must be told who it was. With `--browsers N`, N real browsers race
instead.
"""

import json
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Barrier

import click
from playwright.sync_api import Page

from monitor import users
from monitor.clock import utcnow
from tests.benchmarks.serving import Desk, call, desk_served
from tests.browser.chromium import find_chromium, open_chromium
from tests.factories import make_mention

WON, LOST = 200, 409
CLAIM = "document.querySelector('#actions [data-key=c]')?.click()"
HOLDER = "#actions .holder"  # where the page says who holds it


@dataclass
class Verdict:
    """What came of all rounds."""

    people: int
    rounds: int = 0
    winners: int = 0
    double_winners: int = 0  # rounds that more than one won
    losers: int = 0
    losers_told: int = 0  # that were told the winner's name, and since when
    seconds: float = 0.0

    def count(self, won: list[str], told: list[str]) -> None:
        """One round: the names of the winners, and whom each loser was told of."""
        self.rounds += 1
        self.winners += len(won)
        self.double_winners += len(won) > 1
        self.losers += len(told)
        self.losers_told += sum(name in won for name in told)


def make_mentions(desk: Desk, number: int) -> list[int]:
    with desk.store.write() as session:
        return [make_mention(session, urgency="urgent").id for _ in range(number)]


def race_programs(desk: Desk, people: int, rounds: int) -> Verdict:
    """Each person has a connection and a thread; a barrier lets them go together."""
    hired = desk.hire(people)
    tokens = {user.name: desk.token(user) for user in hired}
    mentions, start = make_mentions(desk, rounds), Barrier(people)

    def race(name: str) -> list[tuple[int, str]]:
        connection = desk.connect()
        outcomes = []
        for mention_id in mentions:
            start.wait()
            status, body = call(connection, tokens[name], f"/mentions/{mention_id}/claim")
            outcomes.append((status, told_by(json.loads(body)) if status == LOST else name))
        return outcomes

    verdict = Verdict(people)
    with ThreadPoolExecutor(people) as pool:
        for outcome in zip(*pool.map(race, tokens), strict=True):
            won = [name for status, name in outcome if status == WON]
            verdict.count(won, [name for status, name in outcome if status != WON])
    return verdict


def told_by(refusal: dict[str, str]) -> str:
    return refusal.get("claimed_by", "") if refusal.get("claimed_at") else ""


def race_browsers(desk: Desk, people: int, rounds: int) -> Verdict:
    """Every browser has the mention open; all are told to press Claim in the same moment."""
    path = find_chromium()
    if path is None:
        raise click.ClickException("There is no Chromium here; install it or set MENTIONDESK_CHROMIUM.")
    mentions, verdict = make_mentions(desk, rounds), Verdict(people)
    with open_chromium(path) as browser:
        pages = []
        for user in desk.hire(people):
            page = browser.new_context(base_url=desk.address).new_page()
            with desk.store.write() as session:
                token = users.make_sign_in_link(session, session.merge(user), utcnow())
            page.goto(f"/sign-in/{token}")
            page.get_by_role("button", name="Sign in").click()
            pages.append((user.name, page))
        for mention_id in mentions:
            race_one(pages, mention_id, verdict)
    return verdict


def race_one(pages: list[tuple[str, Page]], mention_id: int, verdict: Verdict) -> None:
    for _, page in pages:
        page.goto(f"/mentions/{mention_id}")
    for _, page in pages:
        page.evaluate(CLAIM)
    said = {}
    for name, page in pages:
        page.locator(HOLDER).wait_for(timeout=60_000)
        said[name] = page.locator(HOLDER).inner_text()
    won = [name for name, words in said.items() if words == "Yours"]
    verdict.count(won, [words.removesuffix(" holds this") for words in said.values() if words != "Yours"])


@click.command()
@click.option("--people", default=50, show_default=True)
@click.option("--rounds", default=2000, show_default=True)
@click.option("--browsers", default=0, help="Race with this many real browsers instead of programs.")
@click.option("--database", default="", help="An empty PostgreSQL database; else SQLite in a folder of its own.")
@click.option("--json", "as_json", is_flag=True)
def main(people: int, rounds: int, browsers: int, database: str, as_json: bool) -> None:
    """Race, and print what came of it."""
    race: Callable[[Desk, int, int], Verdict] = race_browsers if browsers else race_programs
    with tempfile.TemporaryDirectory() as folder, desk_served(Path(folder), database) as desk:
        begun = time.monotonic()
        verdict = race(desk, browsers or people, rounds)
        verdict.seconds = round(time.monotonic() - begun, 1)
    if as_json:
        click.echo(json.dumps(asdict(verdict)))
        return
    for name, value in asdict(verdict).items():
        click.echo(f"{name.replace('_', ' '):16} {value:>10,}")


if __name__ == "__main__":
    main()

"""The demo's script covers what a care desk meets, and its showing is exact: nothing lost, nothing doubled."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import combinations, islice, pairwise
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from classifier.labels import NEEDS, URGENCIES
from sources.base import Budget, Capability, Cursor, Misconfigured, Page, Post
from sources.sample import Sample
from sources.sample.feed import SampleOptions
from sources.sample.script import read_script
from sources.sample.showing import Showing, due_posts

START = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
SCRIPT = read_script()
SHOWING = Showing(START)
PLATFORMS = {"x", "reddit", "bluesky", "mastodon", "hackernews"}


def rows() -> list[dict[str, Any]]:
    text = files("sources.sample").joinpath("posts.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


ROWS = rows()


def due(seconds: float, after: int = 0, showing: Showing = SHOWING) -> list[Post]:
    return list(due_posts(showing, START + timedelta(seconds=seconds), after))


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def share(name: str, *values: object) -> float:
    return sum(row["intended"][name] in values for row in ROWS) / len(ROWS)


class TestTheScript:
    def test_there_is_enough_of_it(self) -> None:
        assert len(ROWS) >= 300
        assert SCRIPT.backlog >= 180
        assert len({(row["platform"], row["author"]) for row in ROWS}) >= 150

    def test_every_label_is_meant_by_some_post_and_no_other(self) -> None:
        intended = [row["intended"] for row in ROWS]
        assert {labels["urgency"] for labels in intended} == set(URGENCIES)
        assert {labels["need"] for labels in intended} == set(NEEDS)
        assert {labels["abuse"] for labels in intended} == {0, 1}

    def test_every_need_is_met_more_than_a_few_times(self) -> None:
        counts = Counter(row["intended"]["need"] for row in ROWS)
        assert min(counts.values()) >= 8, counts

    def test_urgencies_are_in_natural_proportions(self) -> None:
        assert share("urgency", "low", "normal") > 0.6
        assert 0.15 < share("urgency", "high") < 0.3
        assert 0.03 < share("urgency", "urgent") < 0.09
        assert 0.01 < share("abuse", 1) < 0.05

    def test_every_platform_is_there_before_the_first_minute_of_looking(self) -> None:
        assert {post.source for post in due(0)} == PLATFORMS

    def test_no_two_posts_are_near_copies(self) -> None:
        bags = [words(row["text"]) for row in ROWS if len(words(row["text"])) > 4]
        likeness = max(len(a & b) / len(a | b) for a, b in combinations(bags, 2))
        assert len({row["text"] for row in ROWS}) == len(ROWS)
        assert likeness < 0.5

    def test_every_post_would_have_been_found_by_the_brands_terms(self) -> None:
        term = re.compile(r"aurora air|@auroraair|u/auroraair", re.IGNORECASE)
        assert [row["text"] for row in ROWS if not term.search(row["text"])] == []

    def test_lengths_and_languages_are_those_of_real_people(self) -> None:
        lengths = [len(row["text"]) for row in ROWS]
        assert min(lengths) < 60
        assert sum(length >= 500 for length in lengths) >= 10
        assert {row["lang"] for row in ROWS if "lang" in row} == {"ar", "de", "es", "fr"}
        assert max(len(line.author.name) for line in SCRIPT.lines) == 50

    @pytest.mark.parametrize("platform", ["x", "bluesky"])
    def test_short_form_platforms_carry_short_posts(self, platform: str) -> None:
        assert max(len(row["text"]) for row in ROWS if row["platform"] == platform) <= 280

    @pytest.mark.parametrize("hostile", ["<img src=x onerror=", "\u202e", "<!channel>", "](javascript:", "\u200b"])
    def test_some_text_is_hostile(self, hostile: str) -> None:
        assert any(hostile in row["text"] for row in ROWS)

    @pytest.mark.parametrize("hostile", ["<script>", "\u202e", "{{7*7}}", "`code`", "يارا"])
    def test_some_name_is_hostile_or_runs_the_other_way(self, hostile: str) -> None:
        assert any(hostile in line.author.name for line in SCRIPT.lines)

    def test_some_authors_have_a_history(self) -> None:
        counts = Counter((row["platform"], row["author"]) for row in ROWS)
        assert sum(count > 1 for count in counts.values()) >= 40

    def test_lines_stand_in_the_order_of_their_time(self) -> None:
        assert all(a.at <= b.at for a, b in pairwise(SCRIPT.lines))

    def test_every_author_of_the_data_writes(self) -> None:
        text = files("sources.sample").joinpath("authors.jsonl").read_text(encoding="utf-8")
        authors = [json.loads(line) for line in text.split("\n") if line]
        assert {(a["platform"], a["handle"]) for a in authors} == {(r["platform"], r["author"]) for r in ROWS}


class TestTheShowing:
    def test_the_first_poll_brings_the_past_nine_days(self) -> None:
        posts = due(0)
        assert len(posts) == SCRIPT.backlog
        assert timedelta(days=8.9) < START - posts[0].created_at <= timedelta(days=9)
        assert posts[-1].created_at < START

    def test_every_day_of_the_backlog_has_posts(self) -> None:
        days = Counter((START - post.created_at).days for post in due(0))
        assert all(days[day] >= 10 for day in range(9)), days

    def test_posts_arrive_every_few_seconds_to_a_minute(self) -> None:
        arriving = due(SCRIPT.length)[SCRIPT.backlog :]
        waits = [(b.created_at - a.created_at).total_seconds() for a, b in pairwise(arriving)]
        assert len(arriving) == SCRIPT.live
        assert max(waits) <= 70
        assert sum(wait > 20 for wait in waits) > 40

    def test_the_storm_hits_after_three_minutes_and_passes(self) -> None:
        calm, storm, after = len(due(179)), len(due(270)), len(due(360))
        assert calm - SCRIPT.backlog < 20
        assert storm - calm >= 40
        assert after - storm < 15

    def test_the_storm_is_about_things_broken_now(self) -> None:
        storm = [row["intended"] for row in ROWS if 179 < row["at"] < 270]
        assert sum(labels["urgency"] == "urgent" for labels in storm) >= 5
        assert sum(labels["need"] == "fault" for labels in storm) > len(storm) / 2

    def test_pace_hurries_what_arrives_but_not_what_has_been(self) -> None:
        fast = Showing(START, pace=10)
        assert due(0, showing=fast) == due(0)
        assert [post.id for post in due(20, showing=fast)] == [post.id for post in due(200, showing=Showing(START))]

    def test_seed_moves_the_arrivals_only(self) -> None:
        other = due(SCRIPT.length, showing=Showing(START, seed=1))
        mine = due(SCRIPT.length)
        assert [post.id for post in other] == [post.id for post in mine]
        assert sum(a.created_at != b.created_at for a, b in zip(mine, other, strict=True)) > len(mine) / 2

    def test_a_new_round_has_fresh_ids_and_comes_far_slower(self) -> None:
        night = due(12 * 3600)
        first = len(due(SCRIPT.length))
        assert len({post.id for post in night}) == len(night)
        assert first + 20 < len(night) < first + SCRIPT.live
        assert night[first].text == night[SCRIPT.backlog].text

    @given(
        number=st.integers(0, 5_000),
        pace=st.floats(0.01, 1000),
        seed=st.integers(0, 99),
    )
    def test_order_ids_and_times_hold_for_any_pace(self, number: int, pace: float, seed: int) -> None:
        showing = Showing(START, pace, seed)
        post = showing.post(number)
        assert showing.arrival(number) <= showing.arrival(number + 1)
        assert showing.number(post.id) == number
        assert post == showing.post(number)

    @pytest.mark.parametrize("round_", [0, 1, 2])
    def test_an_answer_belongs_to_a_thread_that_came_before(self, round_: int) -> None:
        through = SCRIPT.backlog + round_ * SCRIPT.live
        posts = [SHOWING.post(number) for number in range(through)]
        place = {post.id: index for index, post in enumerate(posts)}
        answers = [post for post in posts if post.in_reply_to]
        assert len(answers) >= 8
        for answer in answers:
            opened = posts[place[answer.in_reply_to or ""]]
            assert opened.thread_id == answer.thread_id == opened.id
            assert opened.created_at < answer.created_at
            assert opened.author == answer.author

    def test_addresses_lead_nowhere_and_every_post_says_it_is_a_demo(self) -> None:
        posts = due(SCRIPT.length)
        assert all((urlsplit(post.url).hostname or "").endswith(".example") for post in posts)
        assert len({post.url for post in posts}) == len(posts)
        assert all(post.extra == {"demo": True} for post in posts)

    def test_what_was_intended_is_not_told(self) -> None:
        assert "intended" not in str(due(0)[0])

    @pytest.mark.parametrize("foreign", ["", "17", "demo-1-0-3", "demo-x-0-3", "demo-{0}-0-999999", "demo-{0}-1-0"])
    def test_an_id_of_no_post_has_no_number(self, foreign: str) -> None:
        assert SHOWING.number(foreign.format(int(START.timestamp()))) is None


def sample(**options: Any) -> Sample:
    return Sample(SampleOptions(**options), {})


def stored(cursor: Cursor | None) -> Cursor | None:
    """The cursor as the desk hands it back: through JSON."""
    back: Cursor | None = json.loads(json.dumps(cursor))
    return back


def poll(cursor: Cursor | None, budget: Budget, pages: int | None = None, **options: Any) -> Iterator[Page]:
    """A poll by a fresh process that is killed after `pages` pages."""
    yield from islice(sample(**options).fetch(stored(cursor), budget), pages)


class TestTheSource:
    def test_the_first_poll_begins_now(self) -> None:
        before = datetime.now(UTC)
        pages = list(sample().fetch(None, Budget()))
        posts = [post for page in pages for post in page.posts]
        assert len(posts) == SCRIPT.backlog
        assert before - timedelta(minutes=6) < posts[-1].created_at < before

    def test_a_second_poll_brings_nothing_old(self) -> None:
        source = sample()
        *_, last = source.fetch(None, Budget())
        assert list(source.fetch(last.next_cursor, Budget())) == []

    def test_nothing_comes_before_the_start(self) -> None:
        assert list(sample(start=datetime.now(UTC) + timedelta(days=10)).fetch(None, Budget())) == []

    @pytest.mark.parametrize(
        ("requests", "posts", "pages"), [(1, 5_000, None), (50, 7, None), (3, 250, 1), (2, 5_000, 2)]
    )
    def test_killed_polls_lose_and_double_nothing(self, requests: int, posts: int, pages: int | None) -> None:
        start = datetime.now(UTC) - timedelta(days=2)
        cursor: Cursor | None = None
        got: list[Post] = []
        while batch := list(poll(cursor, Budget(requests, posts), pages, start=start)):
            assert sum(len(page.posts) for page in batch) <= posts
            assert len(batch) <= requests
            got += [post for page in batch for post in page.posts]
            cursor = batch[-1].next_cursor
        whole = list(due_posts(Showing(start.replace(microsecond=0)), datetime.now(UTC), 0))
        assert len(got) > len(ROWS)
        assert got == whole[: len(got)]
        assert len(whole) - len(got) <= 1  # one may have arrived since

    def test_a_page_that_was_not_stored_comes_again_the_same(self) -> None:
        start = datetime.now(UTC) - timedelta(days=1)
        first, lost = islice(poll(None, Budget(), start=start), 2)
        again = next(poll(first.next_cursor, Budget(), start=start))
        assert again == lost

    def test_the_cursor_keeps_the_start_it_began_with(self) -> None:
        *_, last = sample(start=START).fetch(None, Budget())
        [*_, more] = sample(start=START + timedelta(days=1)).fetch({**last.next_cursor, "seen": 0}, Budget(posts=1))
        assert more.posts[0] == SHOWING.post(0)

    def test_recheck_returns_the_posts_unchanged(self) -> None:
        posts = due(SCRIPT.length + 3600)
        assert sample().recheck([post.id for post in posts]) == {post.id: post for post in posts}

    def test_recheck_leaves_out_what_is_none_of_ours(self) -> None:
        mine = SHOWING.post(3)
        assert sample().recheck(["1859", mine.id, "demo-9-9-9"]) == {mine.id: mine}

    def test_a_thread_is_its_opening_post_and_the_answers_that_have_arrived(self) -> None:
        arrived = list(due_posts(Showing(START), datetime.now(UTC), 0))
        answer = next(post for post in arrived if post.in_reply_to)
        thread = sample().thread(answer.id, None)
        assert thread == sample().thread(answer.thread_id or "", answer.thread_id)
        assert list(thread) == [post for post in arrived if post.thread_id == answer.thread_id]
        assert len(thread) >= 2
        assert list(Showing(START).thread(0, SHOWING.arrival(0))) == [SHOWING.post(0)]

    def test_the_demo_cannot_publish(self) -> None:
        assert Capability.REPLY not in Sample.capabilities
        with pytest.raises(Misconfigured, match="cannot publish"):
            sample().reply("demo-1-1-1", "Hello")

    @pytest.mark.parametrize("options", [{"pace": 0}, {"pace": -1}, {"paces": 1}, {"start": "2026-11-16T09:30"}])
    def test_options_that_make_no_sense_are_refused(self, options: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            sample(**options)

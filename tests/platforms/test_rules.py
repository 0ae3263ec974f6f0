"""The fake X and Reddit refuse what the real ones refuse, and obey over HTTP as they do in Python."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from tests.platforms import Platforms

SEARCH = "/x/2/tweets/search/recent"


def get_x(platforms: Platforms, path: str = SEARCH, **params: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {platforms.x_credentials['bearer_token']}"}
    return requests.get(platforms.url + path, {"query": "aurora", **params}, headers=headers, timeout=5)


def get_reddit(platforms: Platforms, path: str, **params: Any) -> requests.Response:
    auth = (platforms.reddit_credentials["client_id"], platforms.reddit_credentials["client_secret"])
    url, form = f"{platforms.url}/reddit", {"grant_type": "client_credentials"}
    token = requests.post(f"{url}/api/v1/access_token", form, auth=auth, timeout=5).json()["access_token"]
    headers = {"Authorization": f"bearer {token}"}
    return requests.get(url + path, params, headers=headers, timeout=5, allow_redirects=False)


class TestX:
    @pytest.mark.parametrize(
        ("params", "words"),
        [
            ({"page": 2}, "The query parameter [page] is not one of"),
            ({"max_results": 9}, "is not between 10 and 100"),
            ({"max_results": 101}, "is not between 10 and 100"),
            ({"query": "x" * 513}, "must be between 1 and 512 characters"),
            ({"since_id": 1}, "'since_id' must be a tweet id created after"),
            ({"next_token": "5.abc"}, "does not belong to this query"),
        ],
    )
    def test_a_request_that_x_refuses(self, platforms: Platforms, params: dict[str, Any], words: str) -> None:
        answer = get_x(platforms, **params)
        assert answer.status_code == 400
        assert words in answer.json()["errors"][0]["message"]

    def test_since_id_and_start_time_exclude_each_other(self, platforms: Platforms) -> None:
        id = platforms.x.post("aurora")
        assert get_x(platforms, since_id=id, start_time="2026-11-01T00:00:00Z").status_code == 400
        assert get_x(platforms, since_id=id).status_code == 200

    def test_nobody_reads_without_a_token(self, platforms: Platforms) -> None:
        assert requests.get(platforms.url + SEARCH, {"query": "aurora"}, timeout=5).status_code == 401

    def test_no_posts_leave_data_out(self, platforms: Platforms) -> None:
        assert get_x(platforms).json() == {"meta": {"result_count": 0}}

    def test_the_newer_vocabulary(self, platforms: Platforms) -> None:
        id = platforms.x.post("aurora")
        platforms.x.vocabulary = "post"
        assert get_x(platforms).json()["data"][0]["edit_history_post_ids"] == [id]


class TestReddit:
    @pytest.mark.parametrize(("params", "status"), [({"limit": 101}, 400), ({"page": 2}, 400), ({"limit": 100}, 200)])
    def test_parameters_are_checked(self, platforms: Platforms, params: dict[str, Any], status: int) -> None:
        assert get_reddit(platforms, "/r/flights/comments", **params).status_code == status

    def test_closed_subreddits_close_what_is_asked_with_them(self, platforms: Platforms) -> None:
        platforms.reddit.private.add("travel")
        platforms.reddit.banned.add("spam")
        asked = {
            name: get_reddit(platforms, f"/r/flights+{name}/new").status_code for name in ("travel", "spam", "xyz")
        }
        assert asked == {"travel": 403, "spam": 404, "xyz": 302}

    def test_before_a_deleted_item_there_is_nothing(self, platforms: Platforms) -> None:
        first = platforms.reddit.post("one")
        platforms.reddit.post("two")
        below = {"before": first}
        assert len(get_reddit(platforms, "/r/flights/comments", **below).json()["data"]["children"]) == 1
        platforms.reddit.delete(first)
        assert get_reddit(platforms, "/r/flights/comments", **below).json()["data"]["children"] == []

    def test_an_allowance_runs_out(self, platforms: Platforms) -> None:
        platforms.reddit.allowance = 1
        answers = [get_reddit(platforms, "/r/flights/new") for _ in range(2)]
        assert [each.status_code for each in answers] == [200, 429]
        assert answers[0].headers["x-ratelimit-remaining"] == "0.0"


def test_another_process_posts_edits_deletes_and_turns_the_clock(platforms: Platforms) -> None:
    def act(path: str, **arguments: Any) -> Any:
        answer = requests.post(f"{platforms.url}/control/{path}", json=arguments, timeout=5)
        answer.raise_for_status()
        return answer.json()

    hour_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    kept, gone = (act("x/post", text="aurora", author="bob", at=hour_ago)["result"] for _ in range(2))
    edited = act("x/edit", id=kept, text="aurora again")["result"]
    act("x/delete", id=gone)
    act("clock", days=1)
    assert [each["id"] for each in get_x(platforms).json()["data"]] == [edited]
    log = requests.get(f"{platforms.url}/control/x/requests", timeout=5).json()
    assert [(each["path"], each["status"]) for each in log] == [("/2/tweets/search/recent", 200)]
    assert platforms.clock.now() > datetime.now(UTC) + timedelta(hours=23)


def test_it_runs_by_itself() -> None:
    command = [sys.executable, "-m", "tests.platforms"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout
            url = running.stdout.readline().split()[4]
            assert requests.post(f"{url}/control/reset", timeout=5).status_code == 200
        finally:
            running.terminate()

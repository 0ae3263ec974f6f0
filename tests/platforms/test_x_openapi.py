"""The fake X answers as X's own OpenAPI document says."""

import json
from pathlib import Path
from typing import Any

import pytest
import requests
from jsonschema import Draft4Validator, validators

from tests.platforms import Platforms
from tests.platforms.x import TOKEN

DOCUMENT = Path(__file__).parents[3] / "shared" / "recorded" / "x" / "openapi" / "openapi_2.166_tweet_names.json"
FIELDS = {
    "tweet.fields": "author_id,conversation_id,created_at,edit_history_tweet_ids,lang,public_metrics,referenced_tweets",
    "expansions": "author_id",
    "user.fields": "name,public_metrics,username",
}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    if not DOCUMENT.is_file():
        pytest.skip("the OpenAPI document of ../shared/recorded/x is not here")
    found: dict[str, Any] = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    return found


@pytest.fixture
def asked(platforms: Platforms) -> dict[str, tuple[str, dict[str, str]]]:
    """A question for each path that answers with posts: a thread, a retweet, a quote, an edit, a post that is gone."""
    fake = platforms.x
    root = fake.post("aurora air lost my bag", author="dana")
    fake.post("@auroraair still nothing", author="dana", reply_to=root)
    fake.post("aurora air, see this", author="zoe", quote_of=root)
    edited = fake.edit(fake.post("aurora air is late"), "aurora air is very late")
    gone = fake.post("aurora air, never mind")
    fake.delete(gone)
    account = fake.account("auroraair")
    return {
        "/2/tweets/search/recent": ("/2/tweets/search/recent", {"query": "aurora", "max_results": "10", **FIELDS}),
        "/2/users/{id}/mentions": (f"/2/users/{account.id}/mentions", {"max_results": "10", **FIELDS}),
        "/2/tweets": ("/2/tweets", {"ids": f"{root},{edited},{gone}", **FIELDS}),
        "/2/users/by/username/{username}": ("/2/users/by/username/auroraair", {}),
    }


def validator_for(document: dict[str, Any], path: str) -> Draft4Validator:
    answers = document["paths"][path]["get"]["responses"]
    schema = answers["200"]["content"]["application/json"]["schema"]
    # OpenAPI 3.0 is close to draft 4; what it adds (discriminator, nullable) asks for less here, not for more.
    return validators.extend(Draft4Validator)({**schema, "components": document["components"]})


@pytest.mark.parametrize(
    "path", ["/2/tweets/search/recent", "/2/users/{id}/mentions", "/2/tweets", "/2/users/by/username/{username}"]
)
def test_answers_are_as_the_document_says(
    platforms: Platforms, asked: dict[str, tuple[str, dict[str, str]]], document: dict[str, Any], path: str
) -> None:
    address, params = asked[path]
    headers = {"Authorization": f"Bearer {TOKEN}"}
    answer = requests.get(f"{platforms.url}/x{address}", params, headers=headers, timeout=10)
    assert answer.status_code == 200
    body = answer.json()
    assert body["data"]
    assert [error.message for error in validator_for(document, path).iter_errors(body)] == []


def test_the_document_would_refuse_another_answer(document: dict[str, Any]) -> None:
    wrong = {"data": [{"id": 7, "text": "an id must be text"}]}
    assert list(validator_for(document, "/2/tweets").iter_errors(wrong))

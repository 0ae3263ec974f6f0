"""The fake Slack answers Slack's own client and scripts its failures."""

import requests
from slack_sdk import WebClient, WebhookClient

from tests.platforms import Platforms


def test_a_webhook_message_arrives(platforms: Platforms) -> None:
    answer = WebhookClient(platforms.slack_webhook_url).send(text="hello")
    assert (answer.status_code, answer.body) == (200, "ok")
    assert [(each.via, each.text) for each in platforms.slack.messages] == [("webhook", "hello")]


def test_a_bot_message_arrives(platforms: Platforms) -> None:
    client = WebClient(platforms.slack_token, base_url=platforms.slack_base_url)
    assert client.chat_postMessage(channel="C1", text="hello")["ok"]
    assert [(each.via, each.channel) for each in platforms.slack.messages] == [("api", "C1")]


def test_failures_come_in_the_order_they_were_scripted(platforms: Platforms) -> None:
    platforms.slack.fail("429", retry_after=7)
    platforms.slack.fail("503", times=2)
    answers = [WebhookClient(platforms.slack_webhook_url).send(text="hello") for _ in range(4)]
    assert [each.status_code for each in answers] == [429, 503, 503, 200]
    assert answers[0].headers["Retry-After"] == "7"
    assert len(platforms.slack.messages) == 1


def test_a_text_above_slacks_limit_is_refused(platforms: Platforms) -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}
    answer = WebhookClient(platforms.slack_webhook_url).send(text="hello", blocks=[section])
    assert (answer.status_code, answer.body) == (400, "invalid_blocks")


def test_control_over_http_does_the_same(platforms: Platforms) -> None:
    requests.post(f"{platforms.url}/control/slack/fail", json={"kind": "503"}, timeout=5).raise_for_status()
    assert WebhookClient(platforms.slack_webhook_url).send(text="lost").status_code == 503
    WebhookClient(platforms.slack_webhook_url).send(text="kept")
    arrived = requests.get(f"{platforms.url}/control/slack/messages", timeout=5).json()
    assert [each["text"] for each in arrived] == ["kept"]

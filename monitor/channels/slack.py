"""Slack: an incoming webhook, or `chat.postMessage` with a bot's token, laid out in Block Kit."""

import http.client
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, ClassVar

from slack_sdk import WebClient, WebhookClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.base_client import BaseClient

from monitor.channels.base import SEND_SECONDS, ChannelError, Link, Message
from monitor.settings import ChannelSettings
from monitor.wording import excerpt, one_line

Block = dict[str, Any]

# Limits of the Block Kit reference, counted in characters after escaping.
SECTION, HEADER, BLOCKS = 3_000, 150, 50
# Slack's words for a trouble that passes; every other refusal stays the same until a person acts.
PASSING = frozenset(
    {"ratelimited", "rate_limited", "rollup_error", "internal_error", "fatal_error", "service_unavailable"}
    | {"request_timeout", "message_limit_exceeded", "team_added_to_org", "accesslimited"}
)
QUIET = logging.getLogger("mentiondesk.slack")  # what the client would log, we raise
QUIET.propagate = False
QUIET.addHandler(logging.NullHandler())
UNREACHABLE = (OSError, http.client.HTTPException, SlackClientError, ValueError)


class Slack:
    """One Slack channel. With a token and a channel's name it uses the Web API, otherwise the webhook."""

    prefix: ClassVar[str] = "SLACK"
    credentials: ClassVar[tuple[str, ...]] = ("webhook_url", "bot_token")

    def __init__(self, settings: ChannelSettings, credentials: Mapping[str, str]) -> None:
        self.name = settings.name
        self.channel = settings.channel
        self.base_url = settings.base_url or BaseClient.BASE_URL
        self.token, self.webhook_url = credentials.get("bot_token", ""), credentials.get("webhook_url", "")
        if trouble := self._find_trouble(settings.credentials or self.prefix):
            raise ChannelError(trouble, permanent=True)

    def _find_trouble(self, prefix: str) -> str:
        """What is missing or unusable, in a sentence that never shows the secret."""
        if self.token and self.channel:
            return ""
        if self.webhook_url:
            is_address = self.webhook_url.startswith(("https://", "http://"))
            return "" if is_address else f"MENTIONDESK_{prefix}_WEBHOOK_URL is not a web address."
        if self.token:
            return f"The channel '{self.name}' has a bot token but no `channel` to post to."
        return f"The channel '{self.name}' needs MENTIONDESK_{prefix}_WEBHOOK_URL or MENTIONDESK_{prefix}_BOT_TOKEN."

    def send(self, message: Message, key: str) -> None:
        body = {
            "text": cut_escaped(one_line(message.title), HEADER),
            "blocks": layout(message),
            "unfurl_links": False,
            "unfurl_media": False,
            "metadata": {"event_type": "mentiondesk_alert", "event_payload": {"key": key}},
        }
        if self.token and self.channel:
            self._post_message(body)
        else:
            self._call_webhook(body)

    def _post_message(self, body: dict[str, Any]) -> None:
        client = WebClient(self.token, base_url=self.base_url, timeout=SEND_SECONDS, retry_handlers=[], logger=QUIET)
        try:
            client.chat_postMessage(channel=self.channel, **body)
        except SlackApiError as error:
            answer: Any = error.response
            raise refusal(answer.status_code, str(answer.get("error", "")), answer.headers) from None
        except UNREACHABLE as error:
            raise ChannelError(f"Slack could not be reached: {one_line(str(error))}.") from None

    def _call_webhook(self, body: dict[str, Any]) -> None:
        try:
            client = WebhookClient(self.webhook_url, timeout=SEND_SECONDS, retry_handlers=[], logger=QUIET)
            answer = client.send_dict(body)
        except UNREACHABLE as error:
            raise ChannelError(f"Slack could not be reached: {one_line(str(error))}.") from None
        # A webhook does not raise: only this status with this body means that the message was taken.
        if answer.status_code != 200 or answer.body != "ok":
            raise refusal(answer.status_code, answer.body, answer.headers)


def refusal(status: int, reason: str, headers: Mapping[str, Any]) -> ChannelError:
    """What Slack's refusal means for us. Reasons as in the references of chat.postMessage and incoming webhooks."""
    if status == 429 or reason in ("ratelimited", "rate_limited"):
        wait = retry_after(headers)
        return ChannelError(f"Slack asks us to wait {wait.seconds} s.", retry_after=wait)
    word = reason if re.fullmatch(r"[a-z_]{1,80}", reason) else ""  # what is no word of Slack's is some proxy's page
    if status >= 500 or word in PASSING or (status < 400 and not word):
        return ChannelError(f"Slack is in trouble ({status}).")
    return ChannelError(f"Slack refused the message: {word or status}.", permanent=True)


def retry_after(headers: Mapping[str, Any]) -> timedelta:
    """Slack's header, in whole seconds; half a minute where it is absent or odd."""
    given = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    text = str(given[0] if isinstance(given, list) else given).strip()
    return timedelta(seconds=min(int(text), 3600) if text.isdecimal() else 30)


def layout(message: Message) -> list[Block]:
    """The message as blocks, within Slack's limits."""
    title = {"type": "plain_text", "text": cut_escaped(one_line(message.title), HEADER), "emoji": False}
    blocks: list[Block] = [{"type": "header", "text": title}]
    if message.quote:
        blocks.append(section(quoted(message.quote)))
    blocks += packed((escape(excerpt(line, 500)) for line in message.lines), "\n")
    blocks += packed((f"{escape(name)} *{escape(excerpt(value, 100))}*" for name, value in message.fields), " · ")
    blocks += packed((f"• {anchor(item)}" for item in message.items), "\n")
    blocks += packed((anchor(link) for link in message.links), "   ")
    return blocks[:BLOCKS]


def packed(parts: Iterable[str], between: str) -> Iterator[Block]:
    """Short texts gathered into as few sections as hold them; one that is too long for any is left out."""
    gathered = ""
    for part in (part for part in parts if len(part) <= SECTION):
        if len(gathered) + len(between) + len(part) > SECTION:
            yield section(gathered)
            gathered = ""
        gathered += (between if gathered else "") + part
    if gathered:
        yield section(gathered)


def section(text: str) -> Block:
    # Verbatim: Slack must not go looking for links, channels and people in what strangers wrote.
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def quoted(text: str) -> str:
    """A stranger's words, every line marked as theirs, cut to what a section holds."""
    said = ""
    for line in text.splitlines():
        room = SECTION - len(said) - len("\n>…")
        marked = f">{escape(line)}"
        if len(marked) > room:
            return said + f">{cut_escaped(line, max(room, 0))}…"
        said += marked + "\n"
    return said.rstrip("\n")


def cut_escaped(text: str, room: int) -> str:
    """As much of a text, escaped, as fits; never half an entity."""
    letters: list[str] = []
    for letter in text:
        room -= len(escape(letter))
        if room < 0:
            break
        letters.append(escape(letter))
    return "".join(letters)


def escape(text: str) -> str:
    """Slack's three: so that no text can call @channel or dress up a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def anchor(link: Link) -> str:
    """A link whose address cannot end early and whose label cannot pose as markup."""
    address = escape(link.url).replace("|", "%7C").replace("&gt;", "%3E").replace("&lt;", "%3C")
    return f"<{address}|{escape(link.label).replace('|', '/')}>"

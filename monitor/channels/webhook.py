"""A webhook: the message as JSON to an address of your own, signed where a secret is set."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any, ClassVar

import requests

from monitor.channels.base import SEND_SECONDS, ChannelError, Message
from monitor.settings import ChannelSettings

SIGNATURE = "X-Mentiondesk-Signature"  # sha256=<HMAC-SHA256 of the body in hexadecimal>


class Webhook:
    """One address that takes a POST. Any 2xx answer means that the message was taken."""

    prefix: ClassVar[str] = "WEBHOOK"
    credentials: ClassVar[tuple[str, ...]] = ("url", "secret")

    def __init__(self, settings: ChannelSettings, credentials: Mapping[str, str]) -> None:
        self.name = settings.name
        self.url = settings.base_url or credentials.get("url", "")
        self.secret = credentials.get("secret", "")
        if not self.url.startswith(("http://", "https://")):
            prefix = settings.credentials or self.prefix
            raise ChannelError(
                f"The channel '{self.name}' needs an address: set its `base_url` or MENTIONDESK_{prefix}_URL.",
                permanent=True,
            )

    def send(self, message: Message, key: str) -> None:
        body = json.dumps(as_json(message, key), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": key, "User-Agent": "mentiondesk"}
        if self.secret:
            headers[SIGNATURE] = sign(body, self.secret)
        try:
            # Not to follow redirects: they would turn the POST into a GET, and could lead the message elsewhere.
            answer = requests.post(self.url, body, headers=headers, timeout=SEND_SECONDS, allow_redirects=False)
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema):
            raise ChannelError(f"The address of the channel '{self.name}' is unusable.", permanent=True) from None
        except requests.RequestException as error:
            raise ChannelError(f"The webhook could not be reached: {type(error).__name__}.") from None
        if not 200 <= answer.status_code < 300:
            raise refusal(answer)


def refusal(answer: requests.Response) -> ChannelError:
    """408, 425, 429 and 5xx may pass; every other answer stays the same until a person acts."""
    status = answer.status_code
    passing = status in (408, 425, 429) or status >= 500
    wait = answer.headers.get("Retry-After", "").strip()
    return ChannelError(
        f"The webhook answered {status}.",
        permanent=not passing,
        retry_after=timedelta(seconds=min(int(wait), 3600)) if passing and wait.isdecimal() else None,
    )


def sign(body: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def as_json(message: Message, key: str) -> dict[str, Any]:
    """Everything but the long form, which is made for people."""
    return {
        "key": key,
        "kind": message.kind,
        "language": message.language,
        "title": message.title,
        "quote": message.quote,
        "lines": list(message.lines),
        "fields": dict(message.fields),
        "items": [asdict(item) for item in message.items],
        "links": [asdict(link) for link in message.links],
        **message.data,
    }

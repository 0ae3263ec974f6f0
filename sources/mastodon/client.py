"""Mastodon.py behind our edge: it does not sleep, and it asks only what it is told to ask."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import mastodon
import requests

from sources.base import Misconfigured, Options, SourceError, Transient
from sources.http import Clock, check_base_url, need
from sources.mastodon.edge import MastodonEdge


class _Api(mastodon.Mastodon):
    """Does not ask the server about itself before each question; a refusal tells as much."""

    def timeline_is_available(self, *args: Any, **kwargs: Any) -> bool:
        return True

    def verify_minimum_version(self, *args: Any, **kwargs: Any) -> bool:
        return True


class Client:
    """One server. Every failure is a `SourceError`."""

    def __init__(self, options: Options, credentials: Mapping[str, str], clock: Clock) -> None:
        if not options.base_url:
            raise Misconfigured("A Mastodon feed needs base_url, the address of a server: https://mastodon.social.")
        url = check_base_url(options.base_url)
        self.host = urlsplit(url or "").netloc.rpartition("@")[2].casefold()
        self._signed_in = bool(credentials.get("access_token"))
        if self._signed_in:
            need(credentials, ("access_token",), "Mastodon")
        self._edge = MastodonEdge(options.timeout, clock)
        session = requests.Session()
        session.mount("https://", self._edge)
        session.mount("http://", self._edge)
        self._api = _Api(
            api_base_url=url,
            access_token=credentials.get("access_token") or None,
            ratelimit_method="throw",
            request_timeout=options.timeout,
            session=session,
            user_agent="mentiondesk",
        )

    @property
    def requests(self) -> int:
        """How many were answered so far."""
        return self._edge.requests

    def need_user(self, doing: str) -> None:
        """Raise `Misconfigured` where there is no access token."""
        if not self._signed_in:
            raise Misconfigured(f"{doing} on Mastodon needs MENTIONDESK_MASTODON_ACCESS_TOKEN.")

    def ask(self, act: Callable[[mastodon.Mastodon], Any]) -> Any:
        """The JSON that the server answered."""
        try:
            act(self._api)
        except mastodon.MastodonError as error:
            # It puts its own error in the place of whatever the session raised.
            if isinstance(error.__context__, SourceError):
                raise error.__context__ from None
            raise Transient(f"Mastodon.py could not use the server's answer ({type(error).__name__}).") from error
        return self._edge.body

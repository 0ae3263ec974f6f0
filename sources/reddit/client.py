"""praw behind our edge: it signs in and asks; it does not sleep, retry or phone home."""

from collections.abc import Mapping
from typing import Any

import praw
import prawcore
import requests

from sources.base import AuthFailed, Misconfigured, Options, SourceError, Transient
from sources.http import Clock, check_base_url
from sources.reddit.edge import RedditEdge, TokenRefused

HOSTS = {"reddit_url": "https://www.reddit.com", "oauth_url": "https://oauth.reddit.com"}


class Client:
    """Raw JSON of Reddit's API. Every failure is a `SourceError`."""

    def __init__(self, options: Options, credentials: Mapping[str, str], clock: Clock) -> None:
        self._options = options
        self._credentials = credentials
        self._session = requests.Session()
        edge = RedditEdge(options.timeout, clock)
        self._session.mount("https://", edge)
        self._session.mount("http://", edge)
        self._hosts = find_hosts(options.base_url)
        self._reddit: praw.Reddit | None = None

    def need_user(self, doing: str) -> None:
        """Raise `Misconfigured` unless the credentials are those of a user."""
        given = self._credentials
        if not given.get("refresh_token") and not (given.get("username") and given.get("password")):
            raise Misconfigured(
                f"{doing} on Reddit needs MENTIONDESK_REDDIT_REFRESH_TOKEN, "
                "or MENTIONDESK_REDDIT_USERNAME and MENTIONDESK_REDDIT_PASSWORD."
            )

    def get(self, path: str, params: Mapping[str, Any]) -> Any:
        return self._ask(method="GET", path=path, params=dict(params))

    def post(self, path: str, data: Mapping[str, Any]) -> Any:
        return self._ask(method="POST", path=path, data=dict(data))

    def _ask(self, **request: Any) -> Any:
        try:
            return self._ask_once(request)
        except TokenRefused:
            self._reddit = None  # signs in anew
            return self._ask_once(request)

    def _ask_once(self, request: Mapping[str, Any]) -> Any:
        try:
            self._reddit = self._reddit or self._sign_in()
            return self._reddit.request(**request)
        except prawcore.RequestException as error:
            if isinstance(error.original_exception, SourceError):
                raise error.original_exception from None
            raise Transient(f"Reddit cannot be reached ({type(error.original_exception).__name__}).") from error
        except prawcore.PrawcoreException as error:
            raise AuthFailed(f"Reddit does not let us in: {error}.") from error

    def _sign_in(self) -> praw.Reddit:
        """A client that signs in with its first request. Every setting is given, so that no praw.ini fills one in."""
        by = self._options.handle.removeprefix("u/") or "unknown"
        settings = {name: self._credentials.get(name) for name in ("client_id", "client_secret")}
        user = {name: self._credentials.get(name) for name in ("refresh_token", "username", "password")}
        return praw.Reddit(
            **settings,
            **user,
            **self._hosts,
            user_agent=f"server:mentiondesk:1 (by u/{by})",
            redirect_uri=None,
            ratelimit_seconds=0,
            check_for_updates=False,
            check_for_async=False,
            requestor_kwargs={"session": self._session},
        )


def find_hosts(base_url: str | None) -> dict[str, str]:
    """Reddit's two hosts, or one address for both. prawcore joins paths to the second by `urljoin`, hence its slash."""
    url = check_base_url(base_url)
    return {"reddit_url": url, "oauth_url": f"{url}/"} if url else HOSTS

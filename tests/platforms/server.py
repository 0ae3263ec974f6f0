"""The server of the fake platforms: one Flask application in a thread on a free port of 127.0.0.1."""

import threading
from types import TracebackType
from typing import Self

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.platforms.appstore import AppStore
from tests.platforms.bluesky import HANDLE, PASSWORD, Bluesky
from tests.platforms.clock import Clock
from tests.platforms.control import control
from tests.platforms.googleplay import GooglePlay, service_account
from tests.platforms.hackernews import HackerNews
from tests.platforms.mastodon import TOKEN as MASTODON_TOKEN
from tests.platforms.mastodon import Mastodon
from tests.platforms.meta import SECRET as META_SECRET
from tests.platforms.meta import TOKEN as META_TOKEN
from tests.platforms.meta import Facebook, Instagram
from tests.platforms.platform import Platform
from tests.platforms.reddit import CLIENT, REFRESH_TOKEN, Reddit
from tests.platforms.rss import Rss
from tests.platforms.slack import TOKEN, WEBHOOK, Slack
from tests.platforms.x import TOKEN as X_TOKEN
from tests.platforms.x import X
from tests.platforms.youtube import KEY as YOUTUBE_KEY
from tests.platforms.youtube import YouTube


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """The request log is `Platform.requests`; nothing goes to the console."""


class Platforms:
    """All fakes behind one port: `/x`, `/reddit`, `/slack`, and `/control` for tests in other processes."""

    def __init__(self, port: int = 0) -> None:
        self.clock = Clock()
        self._closing = threading.Event()
        self.x = X(self.clock, self._closing)
        self.reddit = Reddit(self.clock, self._closing)
        self.hackernews = HackerNews(self.clock, self._closing)
        self.rss = Rss(self.clock, self._closing)
        self.bluesky = Bluesky(self.clock, self._closing)
        self.youtube = YouTube(self.clock, self._closing)
        self.mastodon = Mastodon(self.clock, self._closing)
        self.facebook = Facebook(self.clock, self._closing)
        self.instagram = Instagram(self.clock, self._closing)
        self.appstore = AppStore(self.clock, self._closing)
        self.googleplay = GooglePlay(self.clock, self._closing)
        self.slack = Slack(self.clock, self._closing)
        platforms = [each for each in vars(self).values() if isinstance(each, Platform)]
        self.all: dict[str, Platform] = {each.name: each for each in platforms}
        self.app = self._app()
        self._server = make_server("127.0.0.1", port, self.app, threaded=True, request_handler=_Quiet)
        self.mastodon.host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.mastodon.host}"

    def _app(self) -> Flask:
        app = Flask(__name__)
        for each in self.all.values():
            app.register_blueprint(each.blueprint())
        app.register_blueprint(control(self.all, self.clock))
        return app

    @property
    def x_options(self) -> dict[str, str]:
        """Options of an X feed that reads from here, and `x_credentials` the settings it takes."""
        return {"base_url": f"{self.url}/x"}

    @property
    def x_credentials(self) -> dict[str, str]:
        return {"bearer_token": X_TOKEN}

    @property
    def reddit_options(self) -> dict[str, str]:
        """Options of a Reddit feed that reads from here, and `reddit_credentials` the settings it takes."""
        return {"base_url": f"{self.url}/reddit"}

    @property
    def reddit_credentials(self) -> dict[str, str]:
        return {"client_id": CLIENT[0], "client_secret": CLIENT[1]}

    @property
    def reddit_user_credentials(self) -> dict[str, str]:
        return {**self.reddit_credentials, "refresh_token": REFRESH_TOKEN}

    @property
    def hackernews_options(self) -> dict[str, str]:
        return {"base_url": f"{self.url}/hackernews"}

    @property
    def rss_options(self) -> dict[str, str | bool]:
        return {"url": f"{self.url}/rss/feed.xml", "allow_private": True}

    @property
    def bluesky_options(self) -> dict[str, str]:
        return {"base_url": f"{self.url}/bluesky", "jetstream": self.bluesky.jetstream.url}

    @property
    def bluesky_credentials(self) -> dict[str, str]:
        return {"handle": HANDLE, "app_password": PASSWORD}

    @property
    def youtube_options(self) -> dict[str, str]:
        return {"base_url": f"{self.url}/youtube"}

    @property
    def youtube_credentials(self) -> dict[str, str]:
        return {"api_key": YOUTUBE_KEY}

    @property
    def mastodon_options(self) -> dict[str, str]:
        return {"base_url": f"{self.url}/mastodon"}

    @property
    def mastodon_credentials(self) -> dict[str, str]:
        return {"access_token": MASTODON_TOKEN}

    @property
    def facebook_options(self) -> dict[str, str]:
        return {"base_url": f"{self.url}/facebook"}

    @property
    def instagram_options(self) -> dict[str, str]:
        return {"base_url": f"{self.url}/instagram"}

    @property
    def meta_credentials(self) -> dict[str, str]:
        return {"access_token": META_TOKEN, "app_secret": META_SECRET}

    @property
    def appstore_options(self) -> dict[str, str]:
        return {"base_url": f"{self.url}/appstore"}

    @property
    def googleplay_options(self) -> dict[str, str]:
        return {"base_url": f"{self.url}/googleplay"}

    @property
    def googleplay_credentials(self) -> dict[str, str]:
        return {"service_account": service_account()}

    @property
    def slack_webhook_url(self) -> str:
        return f"{self.url}/slack{WEBHOOK}"

    @property
    def slack_base_url(self) -> str:
        """For `WebClient(base_url=…)`; the token it takes is `slack_token`."""
        return f"{self.url}/slack/api/"

    @property
    def slack_token(self) -> str:
        return TOKEN

    def reset(self) -> None:
        """As new: no posts, no faults, an empty log and the real time."""
        self.clock.reset()
        for each in self.all.values():
            each.reset()

    def serve_forever(self) -> None:
        self._server.serve_forever(poll_interval=0.05)

    def close(self) -> None:
        self._closing.set()
        self.bluesky.jetstream.shut_down()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, name="platforms", daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

"""A desk that answers on four fake platforms: its configuration, its keys, and a mention on each to be answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from monitor import desk
from monitor.brands import sync_settings
from monitor.collecting.ingest import ingest_posts
from monitor.models import Brand, Feed, Mention, Reply, User
from monitor.replies import commands
from monitor.settings import Settings
from monitor.store import Store
from sources.base import Author, Post
from tests.factories import make_user
from tests.platforms import Platforms

NAMES = ("x", "reddit", "bluesky", "mastodon")
KEYS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
ASKED = "@auroraair where is my bag? #auroraair"


def make_settings(platforms: Platforms, database: str = "", **brand: Any) -> Settings:
    """One brand with a feed on each platform."""
    options: dict[str, dict[str, Any]] = {name: getattr(platforms, f"{name}_options") for name in NAMES}
    feeds = [{"name": name, "source": name, "timeout": 5.0, **options[name]} for name in NAMES]
    handles = {"x": "auroraair", "reddit": "AuroraAir", "bluesky": "auroraair.example", "mastodon": "auroraair"}
    given = {"name": "Aurora Air", "terms": ["aurora air"], "handles": handles, "feed": feeds, **brand}
    return Settings.model_validate({"brand": [given], "database_url": database})


def make_environment(platforms: Platforms) -> dict[str, str]:
    credentials = {
        "x": dict.fromkeys(KEYS, "fake"),
        "reddit": platforms.reddit_user_credentials,
        "bluesky": platforms.bluesky_credentials,
        "mastodon": platforms.mastodon_credentials,
    }
    return {f"MENTIONDESK_{name}_{key}".upper(): value for name in NAMES for key, value in credentials[name].items()}


def make_post(platforms: Platforms, name: str, text: str = ASKED) -> str:
    """A post on a platform; its id."""
    id: str = getattr(platforms, name).post(text)
    return id


@dataclass
class Answering:
    """A desk over a store, with Ana, who holds every mention, and Lea, who leads."""

    store: Store
    platforms: Platforms
    settings: Settings
    now: datetime

    def __post_init__(self) -> None:
        self.environment = make_environment(self.platforms)
        with self.store.write() as session:
            sync_settings(session, self.settings, self.now)
            self.ana = make_user(session, "Ana")
            self.lea = make_user(session, "Lea", "lead")

    def collect(self, name: str, text: str = ASKED) -> int:
        """A post that came through the feed of this name, claimed by Ana; the mention's id."""
        id = make_post(self.platforms, name, text)
        with self.store.write() as session:
            feed = session.scalars(select(Feed).where(Feed.name == name)).one()
            brand = session.get_one(Brand, feed.brand_id)
            post = Post(name, id, text, Author("1", "dana", "Dana R."), self.now, thread_id=id)
            ingest_posts(session, [post], brand, self.settings.brand(brand.name), self.now, feed.id)
            mention = session.scalars(select(Mention).where(Mention.post_id == id)).one()
            desk.claim(session, mention.id, session.get_one(User, self.ana.id), self.now)
            return mention.id

    def send(self, mention_id: int, text: str = "Hi Dana, we are looking for it.", as_thread: bool = False) -> int:
        """Have Ana send an answer; the id of the reply, the first one of a thread."""
        with self.store.write() as session:
            ana = session.get_one(User, self.ana.id)
            given = (session, mention_id, ana, text, self.settings, self.now, as_thread, self.environment)
            return commands.send(*given)[0].id

    def reply(self, reply_id: int) -> Reply:
        with self.store.read() as session:
            return session.get_one(Reply, reply_id)

    def mention(self, mention_id: int) -> Mention:
        with self.store.read() as session:
            return session.get_one(Mention, mention_id)

    def sent(self, name: str) -> list[str]:
        """The texts that a platform took, without the name that Mastodon is given."""
        return [one["text"].removeprefix("@ann@elsewhere.example ") for one in getattr(self.platforms, name).replies]

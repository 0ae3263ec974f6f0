"""Posts become mentions once; edits keep what was there before."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.brands import ensure_brand
from monitor.collecting.ingest import Ingested, ingest_posts
from monitor.models import Activity, Edition, Feed, Mention
from monitor.settings import Settings
from monitor.store import Store
from sources.base import Author, Post
from tests.factories import make_mention, make_post


def ingest(store: Store, settings: Settings, posts: list[Post], now: datetime, feed_id: int | None = None) -> Ingested:
    with store.write() as session:
        brand = ensure_brand(session, "Aurora Air", now)
        return ingest_posts(session, posts, brand, settings.brand("Aurora Air"), now, feed_id)


def test_every_post_is_stored_once_whatever_comes_twice(any_store: Store, settings: Settings, now: datetime) -> None:
    posts = [make_post(f"post {number}") for number in range(30)]
    assert ingest(any_store, settings, posts[:20] + posts[:3], now) == Ingested(stored=20, duplicates=3)
    assert ingest(any_store, settings, posts[10:], now) == Ingested(stored=10, duplicates=10)
    with any_store.read() as session:
        assert sorted(session.scalars(select(Mention.text))) == sorted(post.text for post in posts)
        assert len(session.scalars(select(Activity).where(Activity.happened == "collected")).all()) == 30


def test_an_edit_keeps_the_earlier_text_and_is_judged_again(
    any_store: Store, settings: Settings, now: datetime
) -> None:
    with any_store.write() as session:
        known = make_mention(session, "my bag is late", post_id="100", root_post_id="100")
    edited = make_post("my bag is late and has my medicine in it", id="101", root_id="100")
    assert ingest(any_store, settings, [edited], now) == Ingested(edited=1)
    # The overlap brings the first edition back: it must not undo the second.
    assert ingest(any_store, settings, [make_post("my bag is late", id="100", root_id="100")], now).edited == 0
    with any_store.read() as session:
        mention = session.get_one(Mention, known.id)
        assert (mention.text, mention.judged_at) == ("my bag is late and has my medicine in it", None)
        assert session.scalars(select(Edition.text)).all() == ["my bag is late"]


def test_text_that_no_database_can_hold_is_cleaned_and_the_rest_kept(
    any_store: Store, settings: Settings, now: datetime
) -> None:
    post = make_post("a\x00b\x1b[31m\ud800 \u202eok\r\nnext\ttab", author=Author("9" * 300, "h" * 400, "n\x00" * 900))
    assert ingest(any_store, settings, [post], now).stored == 1
    assert ingest(any_store, settings, [post], now).duplicates == 1
    with any_store.read() as session:
        mention = session.scalars(select(Mention)).one()
        assert mention.text == "ab[31m \u202eok\nnext\ttab"
        assert mention.author is not None
        assert (len(mention.author.handle), len(mention.author.name)) == (200, 500)


def test_a_post_from_the_future_is_kept_as_of_when_it_was_collected(
    any_store: Store, settings: Settings, now: datetime
) -> None:
    ahead = make_post("my bag is lost", id="ahead", created_at=now + timedelta(days=400))
    assert ingest(any_store, settings, [ahead], now).stored == 1
    assert ingest(any_store, settings, [ahead], now + timedelta(days=1)).duplicates == 1
    with any_store.read() as session:
        mention = session.scalars(select(Mention)).one()
        assert (mention.posted_at, mention.collected_at) == (now, now)


def test_a_link_that_is_no_web_address_is_dropped(store: Store, settings: Settings, now: datetime) -> None:
    ingest(store, settings, [make_post(url="javascript:alert(1)")], now)
    with store.read() as session:
        assert session.scalars(select(Mention.url)).one() == ""


def test_our_own_posts_and_ruled_out_ones_are_counted_and_not_stored(
    store: Store, settings: Settings, now: datetime
) -> None:
    brand = settings.brands[0].model_copy(update={"not_": ("borealis",)})
    settings = settings.model_copy(update={"brands": (brand,)})
    ours = make_post("we fly", author=Author("1", "AuroraAir"))
    other = make_post("aurora borealis tonight")
    with store.write() as session:
        feed_id = make_feed(session, now)
    assert ingest(store, settings, [ours, other, make_post()], now, feed_id) == Ingested(stored=1, ignored=2)
    assert ingest(store, settings, [ours], now).stored == 1  # an import is taken as it is


def make_feed(session: Session, now: datetime) -> int:
    brand = ensure_brand(session, "Aurora Air", now)
    feed = Feed(brand_id=brand.id, name="f", source="sample", next_poll_at=now, state_since=now)
    session.add(feed)
    session.flush()
    return feed.id


def test_authors_are_kept_as_last_described(any_store: Store, settings: Settings, now: datetime) -> None:
    first = make_post("one", author=Author("7", "old", "Old", 5), created_at=now - timedelta(hours=2))
    again = make_post("two", author=Author("7", "new", "New", 9), created_at=now - timedelta(hours=1))
    ingest(any_store, settings, [first], now)
    ingest(any_store, settings, [again, make_post("three", author=None)], now)
    with any_store.read() as session:
        mentions = session.scalars(select(Mention).order_by(Mention.id)).all()
        handles = {mention.text: mention.author and mention.author.handle for mention in mentions}
        assert handles == {"one": "new", "two": "new", "three": None}

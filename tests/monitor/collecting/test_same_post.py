"""A post that several queries find is one mention for each brand, however many feeds bring it."""

from decimal import Decimal

from sqlalchemy import select

from monitor.brands import sync_settings
from monitor.clock import utcnow
from monitor.collecting.polling import poll_feed
from monitor.models import Brand, Feed, Mention, Poll
from monitor.settings import Settings
from monitor.store import Store
from tests.platforms import Platforms


def test_a_post_found_by_two_queries_is_one_mention_and_by_two_brands_two(
    any_store: Store, platforms: Platforms
) -> None:
    feeds = [{"name": name, "source": "x", "query": name, **platforms.x_options} for name in ("aurora", "delayed")]
    rival = [{"name": "borealis", "source": "x", "query": "borealis", **platforms.x_options}]
    brands = [{"name": "Aurora Air", "feed": feeds}, {"name": "Borealis", "feed": rival}]
    settings = Settings.model_validate({"brand": brands})
    with any_store.write() as session:
        sync_settings(session, settings, utcnow())
        feed_ids = session.scalars(select(Feed.id)).all()
    both = platforms.x.post("aurora delayed again, flying borealis next time")
    platforms.x.post("aurora on time")
    environment = {"MENTIONDESK_X_BEARER_TOKEN": platforms.x_credentials["bearer_token"]}
    for feed_id in [*feed_ids, *feed_ids]:
        poll_feed(any_store, settings, feed_id, environment)
    with any_store.read() as session:
        held = session.execute(select(Brand.name, Mention.root_post_id).join(Mention)).all()
        duplicates = sum(session.scalars(select(Poll.duplicates)))
        paid = sum(session.scalars(select(Poll.usd)))
    assert sorted(name for name, post_id in held if post_id == both) == ["Aurora Air", "Borealis"]
    assert len(held) == 3
    assert duplicates >= 1
    assert paid == 4 * Decimal("0.005")  # X bills each search; what was read before costs nothing again

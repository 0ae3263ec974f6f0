"""Many posts at once on the fake platforms."""

from datetime import timedelta

from tests.platforms import Platforms


def post_on_x(platforms: Platforms, count: int, text: str = "aurora air") -> list[str]:
    return [platforms.x.post(f"{text} {number}") for number in range(count)]


def post_in_feed(platforms: Platforms, count: int) -> list[str]:
    return [platforms.rss.post(f"aurora air {number}") for number in range(count)]


def post_on_bluesky(platforms: Platforms, count: int, text: str = "aurora air") -> list[str]:
    """Posts of different moments, oldest first."""
    start = platforms.clock.now() - timedelta(milliseconds=10 * count)
    ages = (timedelta(milliseconds=10 * number) for number in range(count))
    return [platforms.bluesky.post(f"{text} {number}", at=start + age) for number, age in enumerate(ages)]


def comment_on_reddit(platforms: Platforms, count: int, subreddit: str = "flights") -> list[str]:
    """Comments a second apart, oldest first, the newest now."""
    now = platforms.clock.now()
    times = [now - timedelta(seconds=count - number) for number in range(count)]
    return [
        platforms.reddit.post(f"aurora air {number}", subreddit=subreddit, at=at) for number, at in enumerate(times)
    ]

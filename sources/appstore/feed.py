"""Apple's public feed of reviews behind our timeout, host and errors. Nothing in here sleeps or asks twice."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NoReturn

from app_reviews import Review
from app_reviews.appstore.rss import AppStoreScraperProvider
from app_reviews.models.page import PageResult
from app_reviews.models.result import FetchError

from sources.base import Author, Misconfigured, Post, RetryAt, Transient
from sources.http import Clock
from sources.stores import Redirected, open_web

WAIT = timedelta(minutes=15)  # Apple turns an address away (403, 429) and does not say for how long


class Feed:
    """Pages of 50 reviews, newest first; Apple keeps ten of them for each country."""

    def __init__(self, timeout: float, base_url: str | None, clock: Clock) -> None:
        self._timeout = timeout
        self._clock = clock
        self._transport = Redirected(base_url)
        self._provider = AppStoreScraperProvider(http=open_web(timeout, self._transport))

    def page(self, app: str, country: str, number: int) -> tuple[PageResult, int]:
        """One page, and how many requests it took: a page that is empty as JSON is asked for as XML too."""
        before = self._transport.sent
        result = self._provider.fetch_page(app, country, str(number))
        error = result.error or result.xml_fallback_error
        if error:
            self._refuse(error, country)
        return result, self._transport.sent - before

    def _refuse(self, error: FetchError, country: str) -> NoReturn:
        if error.kind == "rate_limited":
            when = self._clock() + WAIT
            raise RetryAt(f"The App Store turns us away; we ask again at {when:%H:%M:%S} UTC.", when)
        if error.kind == "transport":
            raise Transient(f"The App Store cannot be reached or did not answer within {self._timeout:g} seconds.")
        if error.kind in ("server", "parse"):
            raise Transient(f"The App Store has trouble of its own ({error.message[:200]}).")
        raise Misconfigured(f"The App Store has no such app in '{country}' ({error.message[:200]}).")


def read_review(review: Review) -> Post:
    """A review as a post: its title and text, dated when it was written or last changed."""
    kept: Mapping[str, Any] = {"rating": review.rating, "country": review.country, "version": review.app_version}
    country = (review.country or "us").lower()
    return Post(
        source="appstore",
        id=review.id,
        text="\n\n".join(part for part in (review.title, review.body) if part),
        author=Author(review.author_name, review.author_name) if review.author_name else None,
        created_at=review.dated_at,
        url=f"https://apps.apple.com/{country}/app/id{review.app_id}?see-all=reviews",
        extra={name: value for name, value in kept.items() if value is not None},
    )

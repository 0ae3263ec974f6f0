"""The Google Play source: the reviews of our own app that were written or changed in the last week."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar, NoReturn

from app_reviews import AppReviewsError, AuthError, Review
from app_reviews.googleplay.auth import GoogleAuth
from app_reviews.googleplay.developer_api import GooglePlayOfficialProvider
from app_reviews.models.page import PageResult
from app_reviews.models.result import FetchError
from pydantic import Field

from sources.base import (
    AuthFailed,
    Author,
    Budget,
    Capability,
    Cost,
    Cursor,
    Gap,
    Misconfigured,
    Options,
    OutOfReach,
    Page,
    Post,
    Receipt,
    RetryAt,
    Transient,
)
from sources.http import Clock, read_clock
from sources.meter import Meter
from sources.stores import Redirected, open_web
from sources.threads import TokenExpired

REACH = timedelta(days=7)
NEARLY = timedelta(hours=1)
LATE = timedelta(hours=1)  # until the list shows a review, which is dated when it was written
WAIT = timedelta(minutes=30)  # Google counts 200 questions an hour for an app


class GooglePlayOptions(Options):
    """The app is our own: every review of it is a mention."""

    app: str = Field(pattern=r"^[A-Za-z]\w*(\.[A-Za-z]\w*)+$", max_length=150)  # its package, e.g. com.example.app


class GooglePlay:
    """Google Play, by its official API. Reads with the key file of a `service_account`."""

    name: ClassVar[str] = "googleplay"
    title: ClassVar[str] = "Google Play"
    capabilities: ClassVar[frozenset[Capability]] = frozenset({Capability.MENTIONS})
    credentials: ClassVar[tuple[str, ...]] = ("service_account",)
    recheck_usd: ClassVar[Decimal] = Decimal(0)
    Options: ClassVar[type[Options]] = GooglePlayOptions

    def __init__(self, options: GooglePlayOptions, credentials: Mapping[str, str], clock: Clock = read_clock) -> None:
        self._options = options
        self._clock = clock
        web = open_web(options.timeout, Redirected(options.base_url))
        self._provider = GooglePlayOfficialProvider(read_key(credentials, web), http=web)

    def fetch(self, cursor: Cursor | None, budget: Budget) -> Iterator[Page]:
        """All of the last week each time, for the list's order is not promised.

        The cursor holds `at`, when the last whole pass began; while one is under way also `began`, `token` (of the page
        to go on with) and `skip` (how many reviews of that page are stored).
        """
        state, meter, now = dict(cursor or {}), Meter(budget), self._clock().timestamp()
        interrupted = "began" in state
        for _ in range(1 + interrupted):  # finish what was interrupted, then read what is new
            for page in self._sweep(state, meter, now):
                state = page.next_cursor
                yield page

    def reread(self, gap: Gap, cursor: Cursor | None, budget: Budget) -> Iterator[Page]:
        """The last week once more. Raises `OutOfReach` where the gap is older."""
        now = self._clock()
        reached = now - REACH
        if gap.until and gap.until <= reached:
            raise OutOfReach("Google Play gives only the reviews of the last 7 days.")
        left = Gap(gap.reason, gap.since, reached) if gap.since is None or gap.since < reached else None
        for page in self._sweep(cursor or {}, Meter(budget), now.timestamp()):
            over = "began" not in page.next_cursor
            yield replace(page, next_cursor={}, gap=left or page.gap) if over else page

    def thread(self, post_id: str, thread_id: str | None) -> Sequence[Post]:
        return ()

    def recheck(self, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """What is older than a week cannot be asked for."""
        return {}

    def reply(self, to: str, text: str) -> Receipt:
        raise Misconfigured("The desk only reads Google Play: answer in the Play Console, and log the reply here.")

    def _sweep(self, state: Cursor, meter: Meter, now: float) -> Iterator[Page]:
        fresh: Cursor = {"began": now, "token": None, "skip": 0}
        resumed, state = "began" in state, fresh | state
        while left := meter.page_size(1):
            try:
                result = self._ask(state["token"])
            except TokenExpired:
                meter.take()
                state = {**state, "token": None, "skip": 0}  # begin once more from the top
                yield Page((), state, cost=Cost(requests=1))
                continue
            posts = [read_review(review) for review in result.reviews]
            brought = posts[state["skip"] : state["skip"] + left]
            meter.take(1, len(brought))
            after = _move(state, len(posts), len(brought), result.next_cursor)
            gap = None if "began" in after else _find_gap(state, now)
            if resumed and "began" not in after:
                after = {"at": max(_find_known(state), now - REACH.total_seconds())}  # only a whole pass says more
            yield Page(brought, after, gap or _tell_unread(result), Cost(requests=1))
            state = after
            if "began" not in state:
                return

    def _ask(self, token: str | None) -> PageResult:
        try:
            result = self._provider.fetch_page(self._options.app, "", token)
        except AuthError as error:
            raise AuthFailed(f"Google refused the key of the service account: {_shorten(error)}") from None
        except AppReviewsError as error:
            raise Transient(f"Google gave no token: {_shorten(error)}") from None
        if result.error and result.error.kind == "request" and token:
            raise TokenExpired("Google Play no longer takes the token of the page.")
        if result.error:
            self._refuse(result.error)
        return result

    def _refuse(self, error: FetchError) -> NoReturn:
        if error.kind == "rate_limited":
            when = self._clock() + WAIT
            raise RetryAt(f"Google Play asks us to wait; we ask again at {when:%H:%M:%S} UTC.", when)
        if error.kind == "auth":
            raise AuthFailed(f"Google Play does not let this service account in: {_shorten(error.message)}")
        if error.kind in ("transport", "server", "parse"):
            raise Transient(f"Google Play gave no answer that can be used: {_shorten(error.message)}")
        raise Misconfigured(f"Google Play has no such app, or it is not ours: {_shorten(error.message)}")


def read_key(credentials: Mapping[str, str], web: Any) -> GoogleAuth:
    """Who signs in. Raises `Misconfigured` where the setting is no key file; its words never hold the key."""
    variable, text = "MENTIONDESK_GOOGLEPLAY_SERVICE_ACCOUNT", credentials.get("service_account")
    if not text:
        raise Misconfigured(f"Google Play needs {variable}, or {variable}_FILE with the path of the key file.")
    try:
        return GoogleAuth(service_account_info=json.loads(text), http=web)
    except (ValueError, AuthError, AttributeError):
        pass
    raise Misconfigured(f"{variable} is not the JSON of a service account's key; download it again.")


def read_review(review: Review) -> Post:
    """A review as a post, dated when it was written or last changed."""
    kept = {"rating": review.rating, "version": review.app_version, "device": review.device}
    return Post(
        source="googleplay",
        id=review.id,
        text="\n\n".join(part for part in (review.title, review.body) if part),
        author=Author(review.author_name, review.author_name) if review.author_name else None,
        created_at=review.dated_at,
        url=f"https://play.google.com/store/apps/details?id={review.app_id}&reviewId={review.id}",
        lang=review.language,
        likes=review.thumbs_up_count,
        extra={name: value for name, value in kept.items() if value is not None},
    )


def _move(state: Cursor, found: int, brought: int, token: str | None) -> Cursor:
    if state["skip"] + brought < found:
        return {**state, "skip": state["skip"] + brought}
    return {**state, "token": token, "skip": 0} if token else {"at": state["began"]}


def _find_known(state: Cursor) -> float:
    """Up to when all is known. A first pass looks as far back as the list does, an hour less or more."""
    return float(state.get("at", state["began"] - (REACH - NEARLY).total_seconds()))


def _find_gap(state: Cursor, now: float) -> Gap | None:
    """What was written after the last whole pass and is older than the list reaches at the end of this one, which may
    have been interrupted for days.
    """
    at, reached = _find_known(state), now - REACH.total_seconds()
    if at >= reached:
        return None
    since, until = (datetime.fromtimestamp(seconds, UTC) for seconds in (at - LATE.total_seconds(), reached))
    return Gap("Google Play gives only the reviews of the last 7 days; what is older was not read.", since, until)


def _tell_unread(result: PageResult) -> Gap | None:
    count = result.skipped_reviews
    return Gap(f"{count} reviews from Google Play could not be read.") if count else None


def _shorten(words: object) -> str:
    return f"{' '.join(str(words).split())[:200].rstrip('.')}."

"""What a platform says about waiting, and addresses that are none."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from sources.base import Misconfigured, Options
from sources.http import LONGEST_WAIT, check_base_url, need, read_wait
from sources.window import Window

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30),
        ("1.5", 1.5),
        ("Wed, 18 Nov 2026 12:05:00 GMT", 300),
        ("0", 1),
        ("-5", 1),
        ("Wed, 18 Nov 2020 12:05:00 GMT", 1),
        ("99999999", LONGEST_WAIT.total_seconds()),
    ],
)
def test_a_wait_is_read_and_kept_within_reason(header: str, seconds: float) -> None:
    assert read_wait(header, NOW) == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize("header", [None, "", "soon", "nan", "inf", "Wed, 99 Nov 2026"])
def test_a_wait_that_says_nothing(header: str | None) -> None:
    assert read_wait(header, NOW) is None


@given(st.text(max_size=40))
def test_any_header_is_survived(header: str) -> None:
    when = read_wait(header, NOW)
    assert when is None or NOW < when <= NOW + LONGEST_WAIT


@pytest.mark.parametrize("url", ["", "example.org", "ftp://example.org", "http://", "https:///path"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(Misconfigured, match="base_url must begin with http"):
        check_base_url(url)


@pytest.mark.parametrize("value", ["two words", "line\n", "schlüssel", "“quoted”"])
def test_a_key_that_cannot_be_sent_is_named(value: str) -> None:
    with pytest.raises(Misconfigured, match="MENTIONDESK_X_BEARER_TOKEN holds spaces or letters that no key has"):
        need({"bearer_token": value}, ("bearer_token",), "X")


@pytest.mark.parametrize("timeout", [0, -1])
def test_no_time_at_all_is_no_timeout(timeout: float) -> None:
    with pytest.raises(ValidationError):
        Options(timeout=timeout)


@pytest.mark.parametrize(("text", "hours"), [("24h", 24), ("90m", 1.5), (" 3 d ", 72), ("3600s", 1)])
def test_a_window(text: str, hours: float) -> None:
    assert TypeAdapter(Window).validate_python(text) == timedelta(hours=hours)


@pytest.mark.parametrize("text", ["", "24", "a day", "-3h"])
def test_a_window_that_is_none(text: str) -> None:
    with pytest.raises(ValidationError, match="not a time span"):
        TypeAdapter(Window).validate_python(text)

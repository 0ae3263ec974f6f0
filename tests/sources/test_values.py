"""Values that no platform means to send are told apart from those that it does."""

from typing import Any

import pytest

from sources.base import Transient
from sources.values import read_token


@pytest.mark.parametrize("end", [None, ""])
def test_no_token_is_the_end(end: str | None) -> None:
    assert read_token(end, "X") is None


def test_a_token_is_kept_as_it_came() -> None:
    assert read_token("b26v89c19zqg8o3f-_=", "X") == "b26v89c19zqg8o3f-_="


@pytest.mark.parametrize("odd", [0, -1, True, [], {"": 1}, "\0\ud800", "two words", "né", "line\nend"], ids=repr)
def test_what_cannot_be_sent_back_is_no_end(odd: Any) -> None:
    with pytest.raises(Transient, match="X does not say where its answer goes on"):
        read_token(odd, "X")

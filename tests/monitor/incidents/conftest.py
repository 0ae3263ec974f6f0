"""Mentions that tell of one trouble, and some that do not."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy.orm import Session

from monitor.models import Embedding, Mention
from tests.factories import make_mention

Tell = Callable[..., Mention]


def embed(session: Session, mention: Mention, *numbers: float) -> None:
    vector = np.array(numbers, np.float16).tobytes()
    session.add(Embedding(mention_id=mention.id, model="test", vector=vector))


@pytest.fixture
def tell(now: datetime) -> Tell:
    """A mention that points a way: `(1, 0, 0)` is the belt in Oslo."""

    def tell(session: Session, text: str = "Our bags are stuck on the belt", *way: float, **fields: Any) -> Mention:
        given: dict[str, Any] = {"posted_at": now - timedelta(minutes=20), **fields}
        mention = make_mention(session, text, **given)
        embed(session, mention, *(way or (1.0, 0.1, 0.0)))
        return mention

    return tell

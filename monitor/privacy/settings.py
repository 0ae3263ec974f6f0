"""`[retention]`: how long what people wrote is kept; see docs/privacy.md."""

from datetime import timedelta
from typing import Any

from pydantic import field_validator

from monitor.section import Duration, Section

OFF = "off"
SHORTEST = timedelta(days=1)
YEAR = timedelta(days=365)


class RetentionSettings(Section):
    """Each is a duration of a day at least, or "off": kept until somebody is erased."""

    mentions: Duration | None = 2 * YEAR  # since they were closed
    ignored: Duration | None = timedelta(days=90)  # since they were collected: hidden, or closed as needing no answer
    conversations: Duration | None = timedelta(days=30)  # what others wrote around a closed mention, since it was read
    drafts: Duration | None = timedelta(days=30)  # since somebody last wrote on them
    notices: Duration | None = timedelta(days=90)  # alerts that went out, memos that were read, spent sign-in links
    audit: Duration | None = 3 * YEAR  # lines of the audit trail

    @field_validator("*", mode="before")
    @classmethod
    def allow_off(cls, value: Any) -> Any:
        return None if value == OFF else value

    @field_validator("*")
    @classmethod
    def refuse_haste(cls, value: timedelta | None) -> timedelta | None:
        if value is not None and value < SHORTEST:
            raise ValueError("what people wrote is kept for a day at least; write 30d, 12w, 2y or off")
        return value

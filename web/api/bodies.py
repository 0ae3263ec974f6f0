"""What programs may send: the bodies and query strings of the API, checked."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from monitor.desk import LONGEST_TEXT
from monitor.words import Ended, Need, Sentiment, Urgency

Text = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]


class Body(BaseModel):
    """A JSON object; a name it does not know is refused."""

    model_config = ConfigDict(extra="forbid")


class MentionsQuery(Body):
    """Which mentions, and which page of them. What is left out leaves everything in."""

    brand: str = ""
    status: Literal["", "open", "snoozed", "resolved", "gone"] = ""
    urgency: Urgency | Literal[""] = ""
    sentiment: Sentiment | Literal[""] = ""
    need: Need | Literal[""] = ""
    source: str = ""
    unjudged: Literal["", "any", "language", "failed"] = Field("", description="Left without urgency, and why.")
    assignee: str = Field("", description="A user's name, or me, none or any.")
    q: str = Field("", max_length=200, description='Words, "phrases", beginnings* in posts, authors, notes, replies.')
    cursor: str = Field("", description="`next` of the page before.")
    limit: int = Field(50, ge=1, le=200)


class ClaimBody(Body):
    """Empty to claim; with `take_over` and a reason, to take the mention from whoever holds it."""

    take_over: bool = False
    reason: str = Field("", max_length=LONGEST_TEXT)


class AssignBody(Body):
    """To whom, by name; a reason where somebody else holds it."""

    to: str = Field(min_length=1, max_length=80)
    reason: str = Field("", max_length=LONGEST_TEXT)


class DraftBody(Body):
    """What is written so far; what is left out stays as it is."""

    reply: str | None = Field(None, max_length=LONGEST_TEXT)
    url: str | None = Field(None, max_length=2_000)
    note: str | None = Field(None, max_length=LONGEST_TEXT)


class NoteBody(Body):
    """What colleagues should know; `@name` tells one of them, `pinned` shows it on everything by this author."""

    text: Text
    pinned: bool = False


class ReplyBody(Body):
    """A public answer, and where it was posted."""

    text: Text
    url: str = Field("", max_length=2_000)


class PromiseBody(Body):
    """What is promised; without `due_at` (ISO 8601 with a time zone), its words say when: `call her by Thursday`."""

    text: Text
    due_at: AwareDatetime | None = None


class ChangeBody(Body):
    """What is promised, and by when."""

    text: Text
    due_at: AwareDatetime


class PromisesQuery(Body):
    """Which promises: one's own, the team's, those due within a day, the broken, or what was settled."""

    view: Literal["mine", "team", "soon", "broken", "settled"] = "mine"


class ResolveBody(Body):
    """Why, in a few words; may be left out."""

    reason: str = Field("", max_length=LONGEST_TEXT)


class CloseBody(Body):
    """What came of it, and why; without an outcome, answered or no answer needed. `declined` needs a reason."""

    outcome: Ended | None = None
    reason: str = Field("", max_length=LONGEST_TEXT)
    duplicate_of: int | None = Field(None, ge=1, le=2**31 - 1, description="The mention on which it is dealt with.")


class SnoozeBody(Body):
    """Until when, ISO 8601 with a time zone."""

    until: AwareDatetime


class LabelsBody(Body):
    """The right labels of a judgement; what is left out stays."""

    sentiment: Sentiment | None = None
    urgency: Urgency | None = None
    need: Need | None = None
    abuse: Literal[0, 1] | None = None

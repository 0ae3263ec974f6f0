"""Numbers of mentions in addresses: those that the database can hold, so that any other is simply not found."""

from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**31 - 1  # PostgreSQL's integer


class MentionId(IntegerConverter):
    """`<mention_id:…>` in a rule."""

    def __init__(self, rules: Map) -> None:
        super().__init__(rules, min=1, max=LARGEST_ID)

"""What may be told of a post's words: what attacks people stays folded, as on the board, and slurs are masked."""

from monitor.abusive.masking import mask
from monitor.models import Mention
from monitor.wording import excerpt, plain

FOLDED = "Abusive: open the desk to read the words."


def quote(mention: Mention) -> str:
    """The post's words, on as many lines as it has."""
    return f"({FOLDED})" if mention.abuse else mask(plain(mention.text).strip()) or "(no text)"


def begin(mention: Mention, length: int) -> str:
    """How the post begins, on one line."""
    return FOLDED if mention.abuse else mask(excerpt(mention.text, length))

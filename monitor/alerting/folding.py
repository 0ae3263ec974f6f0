"""What may be told of a post's words: what attacks people stays folded, as on the board, and slurs are masked."""

from monitor.abusive.masking import mask
from monitor.models import Mention
from monitor.translating import N_, _
from monitor.wording import excerpt, plain

FOLDED = N_("Abusive: open the desk to read the words.")


def quote(mention: Mention) -> str:
    """The post's words, on as many lines as it has."""
    return f"({_(FOLDED)})" if mention.abuse else mask(plain(mention.text).strip()) or _("(no text)")


def begin(mention: Mention, length: int) -> str:
    """How the post begins, on one line."""
    return _(FOLDED) if mention.abuse else mask(excerpt(mention.text, length))

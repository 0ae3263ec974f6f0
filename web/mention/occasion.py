"""What an answer is written to: the mention with its author, its brand's links, and how courteous the answer is."""

from sqlalchemy.orm import Session, joinedload

from monitor.courtesy.check import Occasion, Remark, check_reply
from monitor.desk import NotFound
from monitor.models import Mention
from web.context import here
from web.translations import _


def load(db: Session, mention_id: int) -> Mention:
    """The mention with what its answer needs. Raises `NotFound`."""
    found = db.get(Mention, mention_id, options=[joinedload(Mention.author), joinedload(Mention.brand)])
    if found is None:
        raise NotFound(_("There is no mention %(mention_id)s.", mention_id=mention_id))
    return found


def links_of(one: Mention) -> dict[str, str]:
    return here().settings.brand(one.brand.name).links


def remarks_of(one: Mention, text: str) -> list[Remark]:
    """What the courtesy check says of a reply to the mention."""
    author = one.author.name if one.author else ""
    occasion = Occasion(text, one.text, author, one.need, one.sentiment, one.lang)
    return check_reply(occasion, here().settings.brand(one.brand.name).courtesy.off)

"""Posts that were stored once and are no longer kept: when a platform shows them again, they are not taken again."""

from collections.abc import Collection

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from monitor.models import Mention
from monitor.privacy.shells import disguise
from monitor.words import Status

PostKey = tuple[str, str]  # source, root post id


def find_forgotten(session: Session, keys: Collection[PostKey], brand_id: int) -> set[PostKey]:
    """Those of the posts of which the brand has only a shell: forgotten, erased or deleted at their platform."""
    by_shell = {(source, disguise(source, post_id)): (source, post_id) for source, post_id in keys}
    by_shell |= {key: key for key in keys}
    shells = session.execute(
        select(Mention.source, Mention.root_post_id).where(
            Mention.brand_id == brand_id,
            Mention.status == Status.GONE,
            tuple_(Mention.source, Mention.root_post_id).in_(list(by_shell)),
        )
    )
    return {by_shell[source, post_id] for source, post_id in shells}

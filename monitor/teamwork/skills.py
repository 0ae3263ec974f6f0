"""Whom a mention suits: by its need, language and source, as `[[person]]` of the configuration says."""

from sqlalchemy import ColumnElement, and_, or_, true

from monitor.models import Mention, User
from monitor.settings import Settings
from monitor.teamwork.team import PersonSettings

# What each list of a person's skills is held against.
ASPECTS = {"needs": Mention.need, "languages": Mention.lang, "sources": Mention.source}


def skills_of(settings: Settings, user: User) -> PersonSettings:
    """What somebody is good at; everything, where the configuration does not name them."""
    named = (person for person in settings.people if person.name.lower() == user.name.lower())
    return next(named, PersonSettings(name=user.name))


def suits(mention: Mention, skills: PersonSettings) -> bool:
    """An urgent mention suits everybody; what is unknown of one keeps nobody away."""
    if mention.effective_urgency == "urgent":
        return True
    values = [(getattr(skills, name), getattr(mention, column.key)) for name, column in ASPECTS.items()]
    return all(not known or value is None or value in known for known, value in values)


def suiting(skills: PersonSettings) -> ColumnElement[bool]:
    """`suits`, as a condition of the database."""
    known = {column: getattr(skills, name) for name, column in ASPECTS.items()}
    aspects = [or_(column.is_(None), column.in_(values)) for column, values in known.items() if values]
    return or_(Mention.effective_urgency == "urgent", and_(true(), *aspects))

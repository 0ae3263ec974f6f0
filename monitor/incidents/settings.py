"""`[brand.incidents]`: when many mentions look like one trouble."""

from datetime import timedelta

from pydantic import Field

from monitor.section import Duration, Section


class IncidentSettings(Section):
    """A storm is `least` authors within a time who say much the same, and far more of them than usual."""

    propose: bool = True
    least: int = Field(default=5, ge=2, le=1_000)
    within: Duration = timedelta(hours=2)
    alike: float | None = Field(default=None, ge=0.5, le=1)  # cosine from which two tell of the same; None: the model's

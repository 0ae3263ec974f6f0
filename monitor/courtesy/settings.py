"""`[brand.courtesy]`: which rules of courtesy a brand does without."""

from typing import Literal

from monitor.section import Section

Rule = Literal["greeting", "acknowledge", "blame", "next", "thanks", "personal", "refusal", "placeholder"]


class CourtesySettings(Section):
    """Every rule holds but those that are `off`."""

    off: tuple[Rule, ...] = ()

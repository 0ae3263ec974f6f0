"""A table of the configuration: every name in it is known, and a typo is answered with the nearest right one."""

import difflib
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from monitor.units import parse_duration

Duration = Annotated[timedelta, BeforeValidator(parse_duration)]


class Section(BaseModel):
    """A table of the configuration. A name it does not know is refused, with the nearest one it does."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, arbitrary_types_allowed=True)

    @model_validator(mode="before")
    @classmethod
    def refuse_unknown(cls, data: Any) -> Any:
        if isinstance(data, dict):
            for name in data:
                if name not in cls.names():
                    raise ValueError(unknown_name(name, cls.names()))
        return data

    @classmethod
    def names(cls) -> set[str]:
        return {field.alias or name for name, field in cls.model_fields.items()} | set(cls.model_fields)


def unknown_name(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(sorted(known))}."
    return f"'{name}' is not a setting here; {hint}"

"""A table of settings, and the types of values that many of them have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

_LONGEST_NAME = 200


def _absolute(path: Path) -> Path:
    if not path.parts:
        raise ValueError("it is empty")
    return path.expanduser().absolute()


Folder = Annotated[Path, AfterValidator(_absolute)]
Name = Annotated[str, Field(max_length=_LONGEST_NAME, pattern=r"^[^\x00-\x1f\x7f]*$")]
Probability = Annotated[float, Field(ge=0.01, le=0.99)]


class Section(BaseModel):
    """A frozen table of settings that knows all its keys."""

    # defaults are checked too: a rule between two settings may be broken by setting only one of them
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)

    @field_validator("*", mode="before")
    @classmethod
    def _true_is_not_a_number(cls, value: object, info: ValidationInfo) -> object:
        # pydantic would read `gain = true` as 1.0
        if isinstance(value, bool) and info.field_name and cls.model_fields[info.field_name].annotation is not bool:
            raise ValueError("true and false are not values of this setting")
        return value

"""The list of all settings, and what each may be, in words."""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

from annotated_types import Ge, Le, MaxLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from holo_app.config.sections import Settings

ENVIRONMENT_PREFIX = "HOLO_"
NESTING = "__"


@dataclass(frozen=True, slots=True)
class SettingEntry:
    """One setting. key: dotted. variable: its name in the environment. allowed: what it may be, in words."""

    key: str
    variable: str
    default: object
    allowed: str
    description: str


@cache
def setting_entries() -> tuple[SettingEntry, ...]:
    """Every setting, in the order of the sections."""
    entries = []
    for section_name, section in Settings.model_fields.items():
        model = section.annotation
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            raise TypeError(f"section {section_name} is not a model")
        entries += [
            SettingEntry(
                key=f"{section_name}.{name}",
                variable=f"{ENVIRONMENT_PREFIX}{section_name}{NESTING}{name}".upper(),
                default=field.get_default(call_default_factory=True, validated_data={}),
                allowed=_allowed(field),
                description=field.description or "",
            )
            for name, field in model.model_fields.items()
        ]
    return tuple(entries)


def section_names() -> tuple[str, ...]:
    """The names of the tables."""
    return tuple(Settings.model_fields)


def _allowed(field: FieldInfo) -> str:
    kind = _without_none(field.annotation)
    if kind is bool:
        return "true or false"
    if choices := _choices(kind):
        return f"one of {', '.join(choices)}"
    if typing.get_origin(kind) is tuple:
        return f"names, separated by commas, out of {', '.join(_choices(typing.get_args(kind)[0]))}"
    if kind in (int, float):
        return _number_range("a whole number" if kind is int else "a number", field)
    if kind is Path:
        return "the path of a folder or file"
    longest = next((rule.max_length for rule in field.metadata if isinstance(rule, MaxLen)), None)
    return f"text of up to {longest} characters, without control characters"


def _choices(kind: object) -> tuple[str, ...]:
    """The values of a type that has few; none for any other."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(member.value for member in kind)
    return tuple(map(str, typing.get_args(kind))) if typing.get_origin(kind) is typing.Literal else ()


def _without_none(annotation: object) -> object:
    """`Path` for `Path | None`, also where it is annotated."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        annotation = next(part for part in typing.get_args(annotation) if part is not type(None))
    if typing.get_origin(annotation) is typing.Annotated:
        annotation = typing.get_args(annotation)[0]
    return annotation


def _number_range(kind: str, field: FieldInfo) -> str:
    lowest = next((rule.ge for rule in field.metadata if isinstance(rule, Ge)), None)
    highest = next((rule.le for rule in field.metadata if isinstance(rule, Le)), None)
    return f"{kind} from {lowest} to {highest}"

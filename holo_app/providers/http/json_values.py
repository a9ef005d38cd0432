"""JSON from outside, read with suspicion: what is not as expected is absent, never a crash."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any, NoReturn

from holo_app.errors import FailureCategory, ProviderError

JsonObject = dict[str, Any]
_NO_COUNT = 1e15


def json_object(provider: str, content: bytes | str) -> JsonObject:
    """The object that `content` is. Raises: ProviderError(BAD_RESPONSE): it is no JSON object."""
    try:
        value = json.loads(content, parse_constant=_no_json)
    except (ValueError, RecursionError):
        raise ProviderError(provider, FailureCategory.BAD_RESPONSE, "an answer is no JSON") from None
    if not isinstance(value, dict):
        raise ProviderError(provider, FailureCategory.BAD_RESPONSE, "an answer is no JSON object")
    return value


def _no_json(constant: str) -> NoReturn:
    """Python would take NaN and Infinity."""
    raise ValueError(constant)


def inside(value: object, *path: str | int) -> Any:
    """What lies at `path` of keys and places; None where there is nothing."""
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def text_in(value: object, *path: str | int) -> str:
    """The text at `path`; "" where there is none."""
    found = inside(value, *path)
    return found if isinstance(found, str) else ""


def number_in(value: object, *path: str | int) -> float | None:
    """The number at `path`, finite, also where it is written as text; None where there is none."""
    found = inside(value, *path)
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        return None
    try:
        number = float(found)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


def count_in(value: object, *path: str | int) -> int:
    """The count at `path`; 0 where there is none."""
    found = number_in(value, *path)
    return max(0, int(found)) if found is not None and found < _NO_COUNT else 0


def list_in(value: object, *path: str | int) -> list[Any]:
    """The list at `path`; empty where there is none."""
    found = inside(value, *path)
    return found if isinstance(found, list) else []

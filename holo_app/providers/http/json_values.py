"""JSON from outside, read with suspicion: what is not as expected is absent, never a crash."""

from __future__ import annotations

import json
from typing import Any

from holo_app.errors import FailureCategory, ProviderError

JsonObject = dict[str, Any]


def json_object(provider: str, content: bytes | str) -> JsonObject:
    """The object that `content` is. Raises: ProviderError(BAD_RESPONSE): it is no JSON object."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        raise ProviderError(provider, FailureCategory.BAD_RESPONSE, "an answer is no JSON") from None
    if not isinstance(value, dict):
        raise ProviderError(provider, FailureCategory.BAD_RESPONSE, "an answer is no JSON object")
    return value


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
    """The number at `path`, also where it is written as text; None where there is none."""
    found = inside(value, *path)
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        return None
    try:
        return float(found)
    except ValueError:
        return None


def count_in(value: object, *path: str | int) -> int:
    """The count at `path`; 0 where there is none."""
    found = number_in(value, *path)
    return max(0, int(found)) if found is not None and found == found and abs(found) < 1e15 else 0  # noqa: PLR0124, PLR2004


def list_in(value: object, *path: str | int) -> list[Any]:
    """The list at `path`; empty where there is none."""
    found = inside(value, *path)
    return found if isinstance(found, list) else []

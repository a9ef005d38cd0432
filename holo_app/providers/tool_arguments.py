"""The arguments of a called function, as models write them."""

from __future__ import annotations

import json

from holo_app.errors import FailureCategory, ProviderError


def tool_arguments(provider: str, name: str, written: object) -> dict[str, object]:
    """The object that `written` is, or is the JSON text of; nothing at all is an empty one.

    Some servers write the text as JSON once more. Raises: ProviderError(BAD_RESPONSE): it is none.
    """
    value: object = {} if written is None else written
    try:
        for _ in range(2):
            if isinstance(value, str):
                value = json.loads(value) if value.strip() else {}
        json.dumps(value, allow_nan=False)  # it is sent back later, where NaN is no JSON
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ProviderError(
            provider, FailureCategory.BAD_RESPONSE, f"the arguments of {name[:60]} are no JSON object"
        ) from None
    return value

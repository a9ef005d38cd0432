"""What OpenAI, and those who copy it, mean by their errors: `error` may be an object or a text, its code a text or a number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.http.failures import Refusal, category_of
from holo_app.providers.http.json_values import JsonObject, inside, text_in

_BY_CODE = {
    "insufficient_quota": FailureCategory.QUOTA,
    "billing_hard_limit_reached": FailureCategory.QUOTA,
    "invalid_api_key": FailureCategory.AUTH,
    "rate_limit_exceeded": FailureCategory.RATE_LIMITED,
    "server_error": FailureCategory.UNAVAILABLE,
    "unavailable_error": FailureCategory.UNAVAILABLE,
}
_FIRST_STATUS = 400


def read_refusal(refusal: Refusal) -> tuple[FailureCategory | None, str, float | None]:
    """A ReadRefusal."""
    code, kind, message = _parts(refusal.body)
    return _BY_CODE.get(code) or _BY_CODE.get(kind), message, None


def stream_failure(provider: str, event: JsonObject) -> ProviderError:
    """An error that came in place of a piece of an answer."""
    code, kind, message = _parts(event)
    category = _BY_CODE.get(code) or _BY_CODE.get(kind)
    if category is None and code.isdecimal() and int(code) >= _FIRST_STATUS:
        category = category_of(int(code))
    return ProviderError(provider, category or FailureCategory.UNAVAILABLE, message[:200])


def _parts(body: Mapping[str, Any]) -> tuple[str, str, str]:
    """Code, type and message."""
    error = body.get("error", body)
    if isinstance(error, str):
        return "", "", error
    code = inside(error, "code")
    return str(code) if isinstance(code, str | int) else "", text_in(error, "type"), text_in(error, "message")

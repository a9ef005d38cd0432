"""What Anthropic means by its errors, before an answer and in the middle of one."""

from __future__ import annotations

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.http.failures import Refusal
from holo_app.providers.http.json_values import JsonObject, text_in

_BY_TYPE = {
    "invalid_request_error": FailureCategory.BAD_REQUEST,
    "request_too_large": FailureCategory.BAD_REQUEST,
    "not_found_error": FailureCategory.BAD_REQUEST,
    "authentication_error": FailureCategory.AUTH,
    "permission_error": FailureCategory.AUTH,
    "billing_error": FailureCategory.QUOTA,
    "rate_limit_error": FailureCategory.RATE_LIMITED,
    "timeout_error": FailureCategory.TIMEOUT,
    "api_error": FailureCategory.UNAVAILABLE,
    "overloaded_error": FailureCategory.UNAVAILABLE,
}
_NO_CREDIT = "credit balance is too low"


def read_refusal(refusal: Refusal) -> tuple[FailureCategory | None, str, float | None]:
    """A ReadRefusal."""
    category, message = _reading(refusal.body.get("error"))
    return category, message, None


def stream_failure(provider: str, event: JsonObject) -> ProviderError:
    """An `error` event."""
    category, message = _reading(event.get("error"))
    return ProviderError(provider, category or FailureCategory.UNAVAILABLE, message[:200])


def _reading(error: object) -> tuple[FailureCategory | None, str]:
    message = text_in(error, "message")
    if _NO_CREDIT in message:  # comes as a bad request
        return FailureCategory.QUOTA, message
    return _BY_TYPE.get(text_in(error, "type")), message

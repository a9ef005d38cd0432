"""What ElevenLabs means by its errors: a spent quota is a 401 like a wrong key, and only the status' name tells them apart."""

from __future__ import annotations

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.http.failures import Refusal, category_of
from holo_app.providers.http.json_values import JsonObject, inside, number_in, text_in

_BY_NAME = {
    "quota_exceeded": FailureCategory.QUOTA,
    "payment_required": FailureCategory.QUOTA,
    "invalid_api_key": FailureCategory.AUTH,
    "missing_permissions": FailureCategory.AUTH,
    "needs_authorization": FailureCategory.AUTH,
    "detected_unusual_activity": FailureCategory.AUTH,
    "too_many_concurrent_requests": FailureCategory.RATE_LIMITED,
    "max_active_conversations": FailureCategory.RATE_LIMITED,
    "rate_limit_exceeded": FailureCategory.RATE_LIMITED,
    "system_busy": FailureCategory.UNAVAILABLE,
    "internal_server_error": FailureCategory.UNAVAILABLE,
    "voice_not_found": FailureCategory.BAD_REQUEST,
    "model_not_found": FailureCategory.BAD_REQUEST,
    "max_character_limit_exceeded": FailureCategory.BAD_REQUEST,
    "input_timeout_exceeded": FailureCategory.CANCELLED_BY_PEER,
}
_IN_WORDS = (
    ("quota", FailureCategory.QUOTA),
    ("api key", FailureCategory.AUTH),
    ("api_key", FailureCategory.AUTH),
    ("simultaneous contexts", FailureCategory.RATE_LIMITED),
    ("timeout", FailureCategory.CANCELLED_BY_PEER),
)
"""Where a closing socket has only a sentence to say it with."""
_POLICY = 1008
_FIRST_STATUS, _FIRST_CLOSE_CODE = 400, 1000


def read_refusal(refusal: Refusal) -> tuple[FailureCategory | None, str, float | None]:
    """A ReadRefusal. `detail` is an object with a status, a text, or a list of what is wrong with each field."""
    detail = inside(refusal.body, "detail")
    status = text_in(detail, "status") or text_in(detail, "code")
    message = text_in(detail, "message") or text_in(detail, 0, "msg") or (detail if isinstance(detail, str) else "")
    return _BY_NAME.get(status), f"{status} {message}".strip(), None


def read_close(code: int, reason: str) -> FailureCategory | None:
    """A ReadClose."""
    return _by_name(reason) if code == _POLICY else None


def is_failure(message: JsonObject) -> bool:
    """Whether a message says that something went wrong."""
    return "error" in message or ("message" in message and "audio" not in message)


def failure(provider: str, message: JsonObject) -> ProviderError:
    """The error that a message is."""
    name, words = text_in(message, "error"), text_in(message, "message")
    category = _by_name(name) or _by_name(words)
    code = number_in(message, "code")
    if category is None and code is not None and _FIRST_STATUS <= code < _FIRST_CLOSE_CODE:
        category = category_of(int(code))
    if category is None and code == _POLICY:
        category = FailureCategory.BAD_REQUEST
    return ProviderError(provider, category or FailureCategory.UNAVAILABLE, f"{name} {words}".strip()[:200])


def expired(message: JsonObject) -> bool:
    """Whether the other side lets go of a connection that nobody has used for a while."""
    return text_in(message, "error").startswith("input_timeout")


def _by_name(text: str) -> FailureCategory | None:
    lowered = text.lower()
    return _BY_NAME.get(lowered) or next((category for words, category in _IN_WORDS if words in lowered), None)

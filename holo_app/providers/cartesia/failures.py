"""What Cartesia means by its errors: by their code, else by a status like HTTP's, also where they come over a socket."""

from __future__ import annotations

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.http.failures import Refusal, category_of
from holo_app.providers.http.json_values import JsonObject, number_in, text_in

_BY_CODE = {
    "quota_exceeded": FailureCategory.QUOTA,
    "credits_exhausted": FailureCategory.QUOTA,
    "plan_upgrade_required": FailureCategory.QUOTA,
    "concurrency_limited": FailureCategory.RATE_LIMITED,
    "model_not_found": FailureCategory.BAD_REQUEST,
    "voice_not_found": FailureCategory.BAD_REQUEST,
}
_FIRST_STATUS = 400


def read_refusal(refusal: Refusal) -> tuple[FailureCategory | None, str, float | None]:
    """A ReadRefusal."""
    return _BY_CODE.get(text_in(refusal.body, "error_code")), _words(refusal.body) or refusal.text, None


def failure(provider: str, message: JsonObject) -> ProviderError:
    """The error that a message is."""
    category = _BY_CODE.get(text_in(message, "error_code"))
    status = number_in(message, "status_code")
    if category is None and status is not None and status >= _FIRST_STATUS:
        category = category_of(int(status))
    return ProviderError(provider, category or FailureCategory.UNAVAILABLE, _words(message)[:200])


def _words(body: object) -> str:
    parts = (text_in(body, "title"), text_in(body, "message") or text_in(body, "error"))
    return ": ".join(part for part in parts if part)

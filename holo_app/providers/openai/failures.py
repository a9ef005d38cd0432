"""What OpenAI, and those who copy it, mean by their errors.

`error` may be an object or a text, or its fields stand at the top (older vLLM); its code may be a text or a number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.http.failures import ReadRefusal, Refusal, category_of, retry_after_s
from holo_app.providers.http.json_values import JsonObject, inside, list_in, text_in

_Reading = tuple[FailureCategory | None, str, float | None]

_BY_CODE = {
    "insufficient_quota": FailureCategory.QUOTA,
    "billing_hard_limit_reached": FailureCategory.QUOTA,
    "billing_not_active": FailureCategory.QUOTA,
    "invalid_api_key": FailureCategory.AUTH,
    "authentication_error": FailureCategory.AUTH,
    "rate_limit_exceeded": FailureCategory.RATE_LIMITED,
    "server_error": FailureCategory.UNAVAILABLE,
    "unavailable_error": FailureCategory.UNAVAILABLE,
    # llama.cpp: it was built or started without what was asked for
    "not_supported_error": FailureCategory.BAD_REQUEST,
    "exceed_context_size_error": FailureCategory.BAD_REQUEST,
}
_FIRST_STATUS, _FORBIDDEN, _NOT_FOUND, _TOO_MANY = 400, 403, 404, 429
_DURATION = re.compile(r"([\d.]+)(ms|h|m|s)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def read_refusal(refusal: Refusal) -> _Reading:
    """A ReadRefusal."""
    code, kind, message = _parts(refusal.body)
    again_s = retry_after_s(refusal.headers)
    if again_s is None and refusal.status == _TOO_MANY:
        again_s = _limit_resets_s(refusal.headers)
    return _BY_CODE.get(code) or _BY_CODE.get(kind), message, again_s


def read_openrouter(refusal: Refusal) -> _Reading:
    """A ReadRefusal. 403 is its moderation here, not the key."""
    category, message, again_s = read_refusal(refusal)
    metadata = inside(refusal.body, "error", "metadata")
    reasons = [reason for reason in list_in(metadata, "reasons") if isinstance(reason, str)]
    if refusal.status == _FORBIDDEN and reasons:
        return FailureCategory.BAD_REQUEST, f"{message} ({', '.join(reasons)})", again_s
    maker = text_in(metadata, "provider_name")
    return category, f"{message} ({maker})" if maker else message, again_s


def read_ollama(model: str) -> ReadRefusal:
    """A ReadRefusal. model: the one that is asked for, which somebody must have pulled."""

    def read(refusal: Refusal) -> _Reading:
        category, message, again_s = read_refusal(refusal)
        if refusal.status == _NOT_FOUND and "model" in message:
            message = f'it has no model "{model}": run "ollama pull {model}" on its machine'
        return category, message, again_s

    return read


def read_llamacpp(refusal: Refusal) -> _Reading:
    """A ReadRefusal."""
    category, message, again_s = read_refusal(refusal)
    if "--jinja" in message:  # comes as a failure of the server, which it is not
        category = FailureCategory.BAD_REQUEST
    return category, message, again_s


def stream_failure(provider: str, event: JsonObject) -> ProviderError | None:
    """The error that came in place of a piece of an answer, or with it; None: there is none in it."""
    choice = inside(event, "choices", 0)
    failed = text_in(choice, "finish_reason") == "error" or event.get("object") == "error"
    body = next((part for part in (event, choice) if inside(part, "error")), event if failed else None)
    if body is None:
        return None
    code, kind, message = _parts(body)
    category = _BY_CODE.get(code) or _BY_CODE.get(kind)
    if category is None and code.isdecimal() and int(code) >= _FIRST_STATUS:
        category = category_of(int(code))
    return ProviderError(provider, category or FailureCategory.UNAVAILABLE, message[:200])


def reported_failure(provider: str, event: JsonObject) -> ProviderError:
    """The error that an event is, whatever it holds."""
    return stream_failure(provider, event) or ProviderError(
        provider, FailureCategory.UNAVAILABLE, _parts(event)[2][:200]
    )


def _parts(body: Mapping[str, Any]) -> tuple[str, str, str]:
    """Code, type and message."""
    error = body.get("error") or body
    if isinstance(error, str):
        return "", "", error
    code = inside(error, "code")
    message = text_in(error, "message") or text_in(error, "detail")
    return str(code) if type(code) in {str, int} else "", text_in(error, "type"), message


def _limit_resets_s(headers: Mapping[str, str]) -> float | None:
    """When the limit that was reached is lifted, where the server says so: `1s`, `6m0s`, `120ms`."""
    waits = [
        sum(float(count) * _SECONDS[unit] for count, unit in _DURATION.findall(headers[f"x-ratelimit-reset-{what}"]))
        for what in ("requests", "tokens")
        if headers.get(f"x-ratelimit-remaining-{what}") == "0" and f"x-ratelimit-reset-{what}" in headers
    ]
    return max(waits, default=None)

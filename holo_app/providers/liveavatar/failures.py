"""What LiveAvatar means by its errors: `{"code", "message"}`, with numbers that are written nowhere."""

from __future__ import annotations

from typing import Final

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.http.failures import Refusal, category_of
from holo_app.providers.http.json_values import JsonObject, number_in, text_in

_BY_WORD: Final = (
    ("credit", FailureCategory.QUOTA),
    ("quota", FailureCategory.QUOTA),
    ("concurren", FailureCategory.RATE_LIMITED),
)
_STATUSES: Final = range(400, 600)


def read_refusal(refusal: Refusal) -> tuple[FailureCategory | None, str, float | None]:
    """A ReadRefusal."""
    message = text_in(refusal.body, "message")
    return _by_word(message) if refusal.status not in {401, 429} else None, message, None


def empty_answer(provider: str, answer: JsonObject) -> ProviderError:
    """An answer of success that brings nothing."""
    message = text_in(answer, "message")
    code = number_in(answer, "code")
    category = _by_word(message)
    if category is None and code is not None and code in _STATUSES:
        category = category_of(int(code))
    return ProviderError(provider, category or FailureCategory.BAD_RESPONSE, message[:200] or "an answer without data")


def _by_word(message: str) -> FailureCategory | None:
    return next((category for word, category in _BY_WORD if word in message.lower()), None)

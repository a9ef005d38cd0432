"""What an HTTP answer, or the lack of one, means for whoever asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Protocol

from holo_app.errors import FailureCategory, ProviderError

_LONGEST_DETAIL = 300
_LONGEST_WAIT_S = 3600.0
"""A breaker stays open for as long as the server asks: a slip of the server's must not close it out for days."""

_NOT_SOON_S = 60.0
"""For a server that says no more than that it is useless to ask again."""

_CATEGORIES = {
    HTTPStatus.UNAUTHORIZED: FailureCategory.AUTH,
    HTTPStatus.FORBIDDEN: FailureCategory.AUTH,
    HTTPStatus.PAYMENT_REQUIRED: FailureCategory.QUOTA,
    HTTPStatus.REQUEST_TIMEOUT: FailureCategory.TIMEOUT,
    HTTPStatus.CONFLICT: FailureCategory.UNAVAILABLE,
    HTTPStatus.TOO_MANY_REQUESTS: FailureCategory.RATE_LIMITED,
    HTTPStatus.GATEWAY_TIMEOUT: FailureCategory.TIMEOUT,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is no success. headers: by lower-case name. body: as JSON, or {} where it is none."""

    status: int
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    text: str


class ReadRefusal(Protocol):
    """A vendor's own reading of a refusal: category, detail for staff, and when to ask again; None: as the status says."""

    def __call__(self, refusal: Refusal) -> tuple[FailureCategory | None, str, float | None]: ...


def refusal_of(status: int, headers: Mapping[str, str], content: bytes) -> Refusal:
    """The answer, read as far as it can be."""
    text = content.decode("utf-8", "replace")
    try:
        body = json.loads(text)
    except ValueError:
        body = {}
    names = {name.lower(): value for name, value in headers.items()}
    return Refusal(status, names, body if isinstance(body, dict) else {}, text)


def refused(provider: str, refusal: Refusal, read: ReadRefusal | None = None) -> ProviderError:
    """The error that a refusal is. A vendor's text is kept short: staff read it, and a body may be a whole page."""
    category, detail, again_s = (None, "", None) if read is None else read(refusal)
    if again_s is None:
        again_s = retry_after_s(refusal.headers)
    category, again_s = _as_told(refusal, category or category_of(refusal.status), again_s)
    return ProviderError(
        provider,
        category,
        f"HTTP {refusal.status}{f': {detail[:_LONGEST_DETAIL]}' if detail else ''}",
        retry_after_s=None if again_s is None else min(again_s, _LONGEST_WAIT_S),
    )


def _as_told(
    refusal: Refusal, category: FailureCategory, again_s: float | None
) -> tuple[FailureCategory, float | None]:
    """`x-should-retry` of OpenAI and Anthropic, which goes before what the status says."""
    told = refusal.headers.get("x-should-retry")
    if told == "true" and category is FailureCategory.BAD_REQUEST:
        return FailureCategory.UNAVAILABLE, again_s
    if told == "false" and category.retryable:
        return category, max(again_s or 0.0, _NOT_SOON_S)
    return category, again_s


def category_of(status: int) -> FailureCategory:
    """What a status means where a vendor says no more."""
    if status in _CATEGORIES:
        return _CATEGORIES[HTTPStatus(status)]
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return FailureCategory.BAD_REQUEST
    return FailureCategory.UNAVAILABLE if status >= HTTPStatus.INTERNAL_SERVER_ERROR else FailureCategory.BAD_RESPONSE


def retry_after_s(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds until the server wants to be asked again, ≥ 0; None where it does not say. headers: by lower-case name."""
    try:
        if "retry-after-ms" in headers:
            return max(0.0, float(headers["retry-after-ms"]) / 1000)
        if "retry-after" not in headers:
            return None
        return max(0.0, float(headers["retry-after"]))
    except ValueError:
        return _until(headers.get("retry-after", ""), now or datetime.now(UTC))


def _until(date: str, now: datetime) -> float | None:
    try:
        then = parsedate_to_datetime(date)
    except ValueError:
        return None
    return max(0.0, (then.replace(tzinfo=then.tzinfo or UTC) - now).total_seconds())

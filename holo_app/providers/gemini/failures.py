"""What Google means by the errors of its model services (google.rpc.Status as JSON)."""

from __future__ import annotations

import json

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.http.failures import Refusal, category_of
from holo_app.providers.http.json_values import JsonObject, count_in, inside, list_in, number_in, text_in

_Reading = tuple[FailureCategory | None, str, float | None]

_BY_REASON = {
    "API_KEY_INVALID": FailureCategory.AUTH,
    "API_KEY_SERVICE_BLOCKED": FailureCategory.AUTH,
    "API_KEY_HTTP_REFERRER_BLOCKED": FailureCategory.AUTH,
    "API_KEY_IP_ADDRESS_BLOCKED": FailureCategory.AUTH,
    "BILLING_DISABLED": FailureCategory.QUOTA,
}
_BY_STATUS = {
    "UNAUTHENTICATED": FailureCategory.AUTH,
    "PERMISSION_DENIED": FailureCategory.AUTH,
    # where the service, or its free part, is not offered: only a person can mend that
    "FAILED_PRECONDITION": FailureCategory.AUTH,
    "RESOURCE_EXHAUSTED": FailureCategory.RATE_LIMITED,
    "CANCELLED": FailureCategory.CANCELLED_BY_PEER,
    "DEADLINE_EXCEEDED": FailureCategory.TIMEOUT,
    "UNAVAILABLE": FailureCategory.UNAVAILABLE,
    "INTERNAL": FailureCategory.UNAVAILABLE,
}
_FIRST_STATUS = 400
_LONGEST_WAIT_S = 3600.0


def read_refusal(refusal: Refusal) -> _Reading:
    """A ReadRefusal. A refused stream may be a list of one."""
    body: object = refusal.body
    if not refusal.body:
        try:
            body = inside(json.loads(refusal.text), 0)
        except (ValueError, RecursionError):
            body = None
    return _reading(inside(body, "error"))


def stream_failure(provider: str, event: JsonObject) -> ProviderError:
    """An error that came in place of a piece of an answer."""
    error = event.get("error")
    category, detail, again_s = _reading(error)
    if category is None and (code := count_in(error, "code")) >= _FIRST_STATUS:
        category = category_of(code)
    return ProviderError(provider, category or FailureCategory.UNAVAILABLE, detail[:200], retry_after_s=again_s)


def _reading(error: object) -> _Reading:
    category = _BY_STATUS.get(text_in(error, "status"))
    again_s = None
    for detail in list_in(error, "details"):
        category = _BY_REASON.get(text_in(detail, "reason"), category)
        if any("PerDay" in text_in(violation, "quotaId") for violation in list_in(detail, "violations")):
            category = FailureCategory.QUOTA
        if text_in(detail, "@type").endswith("RetryInfo"):
            again_s = number_in(text_in(detail, "retryDelay").removesuffix("s"))
    if category is not FailureCategory.RATE_LIMITED and category is not FailureCategory.UNAVAILABLE:
        again_s = None  # it is named for what is used up until tomorrow, too
    return category, text_in(error, "message"), None if again_s is None else min(max(0.0, again_s), _LONGEST_WAIT_S)

"""What Google's speech services mean by their errors: google.rpc.Status, as JSON or by gRPC."""

from __future__ import annotations

from holo_app.errors import FailureCategory
from holo_app.providers.http.failures import Refusal
from holo_app.providers.http.json_values import inside, list_in, number_in, text_in

NAME = "google"

BY_STATUS = {
    "CANCELLED": FailureCategory.CANCELLED_BY_PEER,
    # a stream that is too old
    "ABORTED": FailureCategory.CANCELLED_BY_PEER,
    "UNKNOWN": FailureCategory.UNAVAILABLE,
    "INTERNAL": FailureCategory.UNAVAILABLE,
    "UNAVAILABLE": FailureCategory.UNAVAILABLE,
    "DATA_LOSS": FailureCategory.BAD_RESPONSE,
    "DEADLINE_EXCEEDED": FailureCategory.TIMEOUT,
    "RESOURCE_EXHAUSTED": FailureCategory.RATE_LIMITED,
    "UNAUTHENTICATED": FailureCategory.AUTH,
    "PERMISSION_DENIED": FailureCategory.AUTH,
    "INVALID_ARGUMENT": FailureCategory.BAD_REQUEST,
    "FAILED_PRECONDITION": FailureCategory.BAD_REQUEST,
    "OUT_OF_RANGE": FailureCategory.BAD_REQUEST,
    "NOT_FOUND": FailureCategory.BAD_REQUEST,
    "ALREADY_EXISTS": FailureCategory.BAD_REQUEST,
    "UNIMPLEMENTED": FailureCategory.BAD_REQUEST,
}
BY_REASON = {
    "API_KEY_INVALID": FailureCategory.AUTH,
    "API_KEY_SERVICE_BLOCKED": FailureCategory.AUTH,
    "BILLING_DISABLED": FailureCategory.QUOTA,
}
"""What an ErrorInfo says goes before the status: a wrong API key comes as INVALID_ARGUMENT."""


def used_up(text: str) -> bool:
    """Whether a broken quota is one that lasts: of a day or a month, not of a minute."""
    plain = text.lower().replace("_", "").replace(" ", "")
    return "perday" in plain or "permonth" in plain


def read_refusal(refusal: Refusal) -> tuple[FailureCategory | None, str, float | None]:
    """A ReadRefusal."""
    error = inside(refusal.body, "error")
    message = text_in(error, "message")
    category = BY_STATUS.get(text_in(error, "status"))
    again_s = None
    quotas = [message]
    for detail in list_in(error, "details"):
        category = BY_REASON.get(text_in(detail, "reason"), category)
        quotas += [text_in(entry, "quotaId") for entry in list_in(detail, "violations")]
        quotas += [text_in(entry, "description") for entry in list_in(detail, "violations")]
        delay_s = number_in(text_in(detail, "retryDelay").removesuffix("s"))
        again_s = again_s if delay_s is None else max(0.0, delay_s)
    if category is FailureCategory.RATE_LIMITED and any(map(used_up, quotas)):
        return FailureCategory.QUOTA, message, None
    return category, message, again_s

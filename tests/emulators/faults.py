"""What can go wrong at a provider, by name, and what a client must make of it."""

from __future__ import annotations

from enum import StrEnum

from holo_app.errors import FailureCategory

WAIT_S = 3.0
"""What RATE_LIMITED_FOR asks for."""


class Fault(StrEnum):
    """One thing that an emulator does wrong, once."""

    # refused before anything
    UNAUTHORIZED = "unauthorized"
    QUOTA = "quota"
    RATE_LIMITED = "rate_limited"
    RATE_LIMITED_FOR = "rate_limited_for"
    BAD_REQUEST = "bad_request"
    SERVER_ERROR = "server_error"
    OVERLOADED = "overloaded"
    # the wire
    REFUSED = "refused"
    """Nothing listens."""
    NO_ANSWER = "no_answer"
    """It takes the connection and the request, and never says a word: no status, no handshake."""
    SILENT = "silent"
    """It accepts, and no first event comes."""
    STALL = "stall"
    """Silence after the first event."""
    CUT = "cut"
    """The connection breaks after the first event."""
    GARBLED = "garbled"
    """What should be JSON is none."""
    FAILS_LATE = "fails_late"
    """The provider's own way of saying, after the first event, that it failed."""
    ODD_CLOSE = "odd_close"
    """The stream ends politely, but too early; a WebSocket with a code of its own."""
    # what is allowed
    SPLIT = "split"
    """Each byte in a segment of its own, so that events and UTF-8 characters are split."""
    GLUED = "glued"
    """Everything in one segment."""
    UNKNOWN = "unknown"
    """Comments, unknown events and unknown fields in between."""


EXPECTED: dict[Fault, FailureCategory | None] = {
    Fault.UNAUTHORIZED: FailureCategory.AUTH,
    Fault.QUOTA: FailureCategory.QUOTA,
    Fault.RATE_LIMITED: FailureCategory.RATE_LIMITED,
    Fault.RATE_LIMITED_FOR: FailureCategory.RATE_LIMITED,
    Fault.BAD_REQUEST: FailureCategory.BAD_REQUEST,
    Fault.SERVER_ERROR: FailureCategory.UNAVAILABLE,
    Fault.OVERLOADED: FailureCategory.UNAVAILABLE,
    Fault.REFUSED: FailureCategory.UNAVAILABLE,
    Fault.NO_ANSWER: FailureCategory.TIMEOUT,
    Fault.SILENT: FailureCategory.TIMEOUT,
    Fault.STALL: FailureCategory.TIMEOUT,
    Fault.CUT: FailureCategory.CANCELLED_BY_PEER,
    Fault.GARBLED: FailureCategory.BAD_RESPONSE,
    Fault.FAILS_LATE: FailureCategory.UNAVAILABLE,
    Fault.ODD_CLOSE: FailureCategory.CANCELLED_BY_PEER,
    Fault.SPLIT: None,
    Fault.GLUED: None,
    Fault.UNKNOWN: None,
}
"""The category of each; None: the answer is right all the same."""

REFUSALS = frozenset(
    {
        Fault.UNAUTHORIZED,
        Fault.QUOTA,
        Fault.RATE_LIMITED,
        Fault.RATE_LIMITED_FOR,
        Fault.BAD_REQUEST,
        Fault.SERVER_ERROR,
        Fault.OVERLOADED,
    }
)

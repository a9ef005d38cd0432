"""A circuit breaker as a pure state machine: who keeps failing is not asked for a while, and then by one call first.

closed → (so many failures in a row, or a hopeless one) → open → (time) → half-open: one probe → closed or open.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from holo_app.errors import FailureCategory

_NEVER_COUNTED = frozenset({FailureCategory.BAD_REQUEST})
_HOPELESS = frozenset({FailureCategory.AUTH, FailureCategory.QUOTA})


class CircuitState(StrEnum):
    """Whether calls go through."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class CircuitPolicy:
    """failures: in a row, until it opens. open_s: for how long; it doubles with each probe that fails, up to longest_open_s.

    hopeless_open_s: the same where a key is wrong or a quota used up, which only a person can mend.
    """

    failures: int = 3
    open_s: float = 5.0
    longest_open_s: float = 20.0
    hopeless_open_s: float = 600.0


class Circuit:
    """One provider's. Times are of one clock that only grows, in seconds. `allows` must be asked before each call.

    A call that was allowed ends with `succeeded`, `failed` or, where nobody waited for its result, `abandoned`.
    """

    def __init__(self, policy: CircuitPolicy | None = None) -> None:
        self._policy = policy or CircuitPolicy()
        self._failures = 0
        self._open_until: float | None = None
        self._open_s = self._policy.open_s
        self._probing = False
        self.last_failure: FailureCategory | None = None
        """Why it last failed; None after a success."""

    def state(self, now: float) -> CircuitState:
        """The state at `now`."""
        if self._open_until is None:
            return CircuitState.CLOSED
        return CircuitState.HALF_OPEN if now >= self._open_until else CircuitState.OPEN

    @property
    def hopeless(self) -> bool:
        """Open until a person has put something right: a key, or the account."""
        return self._open_until is not None and self.last_failure in _HOPELESS

    def allows(self, now: float) -> bool:
        """Whether a call may be made now. A half-open circuit allows one at a time."""
        match self.state(now):
            case CircuitState.CLOSED:
                return True
            case CircuitState.OPEN:
                return False
            case CircuitState.HALF_OPEN:
                allowed, self._probing = not self._probing, True
                return allowed

    def succeeded(self) -> None:
        """The call did what it should."""
        self._failures, self._open_until, self._probing = 0, None, False
        self._open_s = self._policy.open_s
        self.last_failure = None

    def failed(self, category: FailureCategory, now: float, *, retry_after_s: float | None = None) -> None:
        """The call failed. retry_after_s: when the provider wants to be asked again."""
        probed, self._probing = self._probing, False
        if category in _NEVER_COUNTED:
            return  # the call's fault, not the provider's
        self.last_failure = category
        self._failures += 1
        if category in _HOPELESS:
            self._open_until = now + self._policy.hopeless_open_s
        elif probed or self._failures >= self._policy.failures or retry_after_s is not None:
            self._open_until = now + max(self._open_s, retry_after_s or 0.0)
            self._open_s = min(2 * self._open_s, self._policy.longest_open_s)

    def abandoned(self) -> None:
        """Nobody waited for the result: it says nothing about the provider."""
        self._probing = False

    def reset(self) -> None:
        """Somebody put something right: try at once."""
        self.succeeded()

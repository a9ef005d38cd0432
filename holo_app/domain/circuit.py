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

    hopeless_open_s: the same where a key is wrong or a quota used up, which only a person can mend; also the longest that a
    provider's own wish to be left alone is obeyed.
    """

    failures: int = 3
    open_s: float = 5.0
    longest_open_s: float = 20.0
    hopeless_open_s: float = 600.0


class Circuit:
    """One provider's. Times are of one clock that only grows, in seconds."""

    def __init__(self, policy: CircuitPolicy | None = None) -> None:
        self._policy = policy or CircuitPolicy()
        self._failures = 0
        self._open_until: float | None = None
        self._open_s = self._policy.open_s
        self._probe: Admission | None = None
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

    def admit(self, now: float) -> Admission | None:
        """Ask before each call; None: it must not be made. A half-open circuit admits one at a time."""
        match self.state(now):
            case CircuitState.CLOSED:
                return Admission(self)
            case CircuitState.HALF_OPEN if self._probe is None:
                self._probe = Admission(self)
                return self._probe
            case _:
                return None

    def reset(self) -> None:
        """Somebody put something right: try at once."""
        self._failures, self._open_until, self._probe = 0, None, None
        self._open_s = self._policy.open_s
        self.last_failure = None

    def _succeeded(self, call: Admission) -> None:
        # a call that began before the circuit opened says nothing about what came after it
        if self._open_until is None or call is self._probe:
            self.reset()

    def _failed(self, call: Admission, category: FailureCategory, now: float, retry_after_s: float | None) -> None:
        probed = self._abandoned(call)
        if category in _NEVER_COUNTED:
            return  # the call's fault, not the provider's
        if category in _HOPELESS:
            self._open(category, now + self._policy.hopeless_open_s)
        elif probed or self._open_until is None:
            self.last_failure = category
            self._failures += 1
            if probed or self._failures >= self._policy.failures or retry_after_s is not None:
                wished_s = min(retry_after_s or 0.0, self._policy.hopeless_open_s)
                self._open(category, now + max(self._open_s, wished_s))
                self._open_s = min(2 * self._open_s, self._policy.longest_open_s)

    def _abandoned(self, call: Admission) -> bool:
        """Whether it was the probe, whose place is free again."""
        probed = call is self._probe
        if probed:
            self._probe = None
        return probed

    def _open(self, category: FailureCategory, until: float) -> None:
        self.last_failure = category
        self._open_until = until


class Admission:
    """A call that was let through. Tell it once how the call ended; what is told later does not count."""

    def __init__(self, circuit: Circuit) -> None:
        self._circuit: Circuit | None = circuit

    def succeeded(self) -> None:
        """The call did what it should."""
        if (circuit := self._told()) is not None:
            circuit._succeeded(self)  # noqa: SLF001 - two halves of one machine

    def failed(self, category: FailureCategory, now: float, *, retry_after_s: float | None = None) -> None:
        """The call failed. retry_after_s: when the provider wants to be asked again."""
        if (circuit := self._told()) is not None:
            circuit._failed(self, category, now, retry_after_s)  # noqa: SLF001 - two halves of one machine

    def abandoned(self) -> None:
        """Nobody waited for the result: it says nothing about the provider."""
        if (circuit := self._told()) is not None:
            circuit._abandoned(self)  # noqa: SLF001 - two halves of one machine

    def _told(self) -> Circuit | None:
        circuit, self._circuit = self._circuit, None
        return circuit

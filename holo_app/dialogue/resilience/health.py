"""How the providers fare: what staff see, what metrics count, and what tells staff that a person is needed."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from holo_app.dialogue.notices import Notice, ProviderFared, ProvidersFared
from holo_app.dialogue.troubles import TroubleBoard
from holo_app.domain.circuit import Circuit, CircuitState
from holo_app.domain.kiosk import Trouble
from holo_app.domain.usage import ProviderRole
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.clock import Clock

_LATENCIES_KEPT = 64
_SUSPICIOUS_FOR_S = 3.0


@dataclass(frozen=True, slots=True)
class ProviderHealth:
    """One provider in one role, at one moment.

    calls: that were made; failures: of them. skipped: calls that were not made, for the circuit was open. needs_staff: a key is
    wrong or a quota used up. last_failure, last_detail, failed_at: of its latest failure, also long after it recovered.
    first_result_p50_s: median of the latest calls; None while there was none.
    """

    role: ProviderRole
    provider: str
    state: CircuitState
    needs_staff: bool
    calls: int
    failures: int
    skipped: int
    last_failure: FailureCategory | None
    last_detail: str
    failed_at: datetime | None
    first_result_p50_s: float | None

    def fared(self) -> ProviderFared:
        """What of it is told to the screen."""
        return ProviderFared(
            self.role,
            self.provider,
            self.state,
            self.needs_staff,
            self.calls,
            self.failures,
            self.first_result_p50_s,
        )


class Health:
    """The board of all providers. Calls are told on the event loop; `all` may be asked from any thread.

    publish: told ProvidersFared whenever that changes.

    While a provider needs a person, Trouble.PROVIDER_NEEDS_STAFF is on, and says which and why.
    """

    def __init__(
        self, clock: Clock, troubles: TroubleBoard, publish: Callable[[Notice], None] = lambda _: None
    ) -> None:
        self._clock = clock
        self._publish = publish
        self._fared = ProvidersFared(())
        self._troubles = troubles
        self._lock = threading.Lock()
        self._records: dict[tuple[ProviderRole, str], Record] = {}
        self._silent_since: dict[tuple[ProviderRole, str], float] = {}
        self._told = ""

    def record(self, role: ProviderRole, provider: str, circuit: Circuit) -> Record:
        """A provider's own place on the board; one that has a place gets a new one."""
        record = Record(self, role, provider, circuit)
        with self._lock:
            self._records[role, provider] = record
        return record

    def all(self) -> tuple[ProviderHealth, ...]:
        """Every provider, in the order in which they were entered."""
        with self._lock:
            return tuple(record.now(self._clock.monotonic()) for record in self._records.values())

    def mended(self, role: ProviderRole, provider: str) -> bool:
        """Staff put something right: the next call tries it. Whether there is such a provider. On the event loop only."""
        record = self._records.get((role, provider))
        if record is not None:
            record.circuit.reset()
            self._tell()
        return record is not None

    def fallen_silent(self, role: ProviderRole, provider: str) -> int:
        """How many others fell silent a moment ago, and none has answered since: perhaps the whole network is gone."""
        now = self._clock.monotonic()
        others = [since for key, since in self._silent_since.items() if key != (role, provider)]
        return sum(now - since <= _SUSPICIOUS_FOR_S for since in others)

    def _succeeded(self) -> None:
        self._silent_since.clear()
        self._tell()

    def _failed(self, record: Record, category: FailureCategory) -> datetime:
        if category is FailureCategory.TIMEOUT:
            self._silent_since[record.role, record.provider] = self._clock.monotonic()
        self._tell()
        return self._clock.utc()

    def _tell(self) -> None:
        self._tell_staff()
        fared = ProvidersFared(tuple(one.fared() for one in self.all()))
        if fared != self._fared:
            self._fared = fared
            self._publish(fared)

    def _tell_staff(self) -> None:
        needy = [record for record in self._records.values() if record.circuit.hopeless]
        told = "; ".join(f"{record.role.value}: {record.last_detail}" for record in needy)
        if told != self._told:
            self._told = told
            # the board tells each trouble once: it is another one now
            self._troubles.end(Trouble.PROVIDER_NEEDS_STAFF)
            if told:
                self._troubles.begin(Trouble.PROVIDER_NEEDS_STAFF, told)


class Record:
    """One provider's place on the board."""

    def __init__(self, health: Health, role: ProviderRole, provider: str, circuit: Circuit) -> None:
        self.role = role
        self.provider = provider
        self.circuit = circuit
        self.last_detail = ""
        self._health = health
        self._calls = self._failures = self._skipped = 0
        self._last_failure: FailureCategory | None = None
        self._failed_at: datetime | None = None
        self._latencies: deque[float] = deque(maxlen=_LATENCIES_KEPT)

    def now(self, at: float) -> ProviderHealth:
        """How it fares."""
        latencies = tuple(self._latencies)
        return ProviderHealth(
            role=self.role,
            provider=self.provider,
            state=self.circuit.state(at),
            needs_staff=self.circuit.hopeless,
            calls=self._calls,
            failures=self._failures,
            skipped=self._skipped,
            last_failure=self._last_failure,
            last_detail=self.last_detail,
            failed_at=self._failed_at,
            first_result_p50_s=median(latencies) if latencies else None,
        )

    def called(self) -> None:
        """A call is made."""
        self._calls += 1

    def skipped(self) -> None:
        """A call is not made, for the circuit is open."""
        self._skipped += 1

    def took(self, seconds: float) -> None:
        """The first result of a call is here."""
        self._latencies.append(seconds)

    def succeeded(self) -> None:
        """A call did what it should."""
        self._health._succeeded()  # noqa: SLF001 - a record is a part of its board

    def failed(self, error: ProviderError) -> None:
        """A call failed, and its circuit knows."""
        self._failures += 1
        self._last_failure, self.last_detail = error.category, str(error)
        self._failed_at = self._health._failed(self, error.category)  # noqa: SLF001 - a record is a part of its board

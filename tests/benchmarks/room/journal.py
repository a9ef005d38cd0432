"""Everything that the kiosk did, with the time at which it did it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from holo_app.dialogue import commands as cmd
from holo_app.dialogue import events as ev
from holo_app.dialogue.notices import CustomerCaption, LoopReady, Notice, StateChanged, TurnFinished
from holo_app.dialogue.trace import Trace
from holo_app.domain.kiosk import KioskState
from holo_app.ports.clock import Clock

N = TypeVar("N", bound=Notice)

_RESTING = (KioskState.IDLE, KioskState.ATTRACT)


@dataclass(frozen=True, slots=True)
class Committed:
    """The kiosk took something for a customer's turn. opened, at: when it began to listen, and when it was sure."""

    text: str
    opened: float
    at: float


@dataclass
class Journal:
    """Filled by the voice loop through `publish` and `step`; all times are monotonic seconds."""

    clock: Clock
    lines: list[str] = field(default_factory=list)
    notices: list[tuple[float, Notice]] = field(default_factory=list)
    commands: list[tuple[float, cmd.Command]] = field(default_factory=list)
    state: KioskState = KioskState.ATTRACT
    state_since: float = 0.0
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _first_event_at: float | None = None
    _trace: Trace | None = None

    def publish(self, notice: Notice) -> None:
        """Keep a notice of the loop."""
        now = self.clock.monotonic()
        self.notices.append((now, notice))
        if isinstance(notice, StateChanged):
            self.state, self.state_since = notice.state, now
        self._changed.set()

    def step(self, event: ev.Event, commands: Sequence[cmd.Command]) -> None:
        """Keep a step of the engine."""
        if self._trace is None:
            self._first_event_at = event.at
            self._trace = Trace(self.lines.append)
        self._trace.step(event, commands)
        now = self.clock.monotonic()
        self.commands.extend((now, command) for command in commands)

    def tell(self, at: float, text: str) -> None:
        """Put something of the rig's own among the trace's lines."""
        began = at if self._first_event_at is None else self._first_event_at
        self.lines.append(f"{at - began:9.3f}  * {text}")

    def of(self, kind: type[N], after: float = 0.0) -> list[tuple[float, N]]:
        """The notices of one kind since a moment."""
        return [(at, notice) for at, notice in self.notices if at >= after and isinstance(notice, kind)]

    @property
    def ready(self) -> bool:
        """Whether the kiosk hears."""
        return bool(self.of(LoopReady))

    def resting(self, seconds: float) -> bool:
        """Whether nobody has spoken or been answered for so long."""
        return self.state in _RESTING and self.clock.monotonic() - self.state_since >= seconds

    def opened(self, after: float = 0.0) -> list[float]:
        """When utterances began."""
        return [at for at, command in self.commands if at >= after and isinstance(command, cmd.OpenUtterance)]

    def committed(self, after: float = 0.0) -> list[Committed]:
        """What the kiosk took for a customer's turn."""
        opened = self.opened()
        return [
            Committed(caption.text, max((o for o in opened if o <= at), default=at), at)
            for at, caption in self.of(CustomerCaption, after)
            if caption.final and caption.text
        ]

    def finished(self, after: float = 0.0) -> list[tuple[float, TurnFinished]]:
        """The turns that are over, with when they were."""
        return self.of(TurnFinished, after)

    async def until(self, true: Callable[[], bool], within_s: float) -> bool:
        """Wait for something that the kiosk does; looks again at each notice and ten times a second. False: in vain."""
        deadline = self.clock.monotonic() + within_s
        while not true():
            left = deadline - self.clock.monotonic()
            if left <= 0:
                return False
            self._changed.clear()
            try:
                async with asyncio.timeout(min(left, 0.1)):
                    await self._changed.wait()
            except TimeoutError:
                continue
        return True

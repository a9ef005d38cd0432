"""The waiting half of every speaker: order, back-pressure and draining over a `Mixer`."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from holo_app.audio.mixer import Mixer, Span
from holo_app.domain.audio import AudioChunk
from holo_app.ports.clock import Clock

QUEUE_LIMIT_S = 1.0
"""`play` waits while more than this is queued."""

_TAIL_LEAD_S = 0.1
"""The resampler's tail is let out this long before it is needed, unless more of the same run comes first."""

_SHORTEST_WAIT_S = 0.0001


class QueuedSpeaker(ABC):
    """Implements `ports.speaker.Speaker` but for the device: a subclass renders the mixer and says what is available."""

    def __init__(self, clock: Clock, rate_hz: int) -> None:
        self._clock = clock
        self._mixer = Mixer(rate_hz)
        self._in_order = asyncio.Lock()
        self._changed = asyncio.Event()
        self._stops = 0
        self._closed = False
        self._tail: asyncio.TimerHandle | None = None

    @property
    @abstractmethod
    def available(self) -> bool:
        """Whether a device is really playing."""

    async def play(self, audio: AudioChunk) -> float:
        async with self._in_order:
            stops = self._stops
            while not self._closed and stops == self._stops and self._queued_s() > QUEUE_LIMIT_S:
                await self._wait(self._queued_s() - QUEUE_LIMIT_S)
            if self._closed or stops != self._stops:
                return self._mixer.end_s
            self._catch_up()
            start = self._mixer.queue(audio)
            self._schedule_tail()
            return start

    def position_s(self) -> float:
        self._catch_up()
        return self._mixer.position_s(self._clock.monotonic())

    def end_s(self) -> float:
        return self._mixer.end_s

    async def drain(self) -> None:
        while not self._closed and (left := self.end_s() - self.position_s()) > 0:
            self._mixer.flush()
            await self._wait(left)

    def stop(self) -> float:
        self._catch_up()
        self._stops += 1
        self._drop_tail_timer()
        heard = self._mixer.stop()
        self._changed.set()
        return heard

    def set_gain_db(self, gain_db: float, *, ramp_s: float = 0.03) -> None:
        self._catch_up()
        self._mixer.set_gain_db(gain_db, ramp_s)

    def pause(self) -> None:
        self._catch_up()
        self._mixer.hold(held=True)
        self._changed.set()

    def resume(self) -> None:
        self._catch_up()
        self._mixer.hold(held=False)
        self._schedule_tail()
        self._changed.set()

    async def aclose(self) -> None:
        if not self._closed:
            self.stop()
            self._closed = True

    def _catch_up(self) -> None:  # noqa: B027 - a device that pulls by itself has nothing to catch up with
        """Render what the clock says has been played by now."""

    def _queued_s(self) -> float:
        self._catch_up()
        return self._mixer.queued_s

    async def _wait(self, seconds: float) -> None:
        """Sleep until `seconds` of content have been played, or something changed that."""
        self._changed.clear()
        limit = None if self._mixer.held else max(_SHORTEST_WAIT_S, seconds)
        try:
            async with asyncio.timeout(limit):
                await self._changed.wait()
        except TimeoutError:
            return

    def _schedule_tail(self) -> None:
        self._drop_tail_timer()
        delay = max(0.0, self._mixer.ready_s - _TAIL_LEAD_S)
        self._tail = asyncio.get_running_loop().call_later(delay, self._mixer.flush)

    def _drop_tail_timer(self) -> None:
        if self._tail is not None:
            self._tail.cancel()
            self._tail = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a speaker without a device has played. at: monotonic seconds of its first sample; spans: the content in it."""

    audio: AudioChunk
    at: float
    spans: tuple[Span, ...]


class ClockedSpeaker(QueuedSpeaker):
    """A speaker with no device: the clock itself takes the samples, lazily and exactly.

    `_played` is told every rendered stretch, in order and without gaps from the moment the object was made.
    """

    _STRETCH = 4800

    def __init__(self, clock: Clock, rate_hz: int) -> None:
        super().__init__(clock, rate_hz)
        self._began_at = clock.monotonic()
        self._rendered = 0

    def _catch_up(self) -> None:
        # a thousandth of a sample of grace: sums of float seconds must not cost a sample
        due = int((self._clock.monotonic() - self._began_at) * self._mixer.rate_hz + 1e-3)
        while self._rendered < due:
            self._render(min(self._STRETCH, due - self._rendered))

    def _restart_clock(self, *, in_s: float) -> None:
        """Take samples from `in_s` on: until now somebody else did."""
        self._began_at = self._clock.monotonic() + in_s
        self._rendered = 0

    def _render(self, count: int) -> None:
        out = np.empty(count, dtype=np.int16)
        heard_at = self._began_at + self._rendered / self._mixer.rate_hz
        spans = self._mixer.render(out, heard_at)
        self._rendered += count
        self._played(Stretch(AudioChunk(out.tobytes(), self._mixer.rate_hz), heard_at, tuple(spans)))

    def _played(self, stretch: Stretch) -> None:
        """Keep what was played, if this speaker does."""

"""A scripted microphone and a recording speaker on the loop's own time: conversations without devices.

Under a virtual-time loop they run as fast as the machine can; under a real loop, in real time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from holo_app.audio.mixer import Span
from holo_app.audio.pacing import FRAME_S, PacedMicrophone, StartGate
from holo_app.audio.queued import ClockedSpeaker, Stretch
from holo_app.audio.resample import Samples, resampled, samples_of
from holo_app.domain.audio import CAPTURE_RATE_HZ, AudioChunk
from holo_app.ports.clock import Clock


@dataclass(frozen=True, slots=True)
class Sound:
    """Something that the microphone hears. at_s: seconds from the microphone's start; audio: any rate."""

    at_s: float
    audio: AudioChunk


@dataclass(frozen=True, slots=True)
class Outage:
    """The microphone is gone for a while. at_s, seconds: from the microphone's start, and for how long."""

    at_s: float
    seconds: float
    reason: str = "unplugged by the script"


class VirtualMicrophone(PacedMicrophone):
    """A microphone that hears a script, and silence around it.

    Its time starts when it is made. `ends_at_s` is where the stream ends by itself; None: only when it is closed.
    """

    def __init__(self, clock: Clock, script: Iterable[Sound | Outage] = (), *, ends_at_s: float | None = None) -> None:
        gate = StartGate(clock)
        super().__init__(clock, gate)
        self._began_at = gate.open()
        self._ends_at_s = ends_at_s
        self._sounds: list[tuple[int, Samples]] = []
        self._outages: list[Outage] = []
        for item in script:
            if isinstance(item, Outage):
                self._outages.append(item)
            else:
                self._add(item)

    @property
    def now_s(self) -> float:
        """Seconds since the microphone's start: the scale of the script."""
        return self._clock.monotonic() - self._began_at

    def hear(self, audio: AudioChunk, *, in_s: float = 0.0) -> float:
        """Add a sound that begins `in_s` from now. Returns its `at_s`."""
        at_s = self.now_s + in_s
        self._add(Sound(at_s, audio))
        return at_s

    def unplug(self, seconds: float) -> None:
        """Take the device away now, for so long."""
        self._outages.append(Outage(self.now_s, seconds))

    def _add(self, sound: Sound) -> None:
        audio = resampled(sound.audio, CAPTURE_RATE_HZ)
        self._sounds.append((round(sound.at_s * CAPTURE_RATE_HZ), samples_of(audio)))

    def _ended(self, at_s: float) -> bool:
        return self._ends_at_s is not None and at_s >= self._ends_at_s - 1e-9

    def _outage(self, at_s: float) -> str | None:
        return next((o.reason for o in self._outages if o.at_s < at_s <= o.at_s + o.seconds), None)

    def _read(self, index: int) -> AudioChunk:
        count = round(FRAME_S * CAPTURE_RATE_HZ)
        start = index * count
        mixed = np.zeros(count, dtype=np.int32)
        for begins, samples in self._sounds:
            first, last = max(start, begins), min(start + count, begins + len(samples))
            if first < last:
                mixed[first - start : last - start] += samples[first - begins : last - begins]
        return AudioChunk(np.clip(mixed, -32768, 32767).astype("<i2").tobytes())


@dataclass(frozen=True, slots=True)
class Played:
    """A stretch of content that was heard in one piece.

    at: monotonic seconds of its first sample. start_s, end_s: on the content timeline.
    """

    at: float
    start_s: float
    end_s: float

    @property
    def until(self) -> float:
        """Monotonic seconds at which it ended."""
        return self.at + self.end_s - self.start_s


class VirtualSpeaker(ClockedSpeaker):
    """A speaker that plays for nobody, on the clock's time, and remembers what was heard when."""

    def __init__(self, clock: Clock, *, rate_hz: int = CAPTURE_RATE_HZ) -> None:
        super().__init__(clock, rate_hz)
        self._recorded: list[bytes] = []
        self._log: list[Played] = []
        self._available = True

    @property
    def available(self) -> bool:
        return self._available and not self._closed

    def unplug(self) -> None:
        """From now on nothing is heard; the content goes on in real time."""
        self._catch_up()
        self._available = False

    def replug(self) -> None:
        """Heard again."""
        self._catch_up()
        self._available = True

    @property
    def played(self) -> tuple[Played, ...]:
        """Every stretch that was heard up to now, in order."""
        self._catch_up()
        return tuple(self._log)

    def recording(self) -> AudioChunk:
        """All that left the speaker since it was made, silence included."""
        self._catch_up()
        return AudioChunk(b"".join(self._recorded), self._mixer.rate_hz)

    async def aclose(self) -> None:
        self._catch_up()
        await super().aclose()

    def _played(self, stretch: Stretch) -> None:
        pcm = stretch.audio.pcm
        self._recorded.append(pcm if self._available else bytes(len(pcm)))
        for span in stretch.spans if self._available else ():
            self._log_span(span)

    def _log_span(self, span: Span) -> None:
        rate = self._mixer.rate_hz
        new = Played(span.heard_at, span.start / rate, (span.start + span.count) / rate)
        last = self._log[-1] if self._log else None
        half_a_sample = 0.5 / rate
        if (
            last is not None
            and abs(last.end_s - new.start_s) < half_a_sample
            and abs(last.until - new.at) < half_a_sample
        ):
            self._log[-1] = replace(last, end_s=new.end_s)
        else:
            self._log.append(new)

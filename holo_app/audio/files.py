"""A WAV file as the microphone and a WAV file as the loudspeaker, in real time and on one time line.

Both begin when their `StartGate` opens: second x of the one file and second x of the other are the same instant.
"""

from __future__ import annotations

import asyncio
import math
from pathlib import Path

import numpy as np

from holo_app.audio.pacing import FRAME_S, PacedMicrophone, StartGate
from holo_app.audio.queued import ClockedSpeaker, Stretch
from holo_app.audio.resample import resampled, samples_of
from holo_app.audio.wav import WavWriter, read_wav
from holo_app.domain.audio import CAPTURE_RATE_HZ, AudioChunk
from holo_app.ports.clock import Clock

_FRAME = round(FRAME_S * CAPTURE_RATE_HZ)
_RECORD_RATE_HZ = 24_000
_WRITE_EVERY_S = 0.25


class WavMicrophone(PacedMicrophone):
    """A file as the microphone.

    path: a WAV file of any rate, width and channels. silence_after_s: how long the microphone stays on after the file, with
    silence; infinite by `math.inf`. Raises: InputError: the file cannot be used.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock,
        *,
        gate: StartGate | None = None,
        realtime: bool = True,
        silence_after_s: float = 0.0,
    ) -> None:
        super().__init__(clock, gate or StartGate(clock), realtime=realtime)
        self._samples = samples_of(resampled(read_wav(path), CAPTURE_RATE_HZ))
        self._ends_at_s = math.ceil(len(self._samples) / _FRAME) * FRAME_S + silence_after_s

    @property
    def sound_s(self) -> float:
        """Duration of the file, without the silence after it."""
        return len(self._samples) / CAPTURE_RATE_HZ

    def _read(self, index: int) -> AudioChunk:
        found = self._samples[index * _FRAME : (index + 1) * _FRAME]
        return AudioChunk(np.pad(found, (0, _FRAME - len(found))).tobytes())

    def _ended(self, at_s: float) -> bool:
        return at_s >= self._ends_at_s - FRAME_S / 2


class WavSpeaker(ClockedSpeaker):
    """A file as the loudspeaker: it holds what would be heard, from the opening of the gate on, silence included.

    What is played before the gate opens takes its time but is not recorded. The file is complete up to a quarter of a second
    ago at any moment, and up to the end after `aclose`. Needs a running loop. Raises: InputError: the file cannot be written.
    """

    def __init__(
        self, path: Path, clock: Clock, *, gate: StartGate | None = None, rate_hz: int = _RECORD_RATE_HZ
    ) -> None:
        super().__init__(clock, rate_hz)
        self._gate = gate or StartGate(clock)
        self._wav = WavWriter(path, rate_hz)
        self._timer = asyncio.get_running_loop().call_later(_WRITE_EVERY_S, self._write_on)

    @property
    def available(self) -> bool:
        return not self._closed

    def start(self) -> float:
        """Open the gate, unless it is open. Returns the monotonic time of the file's first sample."""
        return self._gate.open()

    async def aclose(self) -> None:
        if self._closed:
            return
        self._timer.cancel()
        try:
            self._catch_up()
            await super().aclose()
        finally:
            self._wav.close()

    def _write_on(self) -> None:
        self._catch_up()
        self._timer = asyncio.get_running_loop().call_later(_WRITE_EVERY_S, self._write_on)

    def _catch_up(self) -> None:
        if not self._closed:
            super()._catch_up()

    def _played(self, stretch: Stretch) -> None:
        if self._gate.opened_at is None:
            return
        early = max(0, round((self._gate.opened_at - stretch.at) * stretch.audio.rate_hz))
        self._wav.write(samples_of(stretch.audio)[early:].tobytes())

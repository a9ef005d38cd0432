"""What a microphone hears in the shop: customers, the din around them, and the kiosk itself."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from holo_app.audio.resample import Samples
from holo_app.domain.audio import CAPTURE_RATE_HZ
from tests.benchmarks.room.speaker import BLOCK
from tests.fakes.rooms import EchoPath, Floats, answer

CUSTOMER_RMS = 0.05
"""Of a customer's speech without its pauses: −26 dBFS."""

_NOISE_RMS = 0.0005
_KEPT_S = 4.0
_REACH = 12


class EchoField:
    """What the loudspeaker plays, as the room brings it to the microphone, block by block.

    gain: factor on the sound of a room whose impulse response has the energy 1.
    """

    def __init__(self, path: EchoPath, gain: float) -> None:
        self._path = path
        response = answer(path.room) * gain
        self._size = 1 << (len(response) + BLOCK - 1).bit_length()
        self._spectrum = np.fft.rfft(response, self._size)
        self._tail = len(response) + BLOCK - 1
        self._began_at: float | None = None
        # of `_sound`, index 0 is the sample `_base` of the loudspeaker
        self._base = 0
        self._at = 0
        self._sound = np.zeros(round(2 * _KEPT_S * CAPTURE_RATE_HZ) + self._tail)

    def played(self, samples: Samples, rate_hz: int, heard_at: float) -> None:
        """A block of the loudspeaker, the next after the one before, and the true time at which it sounds."""
        if rate_hz != CAPTURE_RATE_HZ or len(samples) != BLOCK:
            raise ValueError(f"{len(samples)} samples of {rate_hz} Hz: the room hears blocks of {BLOCK}")
        if self._began_at is None:
            self._began_at = heard_at
        place = self._at - self._base
        if place + self._tail > len(self._sound):
            place = self._forget()
        if samples.any():
            sound = samples / 32768
            bent = np.tanh(self._path.drive * sound) / self._path.drive if self._path.drive else sound
            echo = np.fft.irfft(np.fft.rfft(bent, self._size) * self._spectrum, self._size)
            self._sound[place : place + self._tail] += echo[: self._tail]
        self._at += BLOCK

    def heard(self, begins: float, count: int, step_s: float) -> Floats:
        """(count,) samples of the microphone, the first at the monotonic time `begins`, `step_s` apart."""
        if self._began_at is None:
            return np.zeros(count)
        first = (begins - self._began_at - self._path.delay_s) * CAPTURE_RATE_HZ - self._base
        places = first + np.arange(count) * (step_s * CAPTURE_RATE_HZ)
        whole = np.floor(places).astype(int)
        around = np.arange(1 - _REACH, _REACH + 1)
        offsets = (places - whole)[:, None] - around
        weights = np.sinc(offsets) * np.cos(np.pi * offsets / (2 * _REACH)) ** 2
        taken = whole[:, None] + around
        inside = (taken >= 0) & (taken < len(self._sound))
        return np.asarray(np.sum(self._sound[np.where(inside, taken, 0)] * inside * weights, axis=1))

    def _forget(self) -> int:
        """Drop what no microphone asks for any more. Returns the new place of the next block."""
        kept = round(_KEPT_S * CAPTURE_RATE_HZ)
        place = self._at - self._base
        tail = self._sound[place - kept : place + self._tail].copy()
        self._sound[:] = 0
        self._sound[: len(tail)] = tail
        self._base = self._at - kept
        return kept


@dataclass(frozen=True, slots=True)
class Said:
    """Something a customer said or did. begins, ends: monotonic seconds of its first and last audible sample."""

    text: str
    begins: float
    ends: float


@dataclass
class Air:
    """All sound at the microphone. background: (N,) without end, by repetition; None: the hiss of the microphone only."""

    background: Floats | None = None
    echo: EchoField | None = None
    said: list[Said] = field(default_factory=list)
    _sounds: list[tuple[float, Floats]] = field(default_factory=list)
    _hiss: Floats = field(default_factory=lambda: np.random.default_rng(7).normal(0, _NOISE_RMS, 10 * CAPTURE_RATE_HZ))

    def say(self, text: str, sound: Floats, at: float) -> Said:
        """Let (N,) of −1..1 be heard from the monotonic time `at`; what was heard long ago is forgotten."""
        first, last = audible(sound)
        said = Said(text, at + first / CAPTURE_RATE_HZ, at + last / CAPTURE_RATE_HZ)
        self._sounds = [s for s in self._sounds if s[0] + len(s[1]) / CAPTURE_RATE_HZ > at - _KEPT_S] + [(at, sound)]
        self.said.append(said)
        return said

    def heard(self, index: int, begins: float, count: int, step_s: float) -> Samples:
        """The microphone's samples from number `index` on, the first at the monotonic time `begins`, `step_s` apart."""
        mixed = _looped(self._hiss, index, count)
        if self.background is not None:
            mixed = mixed + _looped(self.background, index, count)
        if self.echo is not None:
            mixed = mixed + self.echo.heard(begins, count, step_s)
        for at, sound in self._sounds:
            # a frame is so short that the microphone's clock does not matter within it
            place = round((begins - at) * CAPTURE_RATE_HZ)
            first, last = max(0, -place), min(count, len(sound) - place)
            if first < last:
                mixed[first:last] += sound[place + first : place + last]
        return np.clip(np.rint(mixed * 32768), -32768, 32767).astype("<i2")


def _looped(sound: Floats, index: int, count: int) -> Floats:
    return sound[np.arange(index, index + count) % len(sound)]


def audible(sound: Floats) -> tuple[int, int]:
    """Indices of the first audible sample and after the last one: within 30 dB of the peak."""
    above = np.flatnonzero(np.abs(sound) > np.max(np.abs(sound), initial=0) * 0.03)
    return (int(above[0]), int(above[-1]) + 1) if len(above) else (0, len(sound))


def speech_rms(sound: Floats) -> float:
    """Without the pauses: over the tenths of a second within 25 dB of the loudest."""
    tenth = CAPTURE_RATE_HZ // 10
    power = np.mean(np.pad(sound, (0, -len(sound) % tenth)).reshape(-1, tenth) ** 2, axis=1)
    return float(np.sqrt(np.mean(power[power > np.max(power) / 300])))

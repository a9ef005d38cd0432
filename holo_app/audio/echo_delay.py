"""How long the kiosk's voice takes from the loudspeaker's clock to the microphone's: estimated from the sound itself.

What drivers say of their delays is off by tens of milliseconds and, with wireless speakers, by hundreds. The same sound in
both streams tells the truth.

Source: Knapp and Carter, "The generalized correlation method for estimation of time delay" (1976), with the phase transform.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from holo_app.domain.audio import CAPTURE_RATE_HZ

Floats = NDArray[np.float32]

LONGEST_DELAY_S = 0.4

_BLOCK = CAPTURE_RATE_HZ // 2
_LAGS = round(LONGEST_DELAY_S * CAPTURE_RATE_HZ)
_SIZE = 1 << 14
"""Points of the Fourier transforms: they hold a block and the lags before it without wrapping round."""

_LOWEST_HZ, _HIGHEST_HZ = 200, 4000
"""Where speech, small loudspeakers and microphones all do something; above it a drift of 100 ppm turns phases too far."""

_QUIETEST = 0.001
"""RMS of what is played, 1 is full scale, below which a block tells nothing."""

_MEMORY = 0.9
"""What is left of a block's vote after the next one: ten count, of five seconds of sound."""

_SPREAD = CAPTURE_RATE_HZ * 2 // 1000
"""An echo is sought as energy within 2 ms: clocks drift, and a room answers more than once."""

_SURE = 9.0
"""How far the echo must stand above the floor, in energy; the voices of two strangers come to 7."""

_FIRST_VOTES = 5
"""Before so many the votes are too few to be compared, unless the echo stands out by far."""

_CLEAR, _CLEAR_VOTES = 120.0, 2
"""Nothing but an echo stands out like this, twice at the same place: in the first block alone a single word may."""

_ONSET, _NOISE = 0.25, 6.0
"""An echo begins where its energy first comes to this part of its peak, and to so many times the floor."""

_SAME_S = 0.008
_TO_BEGIN, _TO_CHANGE = 3, 5
"""So many findings in a row within `_SAME_S` make a delay, or overturn one."""


class EchoDelay:
    """Estimates the delay of the echo from two streams that are pushed in step.

    Only blocks in which the speaker sounds are looked at, and a near voice only adds noise: it does not repeat what was
    played. A delay that jumps is followed within some ten seconds of speech, one that drifts at once. Costs 0.3 % of a core.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything: the devices changed."""
        self._played: Floats = np.zeros(_LAGS + _BLOCK, dtype=np.float32)
        self._heard: Floats = np.zeros(_BLOCK, dtype=np.float32)
        self._filled = 0
        self._votes: NDArray[np.complex64] = np.zeros(_SIZE // 2 + 1, dtype=np.complex64)
        self._voted = 0
        self._found: deque[float] = deque(maxlen=_TO_CHANGE)
        self._delay_s: float | None = None

    @property
    def delay_s(self) -> float | None:
        """How much later the sound is in `heard` than in `played`, 0..LONGEST_DELAY_S; None until it is sure.

        It stays while nothing is played.
        """
        return self._delay_s

    def push(self, played: bytes, heard: bytes) -> None:
        """The same stretch of both streams: mono PCM16 of CAPTURE_RATE_HZ. Raises: ValueError: lengths differ."""
        if len(played) != len(heard):
            raise ValueError(f"the streams are pushed in step, not {len(played)} and {len(heard)} bytes")
        sounds = np.frombuffer(played, "<i2"), np.frombuffer(heard, "<i2")
        while len(sounds[0]):
            room = _BLOCK - self._filled
            self._take(sounds[0][:room], sounds[1][:room])
            sounds = sounds[0][room:], sounds[1][room:]

    def _take(self, played: NDArray[np.int16], heard: NDArray[np.int16]) -> None:
        begin, end = self._filled, self._filled + len(played)
        self._played[_LAGS + begin : _LAGS + end] = played
        self._heard[begin:end] = heard
        self._filled = end
        if end == _BLOCK:
            self._look()
            self._played[:_LAGS] = self._played[_BLOCK:]
            self._filled = 0

    def _look(self) -> None:
        """Let the block that is full vote."""
        if _rms(self._played[-_BLOCK:]) < _QUIETEST:
            return
        self._votes = _MEMORY * self._votes + _phases(self._played, self._heard)
        self._voted += 1
        begins_s, above = _onset(self._votes)
        clear = self._voted >= _CLEAR_VOTES and above > _CLEAR
        if clear or (self._voted >= _FIRST_VOTES and above > _SURE):
            self._found.append(begins_s)
            self._conclude(begins_s, clear=clear)

    def _conclude(self, newest_s: float, *, clear: bool) -> None:
        known = self._delay_s is not None and abs(newest_s - self._delay_s) <= _SAME_S
        needed = _TO_BEGIN if known or self._delay_s is None else _TO_CHANGE
        if clear and self._delay_s is None:
            needed = _CLEAR_VOTES
        last = list(self._found)[-needed:]
        if len(last) == needed and max(last) - min(last) <= _SAME_S:
            self._delay_s = float(np.median(last))


def _rms(sound: Floats) -> float:
    return float(np.sqrt(np.mean(np.square(sound, dtype=np.float64)))) / 32768


def _phases(played: Floats, heard: Floats) -> NDArray[np.complex64]:
    """The cross spectrum of a block with every frequency equally loud: only its phases tell of the delay."""
    cross = np.fft.rfft(heard, _SIZE) * np.conj(np.fft.rfft(played, _SIZE))
    strength = np.abs(cross)
    # where next to nothing sounds, phases are noise
    flat = cross / (strength + 0.01 * np.mean(strength) + 1e-12)
    hz = np.fft.rfftfreq(_SIZE, 1 / CAPTURE_RATE_HZ)
    flat[(hz < _LOWEST_HZ) | (hz > _HIGHEST_HZ)] = 0
    return np.asarray(flat, dtype=np.complex64)


def _onset(votes: NDArray[np.complex64]) -> tuple[float, float]:
    """Where the echo begins, in seconds of delay, and how far its energy stands above the floor.

    `heard` begins _LAGS samples into `played`: a delay of d appears at −(_LAGS − d).
    """
    correlation = np.fft.irfft(votes, _SIZE)
    energy = np.square(np.append(correlation[_SIZE - _LAGS :], correlation[0]))
    # what starts at a delay, not what lies around it
    sums = np.cumsum(np.append(0.0, np.append(energy, np.zeros(_SPREAD))))
    following = (sums[_SPREAD:-1] - sums[: -_SPREAD - 1]) / _SPREAD
    best = float(np.max(following))
    # a room that rings for long lifts most of the lags after the echo, never those before
    floor = float(np.percentile(following, 25)) + 1e-12
    begins = int(np.argmax(following > max(_ONSET * best, min(_NOISE * floor, 0.9 * best))))
    within = energy[begins : begins + _SPREAD]
    begins += int(np.argmax(within > _ONSET * np.max(within)))
    return begins / CAPTURE_RATE_HZ, best / floor

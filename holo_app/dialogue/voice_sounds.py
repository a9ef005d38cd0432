"""What voices do besides speaking: recognisers write whole words for it ("Thank you for watching.", "I hope.").

Laughter: bursts that follow each other as evenly as speech never does. Source: Bachorowski, Smoski and Owren, "The acoustic
features of human laughter" (2001): some 4 to 5 bursts a second. Measured: the evenness below is 0.55 at most in 60 clips of
speech, mostly under 0.3; 0.97 in synthesised laughter. Recorded laughter, of which none was at hand, is less even than that.

A hum: nothing in it hisses. Measured: each sample differs from the one before by a part of the power that is at most 0.4 in
"mhm" and in vowels, and 2 to 4 in the s, f and ch of short words.
"""

from __future__ import annotations

import math
from array import array
from operator import mul, sub

from holo_app.dialogue.room_level import power_of
from holo_app.domain.audio import BYTES_PER_SAMPLE, CAPTURE_RATE_HZ, AudioChunk

_STEP_S = 0.01
_STEP_BYTES = round(_STEP_S * CAPTURE_RATE_HZ) * BYTES_PER_SAMPLE
_LISTENED_S, _LEAST_S = 2.0, 0.6
_QUIET_SHARE = 0.1
_BURSTS_S = (0.13, 0.31)
"""From burst to burst."""
_EVEN = 0.7
_HISSES = 1.0
_HISS_S, _SHORT_S = 0.02, 1.2
_HISS_SHARE = 0.003
_LEAST_SWING = 0.3
"""Of the mean loudness: what hardly changes has no rhythm."""


def sounds_like_laughter(audio: AudioChunk) -> bool:
    """Whether the last two seconds of an utterance (CAPTURE_RATE_HZ) are laughter; at least 0.6 s of sound are needed."""
    return evenness(audio) >= _EVEN


def evenness(audio: AudioChunk) -> float:
    """How much the loudness repeats itself at the pace of laughter: 1 is exactly, 0 not at all or too short to say."""
    pcm = audio.pcm[-round(_LISTENED_S / _STEP_S) * _STEP_BYTES :]
    loudness = [math.sqrt(power_of(pcm[at : at + _STEP_BYTES])) for at in range(0, len(pcm), _STEP_BYTES)]
    peak = max(loudness, default=0.0)
    loud = [index for index, value in enumerate(loudness) if value > _QUIET_SHARE * peak]
    heard = loudness[loud[0] : loud[-1] + 1] if loud else []
    if len(heard) < _LEAST_S / _STEP_S:
        return 0.0
    mean = sum(heard) / len(heard)
    around = [value - mean for value in heard]
    if sum(map(mul, around, around)) < len(heard) * (_LEAST_SWING * mean) ** 2:
        return 0.0
    shortest, longest = (round(seconds / _STEP_S) for seconds in _BURSTS_S)
    return max(_likeness(around[:-lag], around[lag:]) for lag in range(shortest, longest + 1))


def hisses(audio: AudioChunk) -> bool:
    """Whether the last second of an utterance holds a consonant that no hum has."""
    samples = array("h", audio.pcm[-round(_SHORT_S * CAPTURE_RATE_HZ) * BYTES_PER_SAMPLE :])
    size = round(_HISS_S * CAPTURE_RATE_HZ)
    windows = [samples[at : at + size] for at in range(0, len(samples) - size + 1, size)]
    powers = [sum(map(mul, window, window)) for window in windows]
    least = _HISS_SHARE * max(powers, default=0)
    return any(power > least and _edge(window) > _HISSES * power for window, power in zip(windows, powers, strict=True))


def _edge(window: array[int]) -> int:
    steps = list(map(sub, window[1:], window))
    return sum(map(mul, steps, steps))


def _likeness(first: list[float], second: list[float]) -> float:
    strength = math.sqrt(sum(map(mul, first, first)) * sum(map(mul, second, second)))
    product: float = sum(map(mul, first, second))
    return product / (strength + 1e-12)

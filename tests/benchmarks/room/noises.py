"""The din of a shop: babble and music without end, and single sounds that are nobody's turn. All made here, none recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from holo_app.domain.audio import CAPTURE_RATE_HZ
from tests.benchmarks.room.air import speech_rms
from tests.fakes.rooms import Floats

_RATE = CAPTURE_RATE_HZ
_PERIOD_S = 60.0


def loud(sound: Floats, dbfs: float) -> Floats:
    """The sound at that RMS."""
    return np.asarray(sound * 10 ** (dbfs / 20) / (np.sqrt(np.mean(sound**2)) + 1e-12))


def babble(voices: Sequence[Floats], *, talkers: int = 7, seconds: float = _PERIOD_S, seed: int = 1) -> Floats:
    """So many people who all talk at once without end; (N,) that may be repeated."""
    rng = np.random.default_rng(seed)
    out = np.zeros(round(seconds * _RATE))
    for _ in range(talkers):
        at = int(rng.integers(len(out)))
        left = len(out)
        # nearer and farther
        gain = 10 ** (rng.uniform(-6, 0) / 20)
        while left > 0:
            voice = voices[int(rng.integers(len(voices)))]
            places = np.arange(at, at + len(voice)) % len(out)
            out[places] += gain * voice / speech_rms(voice)
            step = len(voice) + round(rng.uniform(0.05, 0.6) * _RATE)
            at, left = at + step, left - step
    return out


def music(*, seconds: float = _PERIOD_S, seed: int = 2) -> Floats:
    """A pop song without a singer: chords, a bass, drums and a melody, 112 beats a minute."""
    rng = np.random.default_rng(seed)
    out = np.zeros(round(seconds * _RATE))
    beat = 60 / 112
    roots = (57, 53, 60, 55)
    scale = np.array([0, 2, 3, 5, 7, 10, 12])
    for number in range(int(seconds / beat)):
        at, root = number * beat, roots[number // 4 % 4]
        if number % 4 == 0:
            for interval in (0, 3 if root == 57 else 4, 7):
                _add(out, at, 0.3 * _note(root + interval, 4 * beat, brightness=3))
        _add(out, at, 0.5 * _note(root - 24, beat * 0.9, brightness=4))
        _add(out, at, 0.8 * (_kick() if number % 2 == 0 else _snare(rng)))
        for half in (0.0, 0.5):
            _add(out, at + half * beat, 0.15 * _hat(rng))
            if rng.random() < 0.7:
                pitch = 69 + int(rng.choice(scale))
                _add(out, at + half * beat, 0.5 * _note(pitch, beat * rng.uniform(0.4, 1.0), brightness=6))
    return out


def cough(seed: int = 3) -> Floats:
    """Two bursts through a throat, the second one weaker."""
    rng = np.random.default_rng(seed)
    out = np.zeros(round(0.9 * _RATE))
    for at, gain in ((0.02, 1.0), (0.42, 0.6)):
        burst = _decaying(rng.normal(size=round(0.08 * _RATE)), 0.03)
        tail = _decaying(rng.normal(size=round(0.3 * _RATE)), 0.09)
        # the voice that comes after the burst, rough and falling
        pulses = _voiced(np.linspace(190, 120, round(0.25 * _RATE)), rng, roughness=0.25)
        _add(out, at, gain * 1.4 * _formants(burst, (700, 1500, 2800), (250, 400, 600)))
        _add(out, at + 0.03, gain * 0.6 * _formants(tail, (600, 1300, 2600), (250, 400, 600)))
        _add(out, at + 0.05, gain * 0.5 * _formants(_decaying(pulses, 0.07), (650, 1250, 2500), (120, 160, 250)))
    return out


def laughter(seed: int = 4) -> Floats:
    """Ha-ha-ha: voiced bursts five times a second, each lower and weaker than the one before."""
    rng = np.random.default_rng(seed)
    out = np.zeros(round(1.8 * _RATE))
    for number in range(7):
        at, pitch = 0.05 + number / 4.8, 260 - 14 * number
        length = round(0.11 * _RATE)
        voice = _voiced(np.linspace(pitch, pitch * 0.85, length), rng, roughness=0.03) * np.hanning(length)
        breath = rng.normal(size=round(0.08 * _RATE)) * np.hanning(round(0.08 * _RATE))
        _add(out, at, 0.9**number * _formants(voice, (750, 1300, 2600), (90, 110, 170)))
        _add(out, at + 0.1, 0.9**number * 0.15 * _formants(breath, (900, 1700, 3200), (300, 400, 500)))
    return out


def hum(seed: int = 8) -> Floats:
    """Mhm: with the mouth shut, a low tone, a breath, and a higher one."""
    rng = np.random.default_rng(seed)
    base = rng.uniform(105, 210)
    out = np.zeros(round(0.6 * _RATE))
    for at, seconds, pitches in ((0.03, 0.17, (1.0, 0.93)), (0.26, 0.27, (1.15, 1.3))):
        length = round(seconds * _RATE)
        tone = _voiced(base * np.linspace(*pitches, length), rng, roughness=0.01) * np.hanning(length) ** 0.5
        _add(out, at, _formants(tone, (250, 1000, 2200), (60, 150, 250)))
    breath = rng.normal(size=round(0.1 * _RATE)) * np.hanning(round(0.1 * _RATE))
    _add(out, 0.18, 0.05 * _formants(breath, (500, 1500, 2500), (300, 400, 500)))
    return out


def door(seed: int = 5) -> Floats:
    """A door that falls shut: a thump, a rattle, and the frame that rings."""
    rng = np.random.default_rng(seed)
    out = np.zeros(round(0.8 * _RATE))
    _add(out, 0.01, 2.0 * _decaying(_below(rng.normal(size=round(0.5 * _RATE)), 250), 0.08))
    _add(out, 0.01, 0.7 * _decaying(rng.normal(size=round(0.1 * _RATE)), 0.012))
    _add(out, 0.09, 0.4 * _decaying(rng.normal(size=round(0.1 * _RATE)), 0.015))
    for hz in (92.0, 147.0, 231.0):
        _add(out, 0.01, 0.4 * _decaying(_sine(hz, 0.6), 0.12))
    return out


def box(seed: int = 6) -> Floats:
    """A dropped box, which bounces."""
    rng = np.random.default_rng(seed)
    out = np.zeros(round(0.9 * _RATE))
    for at, gain in ((0.01, 1.0), (0.25, 0.5), (0.4, 0.25), (0.48, 0.12)):
        hit = _decaying(_below(rng.normal(size=round(0.2 * _RATE)), 900), 0.03)
        _add(out, at, gain * (hit + 0.3 * _decaying(_sine(180, 0.2), 0.04)))
    return out


def keys(seed: int = 7) -> Floats:
    """A bunch of keys: bright partials that no voice has."""
    rng = np.random.default_rng(seed)
    out = np.zeros(round(1.2 * _RATE))
    for _ in range(22):
        at, length = rng.uniform(0, 1.0), 0.15
        for hz in rng.uniform(2500, 7500, size=4):
            _add(out, at, rng.uniform(0.1, 0.4) * _decaying(_sine(float(hz), length), rng.uniform(0.01, 0.05)))
    return out


SINGLE: dict[str, Callable[[int], Floats]] = {
    "cough": cough,
    "laughter": laughter,
    "door": door,
    "box": box,
    "keys": keys,
}
"""By a seed: no two are alike."""


def _add(out: Floats, at: float, sound: Floats) -> None:
    first = round(at * _RATE)
    count = min(len(sound), len(out) - first)
    if count > 0:
        out[first : first + count] += sound[:count]


def _sine(hz: float, seconds: float) -> Floats:
    return np.asarray(np.sin(2 * np.pi * hz * np.arange(round(seconds * _RATE)) / _RATE))


def _decaying(sound: Floats, within_s: float) -> Floats:
    return np.asarray(sound * np.exp(-np.arange(len(sound)) / (within_s * _RATE)))


def _note(pitch: int, seconds: float, *, brightness: int) -> Floats:
    """A plucked string of that MIDI pitch with so many partials."""
    hz = 440 * 2 ** ((pitch - 69) / 12)
    partials = [_sine(hz * n, seconds) / n for n in range(1, brightness + 1) if hz * n < _RATE / 2]
    attack = np.minimum(1.0, np.arange(len(partials[0])) / (0.01 * _RATE))
    return _decaying(np.sum(partials, axis=0) * attack, 0.6 * seconds)


def _kick() -> Floats:
    times = np.arange(round(0.25 * _RATE)) / _RATE
    return _decaying(np.sin(2 * np.pi * (50 * times + 8 * (1 - np.exp(-times / 0.03)))), 0.08)


def _snare(rng: np.random.Generator) -> Floats:
    return _decaying(rng.normal(size=round(0.2 * _RATE)) * 0.5, 0.05) + _decaying(0.5 * _sine(190, 0.2), 0.04)


def _hat(rng: np.random.Generator) -> Floats:
    noise = rng.normal(size=round(0.06 * _RATE))
    return _decaying(np.diff(noise, prepend=0.0), 0.015)


def _voiced(pitch_hz: Floats, rng: np.random.Generator, *, roughness: float) -> Floats:
    """Pulses of a larynx at that pitch for each sample."""
    phase = np.cumsum(pitch_hz * (1 + roughness * rng.normal(size=len(pitch_hz))) / _RATE)
    out = np.zeros(len(pitch_hz))
    out[np.flatnonzero(np.diff(np.floor(phase), prepend=0.0) > 0)] = 10.0
    # softened: a larynx does not click
    return np.asarray(np.convolve(out, np.exp(-np.arange(40) / 8.0), mode="same"))


def _formants(sound: Floats, centres_hz: Sequence[float], widths_hz: Sequence[float]) -> Floats:
    """What a throat with these resonances makes of it."""
    frequencies = np.fft.rfftfreq(len(sound), 1 / _RATE)
    shape = sum(
        1 / (n + 1) / (1 + ((frequencies - centre) / width) ** 2)
        for n, (centre, width) in enumerate(zip(centres_hz, widths_hz, strict=True))
    )
    return np.asarray(np.fft.irfft(np.fft.rfft(sound) * shape, len(sound)))


def _below(sound: Floats, hz: float) -> Floats:
    frequencies = np.fft.rfftfreq(len(sound), 1 / _RATE)
    return np.asarray(np.fft.irfft(np.fft.rfft(sound) / (1 + (frequencies / hz) ** 4), len(sound)))

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holo_app.domain.speech import Viseme
from holo_app.providers.lip_shapes.loudness import LoudnessShapes, loudness_cues

RATE_HZ = 24_000


def vowel(first_hz: float, second_hz: float, seconds: float = 0.3, rate_hz: int = RATE_HZ) -> bytes:
    """A voice of 120 Hz through two resonances."""
    time = np.arange(round(seconds * rate_hz)) / rate_hz
    sound = np.zeros(len(time))
    for overtone in range(1, 28):
        hz = 120.0 * overtone
        near = sum(weight / (1 + ((hz - at) / 90) ** 2) for at, weight in ((first_hz, 1.0), (second_hz, 0.5)))
        sound += near * np.sin(2 * np.pi * hz * time)
    return bytes((sound / np.abs(sound).max() * 12_000).astype("<i2"))


def noise(low_hz: float, high_hz: float, seconds: float = 0.3, volume: float = 6_000) -> bytes:
    count = round(seconds * RATE_HZ)
    spectrum = np.fft.rfft(np.random.default_rng(3).normal(size=count))
    frequencies = np.fft.rfftfreq(count, 1 / RATE_HZ)
    spectrum[(frequencies < low_hz) | (frequencies > high_hz)] = 0
    sound = np.fft.irfft(spectrum, count)
    return bytes((sound / np.abs(sound).max() * volume).astype("<i2"))


@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 24_000, 48_000])
@pytest.mark.parametrize(
    ("first_hz", "second_hz", "expected"),
    [
        pytest.param(730, 1_090, {Viseme.AA}, id="open"),
        pytest.param(280, 2_250, {Viseme.I}, id="closed-and-wide"),
        pytest.param(300, 900, {Viseme.U, Viseme.O}, id="closed-and-round"),
    ],
)
def test_vowels_by_jaw_and_lips(first_hz: float, second_hz: float, expected: set[Viseme], rate_hz: int) -> None:
    cues = loudness_cues(vowel(first_hz, second_hz, rate_hz=rate_hz), rate_hz)

    assert max(cues, key=lambda cue: cue.end_s - cue.start_s).viseme in expected


def test_hiss_is_teeth_and_silence_is_a_closed_mouth() -> None:
    hiss = loudness_cues(noise(6_000, 10_000), RATE_HZ)
    hush = loudness_cues(noise(3_000, 5_400), RATE_HZ)
    silence = loudness_cues(bytes(RATE_HZ), RATE_HZ)

    assert {cue.viseme for cue in hiss} == {Viseme.SS}
    assert {cue.viseme for cue in hush} == {Viseme.CH}
    assert [(cue.viseme, cue.start_s, cue.end_s) for cue in silence] == [(Viseme.SIL, 0.0, 0.5)]


def test_a_pause_between_two_vowels_closes_the_mouth() -> None:
    sound = vowel(730, 1_090) + bytes(RATE_HZ) + vowel(280, 2_250)
    shapes = LoudnessShapes(RATE_HZ)
    shapes.push(sound)
    shapes.end()

    assert [round(edge, 1) for run in shapes.sounding for edge in run] == [0.0, 0.3, 0.8, 1.1]
    assert shapes.between(0.4, 0.7)[0].viseme is Viseme.SIL
    assert shapes.settled_s == pytest.approx(1.1)


def test_no_sound_has_no_shapes() -> None:
    assert loudness_cues(b"", RATE_HZ) == ()


SOUND = vowel(730, 1_090) + noise(6_000, 10_000, 0.1) + bytes(6_000) + vowel(300, 900) + noise(80, 400, 0.05, 900)


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(1, 6_000), min_size=1, max_size=5))
def test_pieces_make_no_difference(sizes: list[int]) -> None:
    shapes = LoudnessShapes(RATE_HZ)
    at = turn = 0
    while at < len(SOUND):
        size = 2 * sizes[turn % len(sizes)]
        shapes.push(SOUND[at : at + size])
        at, turn = at + size, turn + 1
        assert shapes.settled_s <= at / 2 / RATE_HZ
    shapes.end()
    cues = shapes.between(0.0, len(SOUND) / 2 / RATE_HZ)

    assert cues == loudness_cues(SOUND, RATE_HZ)
    assert all(before.end_s == after.start_s and before.viseme != after.viseme for before, after in pairwise(cues))

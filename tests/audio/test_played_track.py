"""What was played is found by its time, and read at the microphone's speed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from holo_app.audio.played_track import PlayedTrack, StampedTime
from holo_app.audio.resample import Samples
from holo_app.audio.track_reader import TrackReader
from holo_app.domain.audio import CAPTURE_RATE_HZ

BLOCK = 160


def hum(places: NDArray[Any]) -> Samples:
    """400 Hz, at any places between the samples."""
    return np.asarray(np.rint(8000 * np.sin(2 * np.pi * 400 / CAPTURE_RATE_HZ * places)), dtype=np.int16)


def played(track: PlayedTrack, blocks: int, *, at: float = 10.0) -> None:
    for start in range(track.written, track.written + blocks * BLOCK, BLOCK):
        track.add(hum(np.arange(start, start + BLOCK, dtype=float)), CAPTURE_RATE_HZ, at + start / CAPTURE_RATE_HZ)


def test_stamps_that_jitter_make_an_even_time() -> None:
    time, rng = StampedTime(1000), np.random.default_rng(4)
    for index in range(0, 20_000, 10):
        assert time.note(index, 7.0 + index / 1000 + rng.normal(0, 0.003)) == 0.0

    assert time.at(20_000) == pytest.approx(27.0, abs=0.001)
    assert time.index(27.0) == pytest.approx(20_000, abs=1)


def test_a_gap_is_told_and_the_time_starts_from_there() -> None:
    time = StampedTime(1000)
    time.note(0, 5.0)

    assert time.note(100, 5.6) == pytest.approx(0.5)
    assert time.at(100) == pytest.approx(5.6)


def test_silence_stands_where_nothing_is_known() -> None:
    track = PlayedTrack()
    played(track, 400)

    assert not np.any(track.read(-200, 100))
    assert not np.any(track.read(0, 1000))
    assert not np.any(track.read(track.written, 10))
    assert np.array_equal(track.read(60_000, 500), hum(np.arange(60_000, 60_500, dtype=float)))


def test_a_block_longer_than_the_memory_leaves_its_end() -> None:
    track = PlayedTrack()
    track.add(hum(np.arange(50_000, dtype=float)), CAPTURE_RATE_HZ, 1.0)

    assert track.written == 50_000
    assert np.array_equal(track.read(49_000, 1000), hum(np.arange(49_000, 50_000, dtype=float)))


def test_another_rate_is_brought_to_the_microphones() -> None:
    track = PlayedTrack()
    for start in range(0, 48_000, 480):
        track.add(hum(np.arange(start, start + 480) / 3), 48_000, 3.0 + start / 48_000)

    found, wanted = track.read(8000, 4000), hum(np.arange(8000, 12_000, dtype=float))
    assert np.max(np.abs(found.astype(int) - wanted)) < 200
    assert track.time.at(8000) == pytest.approx(3.5, abs=0.001)


@pytest.mark.parametrize("drift", [-200e-6, 0.0, 200e-6])
def test_a_reader_takes_the_speed_of_whoever_asks(drift: float) -> None:
    track = PlayedTrack()
    played(track, 10)
    reader = TrackReader(track)
    found = np.zeros(BLOCK, np.int16)
    for read in range(4000):
        played(track, 1)
        at = 10.02 + read * BLOCK / CAPTURE_RATE_HZ * (1 + drift)
        if at + 0.012 > 10 + track.written / CAPTURE_RATE_HZ:
            played(track, 1)
        found = reader.read(at, BLOCK)

    places = (at - 10) * CAPTURE_RATE_HZ + np.arange(BLOCK) * (1 + drift)
    half_a_sample = 0.5 * 8000 * 2 * np.pi * 400 / CAPTURE_RATE_HZ
    assert np.max(np.abs(found.astype(int) - hum(places))) < half_a_sample


def test_a_reader_who_is_too_early_waits_without_holes() -> None:
    track = PlayedTrack()
    reader = TrackReader(track)
    found = []
    for read in range(300):
        played(track, 1)
        found.append(reader.read(10 + (read + 0.5) * BLOCK / CAPTURE_RATE_HZ, BLOCK))

    sound = np.concatenate(found[5:]).astype(float)
    assert np.max(np.abs(np.diff(sound))) < 1.1 * 8000 * 2 * np.pi * 400 / CAPTURE_RATE_HZ


def test_a_reader_hears_silence_once_nothing_more_is_played() -> None:
    track = PlayedTrack()
    played(track, 100)
    reader = TrackReader(track)
    found = [reader.read(10 + read * BLOCK / CAPTURE_RATE_HZ, BLOCK) for read in range(130)]

    assert np.any(found[90])
    assert not any(np.any(one) for one in found[-20:])

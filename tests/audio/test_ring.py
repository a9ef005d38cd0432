"""Samples on their way from the audio thread."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holo_app.audio.ring import CaptureRing


def counted(start: int, count: int) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    return np.arange(start, start + count, dtype=np.int16)


def test_blocks_come_out_in_order_across_the_seam() -> None:
    ring = CaptureRing(1000, seconds=0.1)
    taken: list[int] = []
    for start in range(0, 300, 30):
        ring.write(counted(start, 30), start / 1000)
        taken += [int(sample) for samples, _ in ring.blocks(20) for sample in samples]
    assert taken == list(range(300))


def test_a_block_knows_when_its_last_sample_was_in_the_air() -> None:
    ring = CaptureRing(1000)
    ring.write(counted(0, 50), 7.0)
    assert [at for _, at in ring.blocks(20)] == pytest.approx([6.97, 6.99])


def test_a_late_reader_loses_the_oldest_and_is_told() -> None:
    ring = CaptureRing(1000, seconds=0.1)
    for start in range(0, 200, 50):
        ring.write(counted(start, 50), 0.0)
    taken = [int(sample) for samples, _ in ring.blocks(10) for sample in samples]
    assert ring.lost > 0
    assert taken == list(range(ring.lost, 200))


def test_forgetting_drops_what_was_not_read() -> None:
    ring = CaptureRing(1000)
    ring.write(counted(0, 50), 0.0)
    ring.forget()
    ring.write(counted(50, 20), 0.0)
    assert [samples.tolist() for samples, _ in ring.blocks(20)] == [list(range(50, 70))]


def _block_times(arrivals: list[float]) -> list[float]:
    """Times of 20 ms blocks whose stamps say when their calls came."""
    ring = CaptureRing(1000)
    times = []
    for at in arrivals:
        ring.write(counted(0, 20), at)
        times += [time for _, time in ring.blocks(20)]
    return times


@given(st.lists(st.floats(0, 0.4), min_size=2, max_size=60))
def test_times_only_grow_however_late_the_calls_come(delays: list[float]) -> None:
    times = _block_times([100 + 0.02 * k + delay for k, delay in enumerate(delays)])
    assert all(b > a for a, b in pairwise(times))


def test_a_call_that_comes_late_with_the_next_ones_behind_it_shifts_no_sound() -> None:
    late = {5: 0.10, 6: 0.08, 7: 0.06, 8: 0.04, 9: 0.02}
    times = _block_times([100 + 0.02 * k + late.get(k, 0.0) for k in range(20)])
    assert times == pytest.approx([100 + 0.02 * k for k in range(20)], abs=0.006)


def test_a_first_call_that_came_late_is_soon_made_up_for_and_a_gap_is_kept() -> None:
    times = _block_times([100.15, *(100 + 0.02 * k for k in range(1, 40)), *(110 + 0.02 * k for k in range(5))])
    assert times[20] == pytest.approx(100.4)
    assert times[-5:] == pytest.approx([110 + 0.02 * k for k in range(5)])

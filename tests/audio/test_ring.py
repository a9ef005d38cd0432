"""Samples on their way from the audio thread."""

from __future__ import annotations

import numpy as np
import pytest

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

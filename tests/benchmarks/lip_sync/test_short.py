"""The measuring tool itself: it finds offsets that were put in; and one film of one line, measured."""

from __future__ import annotations

import numpy as np
import pytest

from holo_app.domain.audio import AudioChunk
from tests.benchmarks.lip_sync.films import Decoded, decoded, shifted, tracks
from tests.benchmarks.lip_sync.live import sentences
from tests.benchmarks.lip_sync.sentences import SENTENCES
from tests.benchmarks.lip_sync.tracks import EARLIEST_MS, LATEST_MS, Track, offset, openness, pooled
from tests.cli.command_line import holo


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Decoded:
    """Made as a person makes one, from the command line."""
    folder = tmp_path_factory.mktemp("films")
    out = folder / "line.mp4"
    done = holo("film", "--say", SENTENCES[2], "--size", "180x320", "--fps", "30", "--out", out, home=folder)
    assert (done.code, done.out) == (0, f"{out}\n"), done.err
    return decoded(out)


@pytest.mark.models
def test_lips_and_sound_of_a_film_are_together(film: Decoded) -> None:
    found = offset(*tracks(film))
    assert LATEST_MS <= found.sound_early_ms <= EARLIEST_MS
    assert found.likeness > 0.5


@pytest.mark.models
@pytest.mark.parametrize("early_ms", [-80, -40, 40, 80])
def test_the_tool_finds_the_offset_that_was_put_in(film: Decoded, early_ms: float) -> None:
    moved = shifted(AudioChunk(film.sound.tobytes(), film.rate_hz), early_ms)
    seen, heard, span = tracks(film)
    late = openness(np.frombuffer(moved.pcm, "<i2"), film.rate_hz, film.sound_at_s)
    found = offset(seen, late, span).sound_early_ms - offset(seen, heard, span).sound_early_ms
    assert found == pytest.approx(early_ms, abs=5)


def test_held_pictures_count_for_as_long_as_they_stand() -> None:
    """A curve that is sampled in the middle of each step is neither early nor late; at its beginning, half a step early."""
    fine = np.arange(0, 4, 0.001)
    wave = np.sin(2 * np.pi * 1.3 * fine) + np.sin(2 * np.pi * 2.1 * fine)
    heard = Track(fine, wave)
    starts = np.arange(0, 4, 1 / 25)
    middles, firsts = (Track(starts, np.interp(starts + shift, fine, wave), stepped=True) for shift in (0.02, 0.0))
    assert offset(middles, heard, (0.5, 3.5)).sound_early_ms == pytest.approx(0, abs=2.5)
    assert pooled([(firsts, heard, (0.5, 3.5))]).sound_early_ms == pytest.approx(20, abs=2.5)


def test_unlike_curves_have_no_offset() -> None:
    times = np.arange(0, 4, 0.01)
    noise = np.random.default_rng(1).normal(size=(2, len(times)))
    with pytest.raises(ValueError, match="nothing in common"):
        offset(Track(times, noise[0]), Track(times, noise[1]), (0.5, 3.5))


def test_sentences_are_told_apart_by_their_pauses() -> None:
    loud = np.concatenate([np.arange(1, 2.5, 0.01), np.arange(3, 3.2, 0.01), np.arange(4, 6, 0.01)])
    assert np.array(sentences(loud)) == pytest.approx(np.array([[0.85, 2.64], [3.85, 6.14]]), abs=0.011)
    assert sentences(np.zeros(0)) == []

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from holo_app.bootstrap.recordings import speakable_pieces
from holo_app.domain.audio import AudioChunk

RATE = 1_000


def noise(seconds: float) -> AudioChunk:
    samples = np.random.default_rng(1).integers(-9_000, 9_000, round(seconds * RATE))
    return AudioChunk(samples.astype("<i2").tobytes(), RATE)


@given(st.floats(0, 120))
def test_pieces_are_short_and_together_the_whole(seconds: float) -> None:
    recording = noise(seconds)
    pieces = list(speakable_pieces(recording))
    assert b"".join(piece.pcm for piece in pieces) == recording.pcm
    assert all(piece.seconds <= 24.0 for piece in pieces)
    assert all(piece.seconds >= 10.0 for piece in pieces[:-1])


def test_the_cut_is_in_a_pause() -> None:
    samples = np.frombuffer(noise(30).pcm, "<i2").copy()
    samples[17 * RATE : 18 * RATE] = 0
    first, second = speakable_pieces(AudioChunk(samples.tobytes(), RATE))
    assert 17 < first.seconds < 18
    assert first.seconds + second.seconds == 30

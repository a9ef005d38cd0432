"""What holds for the pieces of any synthesised speech."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from holo_app.ports.tts import SpeechChunk

_ROUNDING_S = 1e-6


def check_speech(text: str, chunks: Sequence[SpeechChunk]) -> None:
    """Assert that rates, visemes and words of one whole synthesis of `text` are as the port promises."""
    assert len({chunk.audio.rate_hz for chunk in chunks}) == 1
    check_visemes(chunks)
    check_words(text, chunks)


def check_visemes(chunks: Sequence[SpeechChunk]) -> None:
    """The mouth shapes follow each other from the first sample on, and never lag behind the sound."""
    sound_s = covered_s = 0.0
    for chunk in chunks:
        sound_s += chunk.audio.seconds
        for cue in chunk.visemes:
            assert abs(cue.start_s - covered_s) < _ROUNDING_S
            assert cue.end_s > cue.start_s
            covered_s = cue.end_s
        assert covered_s > sound_s - _ROUNDING_S
    assert abs(covered_s - sound_s) < _ROUNDING_S


def check_words(text: str, chunks: Sequence[SpeechChunk]) -> None:
    """Each word of the text has one cue, in order, without overlap, within the sound."""
    words = [cue for chunk in chunks for cue in chunk.words]
    assert [cue.text for cue in words] == text.split()
    assert all(0 <= cue.start_s <= cue.end_s for cue in words)
    assert all(before.end_s <= after.start_s + _ROUNDING_S for before, after in pairwise(words))
    assert words[-1].end_s <= sum(chunk.audio.seconds for chunk in chunks) + _ROUNDING_S

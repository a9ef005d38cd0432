from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holo_app.domain.speech import Viseme
from holo_app.providers.local_voice.events import Phoneme, SentenceTimes
from holo_app.providers.local_voice.visemes import viseme_cues

RATE_HZ = 1000
STEP = 100


def timed(symbols: str, *, start: int = 0, step: int = STEP, tail: int = 0) -> SentenceTimes:
    phonemes = tuple(Phoneme(symbol, start + step * (i + 1)) for i, symbol in enumerate(symbols))
    return SentenceTimes(start, start + step * len(symbols) + tail, phonemes, ())


@pytest.mark.parametrize(
    ("symbols", "expected"),
    [
        pytest.param("bˈaɪ", ["PP", "aa", "I"], id="diphthong-is-two"),
        pytest.param("tʃɪp", ["CH", "I", "PP"], id="affricate-is-one"),
        pytest.param("dʒ", ["CH"], id="voiced-affricate"),
        pytest.param("tɹiː", ["DD", "RR", "I"], id="length-holds"),
        pytest.param("hoʊ", ["O", "U"], id="breath-leans-forward"),
        pytest.param("fˈʌn", ["FF", "aa", "nn"], id="stress-leans-forward"),
        pytest.param("a, b", ["aa", "sil", "PP"], id="comma-closes"),
        pytest.param("a b", ["aa", "sil", "PP"], id="long-space-closes"),
        pytest.param("l̩", ["nn"], id="diacritic-holds"),
        pytest.param("θzkvɚɔ", ["TH", "SS", "kk", "FF", "RR", "O"], id="others"),
        pytest.param("h", ["sil"], id="breath-at-the-end"),
        pytest.param("", ["sil"], id="nothing"),
    ],
)
def test_phonemes_become_mouth_shapes(symbols: str, expected: list[str]) -> None:
    times = SentenceTimes(0, 50, (), ()) if not symbols else timed(symbols)

    assert [str(cue.viseme) for cue in viseme_cues(times, RATE_HZ)] == expected


def test_a_short_space_does_not_close_the_mouth() -> None:
    cues = viseme_cues(timed("a b", step=20), RATE_HZ)

    assert [(cue.viseme, cue.start_s, cue.end_s) for cue in cues] == [
        (Viseme.AA, 0.0, 0.04),
        (Viseme.PP, 0.04, 0.06),
    ]


def test_a_sentence_within_a_speech_keeps_its_place_and_closes_at_its_end() -> None:
    cues = viseme_cues(timed("ma", start=2000, tail=300), RATE_HZ)

    assert [(cue.viseme, cue.start_s, cue.end_s) for cue in cues] == [
        (Viseme.PP, 2.0, 2.1),
        (Viseme.AA, 2.1, 2.2),
        (Viseme.SIL, 2.2, 2.5),
    ]


@settings(deadline=None)
@given(st.text("abdhtʃʒɹiːˈˌ ,.?ʔ̩x", min_size=1, max_size=40), st.integers(1, 200))
def test_the_mouth_is_never_without_a_shape(symbols: str, step: int) -> None:
    cues = viseme_cues(timed(symbols, start=500, step=step), RATE_HZ)

    assert cues[0].start_s == 0.5
    assert cues[-1].end_s == (500 + step * len(symbols)) / RATE_HZ
    assert all(before.end_s == after.start_s and before.viseme != after.viseme for before, after in pairwise(cues))

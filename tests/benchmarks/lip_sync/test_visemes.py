"""The short form of `visemes`: its rule on made-up sounds, and two sentences of the embedded voice."""

from __future__ import annotations

import pytest

from holo_app.domain.speech import Viseme, VisemeCue
from holo_app.providers.local_voice.events import Phoneme, SentenceTimes
from tests.benchmarks.lip_sync.visemes import (
    TARGET,
    Score,
    Sounding,
    Spoken,
    is_right,
    measure,
    score,
    shown_mouth,
    truth_of,
)

TRUTH = (Sounding(Viseme.SIL, 0.0, 0.2), Sounding(Viseme.AA, 0.2, 0.4), Sounding(Viseme.SIL, 0.4, 1.0))


@pytest.mark.parametrize(
    ("shown", "at_s", "right"),
    [
        (Viseme.AA, 0.3, True),
        (Viseme.AA, 0.145, True),
        (Viseme.AA, 0.13, False),
        (Viseme.AA, 0.44, True),
        (Viseme.AA, 0.45, False),
        (Viseme.O, 0.3, False),
        (Viseme.SIL, 0.3, False),
        (Viseme.SIL, 0.24, True),
        (Viseme.SIL, 0.7, True),
        (Viseme.SIL, 1.4, True),
    ],
)
def test_the_rule(shown: Viseme, at_s: float, right: bool) -> None:
    assert is_right(TRUTH, shown, at_s) is right


def test_a_mouth_that_hardly_moves_is_closed() -> None:
    assert shown_mouth({Viseme.AA: 0.1, Viseme.O: 0.02}) is Viseme.SIL
    assert shown_mouth({Viseme.AA: 0.1, Viseme.O: 0.2}) is Viseme.O


def test_the_truth_is_what_the_engine_says() -> None:
    symbols = ["tʃ"[0], "ʃ", "ˈ", "a", "ː", " ", "h", "p", "."]
    phonemes = tuple(Phoneme(symbol, 100 * (k + 1)) for k, symbol in enumerate(symbols))
    truth = truth_of(SentenceTimes(0, 1000, phonemes, ()), 2000)
    ch, aa, sil = Viseme.CH, Viseme.AA, Viseme.SIL
    assert [sound.mouth for sound in truth] == [ch, ch, aa, aa, aa, aa, None, Viseme.PP, sil, sil]
    assert (truth[1].start_s, truth[1].end_s, truth[-1].end_s) == (0.05, 0.1, 0.5)


def test_a_mouth_that_lags_or_babbles_is_found_out() -> None:
    cues = tuple(
        VisemeCue([Viseme.PP, Viseme.AA, Viseme.SS, Viseme.O][k % 4], k * 0.1, k * 0.1 + 0.1) for k in range(40)
    )
    truth = tuple(Sounding(cue.viseme, cue.start_s, cue.end_s) for cue in cues)
    good, late = Score(), Score()
    score(Spoken(truth, cues), 60, good)
    score(Spoken(truth, tuple(VisemeCue(c.viseme, c.start_s + 0.15, c.end_s + 0.15) for c in cues)), 60, late)
    assert good.accuracy > 0.97
    assert good.closure == 1.0
    assert late.accuracy < 0.5
    assert "closures 100.0%" in good.line(60)


@pytest.mark.models
def test_the_embedded_voice_has_the_right_mouth() -> None:
    for fps, result in measure(["It is the best jacket for a family.", "Would you like a map?"]).items():
        assert result.accuracy >= TARGET, result.line(fps)
        assert result.closure >= 0.7, result.line(fps)

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holo_app.providers.lip_shapes.phonemes import from_x_sampa, phoneme_cues, shapes_of
from holo_app.providers.lip_shapes.timed import Timed


@pytest.mark.parametrize(
    ("ipa", "expected"),
    [
        ("oʊ", "O U"),
        ("tʃ", "CH"),
        ("aj", "aa I"),
        ("pʰ", "PP"),
        ("ˈmɑːmə", "PP aa PP E"),
        ("ɫ̩", "nn"),
        ("", "sil"),
    ],
)
def test_signs_together_are_read_apart(ipa: str, expected: str) -> None:
    assert " ".join(shapes_of(ipa)) == expected


@pytest.mark.parametrize("symbol", ["sil", "<eps>", "", "SIL", "spn"])
def test_silence_is_written_in_many_ways(symbol: str) -> None:
    cues = phoneme_cues([Timed("m", 0.0, 0.1), Timed(symbol, 0.1, 0.3), Timed("a", 0.3, 0.4)], 0.0, 0.4)

    assert [str(cue.viseme) for cue in cues] == ["PP", "sil", "aa"]


def test_one_symbol_of_two_vowels_shares_its_time() -> None:
    first, second = phoneme_cues([Timed("oʊ", 1.0, 1.2)], 1.0, 1.2)

    assert (first.start_s, first.end_s, second.end_s) == pytest.approx((1.0, 1.1, 1.2))


def test_a_gap_of_a_breath_is_bridged_and_a_longer_one_closes() -> None:
    near = phoneme_cues([Timed("a", 0.0, 0.1), Timed("m", 0.14, 0.2)], 0.0, 0.2)
    far = phoneme_cues([Timed("a", 0.0, 0.1), Timed("m", 0.2, 0.3)], 0.0, 0.3)

    assert [str(cue.viseme) for cue in near] == ["aa", "PP"]
    assert [str(cue.viseme) for cue in far] == ["aa", "sil", "PP"]


@pytest.mark.parametrize(
    ("x_sampa", "ipa"),
    [("tSIp", "tʃɪp"), ("T{NkS", "θæŋkʃ"), ("3`", "ɝ"), ("r\\aI", "ɹaɪ"), ("z\\", "ʑ"), ("ma", "ma")],
)
def test_x_sampa_is_read_as_ipa(x_sampa: str, ipa: str) -> None:
    assert from_x_sampa(x_sampa) == ipa


@given(st.lists(st.builds(Timed, st.text(max_size=3), st.floats(-1, 3), st.floats(-1, 3)), max_size=10))
def test_whatever_the_times_are_the_mouth_has_no_gap(phonemes: list[Timed]) -> None:
    cues = phoneme_cues(phonemes, 0.5, 2.0)

    assert (cues[0].start_s, cues[-1].end_s) == (0.5, 2.0)
    assert all(cue.end_s > cue.start_s for cue in cues)
    assert all(before.end_s == after.start_s and before.viseme != after.viseme for before, after in pairwise(cues))

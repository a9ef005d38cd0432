from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holo_app.providers.local_voice.alignment import word_spans


def parts(spoken: str, words: list[str]) -> list[str]:
    return [spoken[start:end] for start, end in word_spans(spoken, words)]


@pytest.mark.parametrize(
    ("spoken", "words", "expected"),
    [
        pytest.param("həlˈoʊ ðˈɛɹ, ", ["həlˈoʊ ", "ðˈɛɹ, "], ["həlˈoʊ", "ðˈɛɹ"], id="one-to-one"),
        pytest.param("ʌvðə tˈuː.", ["ʌv", "ðə", "tˈuː."], ["ʌv", "ðə", "tˈu"], id="joined"),
        pytest.param(
            "kˈɔsts wˈʌnhˈʌndɹɪd fˈɔːɹɾi nˈaɪn pˈaʊndz",
            ["kˈɔsts", "wˈʌnhˈʌndɹɪd fˈɔːɹɾi nˈaɪn", "pˈaʊndz"],
            ["kˈɔsts", "wˈʌnhˈʌndɹɪd fˈɔːɹɾi nˈaɪn", "pˈaʊndz"],
            id="number",
        ),
        pytest.param("ɹɛd, ɔːɹ bluː", ["ɹɛd", "", "ɔː", "bluː"], ["ɹɛd", "", "ɔːɹ", "blu"], id="unspoken-and-linked"),
        pytest.param("", ["ɹɛd"], [""], id="nothing-heard"),
        pytest.param("ɹɛd", ["", ""], ["", ""], id="nothing-expected"),
    ],
)
def test_each_word_has_its_phonemes(spoken: str, words: list[str], expected: list[str]) -> None:
    assert parts(spoken, words) == expected


def test_a_word_that_is_not_spoken_stands_where_the_one_before_it_ends() -> None:
    assert word_spans("ab cd", ["ab", "", "cd"]) == [(0, 2), (2, 2), (3, 5)]


def test_a_long_text_stays_in_step() -> None:
    words = ["ʌv", "ðə", "wˈʌnhˈʌndɹɪd fˈɔːɹɾi", "blˈuː"] * 40
    spoken = "ʌvðə wˈʌnhˈʌndɹɪd fˈɔːɹɾi blˈuː " * 40

    assert set(parts(spoken, words)[3::4]) == {"blˈu"}


_SOUNDS = st.text("abdiouʃɹ", max_size=8)


@settings(deadline=None)
@given(spoken=st.text("abdiouʃɹ ˈː,.", max_size=60), words=st.lists(_SOUNDS, max_size=12))
def test_words_are_in_order_and_apart_whatever_is_said(spoken: str, words: list[str]) -> None:
    spans = word_spans(spoken, words)

    assert len(spans) == len(words)
    assert all(0 <= start <= end <= len(spoken) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))

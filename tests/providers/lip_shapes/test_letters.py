from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holo_app.domain.speech import Viseme
from holo_app.providers.lip_shapes.letters import character_cues, word_cues
from holo_app.providers.lip_shapes.spelling import sounds_of
from holo_app.providers.lip_shapes.timed import Timed


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [
        pytest.param("time", "en", "DD aa I PP", id="silent-e"),
        pytest.param("homes", "en", "O U PP SS", id="silent-e-before-s"),
        pytest.param("knight", "en", "nn aa I DD", id="silent-letters"),
        pytest.param("phone", "en", "FF O U nn", id="ph"),
        pytest.param("watch", "en", "U aa CH", id="tch"),
        pytest.param("nation", "en", "nn aa CH E nn", id="tion"),
        pytest.param("The", "en", "TH E", id="whole-word"),
        pytest.param("piece", "en", "PP I SS", id="soft-c"),
        pytest.param("12", "en", "U aa nn DD U", id="digits"),
        pytest.param("it's", "en", "I DD SS", id="apostrophe"),
        pytest.param("schöne", "de", "CH E nn E", id="german-sch"),
        pytest.param("Zeit", "de", "DD SS aa I DD", id="german-z-and-ei"),
        pytest.param("Straße", "de", "CH DD RR aa SS E", id="german-st"),
        pytest.param("2", "de-AT", "DD SS FF aa I", id="german-digit"),
        pytest.param("beau", "fr", "PP O", id="french-eau"),
        pytest.param("chaussures", "fr", "CH O SS U kk", id="french-plural"),
        pytest.param("hola", "es", "O nn aa", id="plain-letters"),
        pytest.param("こんにちは", "ja", "", id="another-script"),
        pytest.param("—", "en", "", id="mark"),
    ],
)
def test_letters_become_mouth_shapes(word: str, language: str, expected: str) -> None:
    shapes = [shape for sound in sounds_of(word, language) for shape in sound.shapes]

    assert " ".join(shapes) == expected


@settings(max_examples=50)
@given(st.text(max_size=12), st.sampled_from(["en", "de", "fr", "es", "tr", "xx", ""]))
def test_any_text_can_be_spelt(word: str, language: str) -> None:
    sounds = sounds_of(word, language)

    assert all(0 <= sound.start < sound.end <= len(word) for sound in sounds)
    assert all(before.end <= after.start for before, after in pairwise(sounds))


def test_a_words_shapes_share_its_time() -> None:
    cues = list(word_cues([Timed("mama", 1.0, 1.5), Timed("…", 1.5, 1.7), Timed("go", 2.0, 2.2)], "en"))

    assert [str(cue.viseme) for cue in cues] == ["PP", "aa", "PP", "aa", "kk", "O", "U"]
    assert (cues[0].start_s, cues[3].end_s) == (1.0, 1.5)
    assert (cues[4].start_s, cues[6].end_s) == (2.0, 2.2)
    assert cues[1].end_s - cues[1].start_s == pytest.approx(1.5 * (cues[0].end_s - cues[0].start_s))


def characters(text: str, step_s: float = 0.05) -> list[Timed]:
    return [Timed(letter, place * step_s, (place + 1) * step_s) for place, letter in enumerate(text)]


def test_characters_keep_their_own_times() -> None:
    cues = list(character_cues(characters("ship b"), "en"))

    # "sh" is two characters, and the blank is too short for a pause
    assert [(str(cue.viseme), round(cue.start_s, 3), round(cue.end_s, 3)) for cue in cues] == [
        ("CH", 0.0, 0.1),
        ("I", 0.1, 0.15),
        ("PP", 0.15, 0.2),
        ("PP", 0.25, 0.3),
    ]


def test_a_silent_letter_belongs_to_the_sound_before_it() -> None:
    cues = list(character_cues(characters("knife"), "en"))

    assert cues[0].start_s == 0.0
    assert cues[-1].viseme is Viseme.FF
    assert cues[-1].end_s == pytest.approx(0.25)


def test_a_mark_that_lasts_closes_the_mouth() -> None:
    timed = [Timed("m", 0.0, 0.1), Timed(",", 0.1, 0.4), Timed(" ", 0.4, 0.41), Timed("b", 0.41, 0.5)]

    assert [str(cue.viseme) for cue in character_cues(timed, "en")] == ["PP", "sil", "PP"]

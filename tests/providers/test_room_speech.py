"""Speech cut out of a room's sound: where it begins and ends, which words are over when, and what moves the mouth."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holo_app.domain.audio import AudioChunk
from holo_app.domain.speech import Viseme, VisemeCue, WordCue
from holo_app.ports.tts import SpeechChunk
from holo_app.providers.livekit_room.cues import BroughtCues, GuessedCues
from holo_app.providers.livekit_room.loudness import dbfs, mouth_of
from holo_app.providers.livekit_room.room import RATE_HZ, Sound
from holo_app.providers.livekit_room.sound_clock import SoundClock
from holo_app.providers.livekit_room.utterance import Utterance
from holo_app.providers.livekit_room.word_pace import Pace, WordTimes
from tests.contracts.speech_checks import check_speech
from tests.fakes.avatars import PIECE_S, piece

WORDS = ["It", "costs", "one", "hundred", "pounds."]


class Air:
    """A room's sound, heard by an utterance."""

    def __init__(self, words: list[str] = WORDS) -> None:
        self.utterance = Utterance("x", 1, GuessedCues(words, Pace()))
        self._end_s = 0.0

    def sound(self, *, loud: bool, seconds: float) -> None:
        for _ in range(round(seconds / PIECE_S)):
            pcm = piece(loud=loud)
            self.utterance.hear(Sound(pcm, self._end_s), dbfs(pcm))
            self._end_s += PIECE_S

    def given(self) -> list[SpeechChunk]:
        """What can be read now."""
        box = self.utterance._box
        items = [box.get_nowait() for _ in range(box.qsize())]
        return [item for item in items if isinstance(item, SpeechChunk)]


def test_speech_is_what_is_heard_between_the_signs() -> None:
    air = Air()
    air.sound(loud=False, seconds=1.0)
    air.utterance.started()
    air.sound(loud=False, seconds=0.2)
    air.sound(loud=True, seconds=1.5)
    air.utterance.ended()
    air.sound(loud=False, seconds=0.5)
    chunks = air.given()
    check_speech(" ".join(WORDS), chunks)
    assert air.utterance.over
    assert air.utterance.begins_s == pytest.approx(1.2 - 0.06)
    assert air.utterance.seconds == pytest.approx(0.06 + 1.5 + 0.2, abs=0.021)
    assert [chunk.pictures.at_s for chunk in chunks[:3] if chunk.pictures] == pytest.approx([0, 0.12, 0.16])


def test_without_a_sign_sound_that_lasts_is_the_beginning_and_a_click_is_not() -> None:
    air = Air()
    air.sound(loud=True, seconds=0.06)
    air.sound(loud=False, seconds=0.5)
    assert air.utterance.begins_s is None
    air.sound(loud=True, seconds=0.2)
    assert air.utterance.begins_s == pytest.approx(0.56 - 0.06, abs=0.021)


def test_a_long_silence_is_kept_back_until_something_is_said_again() -> None:
    air = Air()
    air.utterance.started()
    air.sound(loud=True, seconds=0.4)
    air.sound(loud=False, seconds=3.0)
    silent_s = sum(chunk.audio.seconds for chunk in air.given())
    assert silent_s == pytest.approx(1.4, abs=0.05)
    air.sound(loud=True, seconds=0.2)
    assert sum(chunk.audio.seconds for chunk in air.given()) == pytest.approx(3.6 - silent_s, abs=0.05)


def test_an_end_that_was_none_is_taken_back() -> None:
    air = Air()
    air.utterance.started()
    air.sound(loud=True, seconds=0.4)
    air.utterance.ended()
    air.sound(loud=False, seconds=0.1)
    air.utterance.started()
    air.sound(loud=True, seconds=0.4)
    assert not air.utterance.over
    air.utterance.ended()
    air.sound(loud=False, seconds=0.4)
    assert air.utterance.over
    air.sound(loud=True, seconds=0.4)
    assert air.utterance.seconds == pytest.approx(1.1, abs=0.03)


def test_a_pace_is_learnt() -> None:
    pace = Pace()
    for _ in range(8):
        times = WordTimes(WORDS, pace)
        for step in itertools.count(1):
            if step * 0.02 > 4.0:
                break
            times.sounded(0.02, step * 0.02)
        times.ended(4.0)
    cues = WordTimes(WORDS, pace)
    over = [cue for step in range(1, 201) for cue in cues.sounded(0.02, step * 0.02)]
    assert over[0].end_s == pytest.approx(4.0 * 3 / 29, abs=0.05)
    assert over[-1].end_s == pytest.approx(4.0 * 21 / 29, abs=0.1)


@given(st.lists(st.floats(0.005, 1.0), min_size=1, max_size=40), st.integers(1, 12))
def test_each_word_is_told_once_in_order_and_within_the_sound(steps: list[float], count: int) -> None:
    words = [f"w{number}" for number in range(count)]
    times = WordTimes(words, Pace())
    end_s = 0.0
    cues: list[WordCue] = []
    for step in steps:
        end_s += step
        cues += times.sounded(step, end_s)
    cues += times.ended(end_s)
    assert [cue.text for cue in cues] == words
    assert all(a.end_s <= b.start_s + 1e-9 for a, b in itertools.pairwise(cues))
    assert cues[-1].end_s <= end_s + 1e-9


def test_cues_that_are_brought_begin_with_the_first_audible_sample() -> None:
    cues = BroughtCues(["Yes,", "it", "is."])
    silent, loud = AudioChunk(bytes(2 * 2_400), RATE_HZ), AudioChunk(piece(loud=True) * 20, RATE_HZ)
    cues.sent(SpeechChunk(silent, (VisemeCue(Viseme.SIL, 0.0, 0.1),)))
    words = (WordCue("Yes,", 0.1, 0.3), WordCue("it", 0.3, 0.5))
    cues.sent(SpeechChunk(loud, (VisemeCue(Viseme.AA, 0.1, 0.4), VisemeCue(Viseme.E, 0.4, 0.5)), words))
    mouth, over = cues.piece(b"", 0.0, 0.2)
    assert (mouth, over) == ([VisemeCue(Viseme.AA, 0.0, 0.2)], [WordCue("Yes,", 0.0, pytest.approx(0.2))])
    mouth, over = cues.piece(b"", 0.2, 0.6)
    assert [cue.viseme for cue in mouth] == [Viseme.AA, Viseme.E, Viseme.SIL]
    assert (mouth[0].start_s, mouth[-1].end_s) == (0.2, 0.6)
    assert [cue.text for cue in over] == ["it"]
    assert cues.rest(0.6) == [WordCue("is.", 0.6, 0.6)]


def test_a_louder_sound_opens_the_mouth() -> None:
    assert [mouth_of(level) for level in (-100.0, -40.0, -30.0, -10.0)] == [Viseme.SIL, Viseme.U, Viseme.E, Viseme.AA]
    assert (dbfs(b""), dbfs(bytes(4))) == (-100.0, -100.0)


def test_what_was_handed_over_late_does_not_move_the_clock() -> None:
    clock = SoundClock()
    assert clock.place_s(5.0) == 0.0
    for number in range(100):
        late_s = 0.03 if number % 3 else 0.0
        assert clock.heard(0.02, 10.0 + 0.02 * (number + 1) + late_s) == pytest.approx(0.02 * number)
    assert clock.end_s == pytest.approx(2.0)
    assert clock.place_s(11.5) == pytest.approx(1.5)


def test_a_clock_that_drifts_is_followed() -> None:
    clock = SoundClock()
    now_s = 0.0
    for _ in range(1_000):
        now_s += 0.0201
        clock.heard(0.02, now_s)
    assert clock.place_s(now_s) == pytest.approx(clock.end_s, abs=0.03)

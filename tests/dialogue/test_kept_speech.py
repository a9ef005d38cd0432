"""Speech is kept within a bound, and found again by exactly what was said."""

from __future__ import annotations

from holo_app.dialogue.kept_speech import KeptSpeech, Phrase
from holo_app.domain.audio import AudioChunk
from holo_app.ports.tts import SpeechChunk

ONE, TWO, THREE = (Phrase(text, "hum", "en") for text in ("one", "two", "three"))
TEN_BYTES = (SpeechChunk(AudioChunk(bytes(10))),)


def test_what_does_not_fit_beside_the_rest_is_left_out() -> None:
    kept = KeptSpeech(most_bytes=15)
    kept.keep(ONE, TEN_BYTES)
    kept.keep(TWO, TEN_BYTES)
    kept.keep(ONE, TEN_BYTES)
    assert (kept.get(ONE), kept.get(TWO)) == (TEN_BYTES, ())
    assert (len(kept), kept.used_bytes) == (1, 10)
    kept.clear()
    assert (len(kept), kept.used_bytes, kept.get(ONE)) == (0, 0, ())


def test_room_is_made_by_what_was_not_asked_for_for_longest() -> None:
    kept = KeptSpeech(most_bytes=20)
    for phrase in (ONE, TWO):
        kept.keep(phrase, TEN_BYTES)
    kept.get(ONE)
    kept.keep(THREE, TEN_BYTES, make_room=True)
    assert [kept.get(phrase) for phrase in (ONE, TWO, THREE)] == [TEN_BYTES, (), TEN_BYTES]
    kept.keep(TWO, TEN_BYTES * 3, make_room=True)
    assert (len(kept), kept.used_bytes) == (2, 20)

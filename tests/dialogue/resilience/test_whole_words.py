"""Wherever speech is cut, and however it came: every word is let through once and whole."""

from __future__ import annotations

from array import array
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from holo_app.dialogue.resilience.whole_words import WholeWords, rest_of
from holo_app.domain.audio import AudioChunk
from holo_app.domain.speech import WordCue
from holo_app.ports.tts import Pictured, SpeechChunk
from tests.contracts.speech_checks import check_speech, check_visemes
from tests.fakes.failing import FailingTts, cut_up

TEXT = "It costs eighty nine pounds, and we have four of them."


def speech(text: str = TEXT, *, word_s: float = 0.3, pause_s: float = 0.06, rate_hz: int = 8_000) -> SpeechChunk:
    whole = FailingTts("vendor", rate_hz=rate_hz, word_s=word_s, pause_s=pause_s).whole(text)
    assert whole is not None
    return whole


def through(words: WholeWords, pieces: list[SpeechChunk]) -> list[SpeechChunk]:
    return [let for piece in pieces if (let := words.push(piece)) is not None]


def texts(chunks: list[SpeechChunk]) -> list[str]:
    return [cue.text for chunk in chunks for cue in chunk.words]


@settings(max_examples=60, deadline=None)
@given(
    piece_s=st.floats(0.01, 2.0),
    died_after=st.integers(0, 60),
    word_s=st.floats(0.05, 0.7),
    pause_s=st.sampled_from([0.0, 0.02, 0.4]),
)
def test_any_cut_leaves_whole_words(piece_s: float, died_after: int, word_s: float, pause_s: float) -> None:
    whole = speech(word_s=word_s, pause_s=pause_s)
    pieces = cut_up(whole, piece_s)[:died_after]
    words = WholeWords()
    let = through(words, pieces)
    if let and (ending := words.cut()) is not None:
        let.append(ending)
    assert texts(let) == TEXT.split()[: words.said]
    assert [*texts(let), *rest_of(TEXT, words.said).split()] == TEXT.split()
    sound = b"".join(chunk.audio.pcm for chunk in let)
    assert len(sound) / 2 / 8_000 == words.end_s
    received_s = sum(piece.audio.seconds for piece in pieces)
    if word_s < 0.7:  # no word is so long that it is let through in parts
        begun = [cue for cue in whole.words[words.said :] if cue.start_s + 0.009 < words.end_s]
        assert begun == []
        assert words.said >= sum(cue.end_s + 1e-3 < received_s for cue in whole.words)
    assert sound[: -2 * 64] == whole.audio.pcm[: max(0, len(sound) - 2 * 64)]


@settings(max_examples=40, deadline=None)
@given(piece_s=st.floats(0.01, 2.0), hold=st.booleans())
def test_what_is_not_cut_stays_as_it_was(piece_s: float, hold: bool) -> None:
    whole, words = speech(), WholeWords(hold=hold)
    let = through(words, cut_up(whole, piece_s))
    rest = words.finish()
    let += [] if rest is None else [rest]
    assert b"".join(chunk.audio.pcm for chunk in let) == whole.audio.pcm
    check_speech(TEXT, let)


def test_cues_go_on_from_where_it_starts() -> None:
    words = WholeWords(2.5)
    [let] = through(words, [speech("Hello there.")])
    assert let.words[0].start_s == 2.5
    assert let.visemes[0].start_s == 2.5
    assert words.end_s > 2.5


def test_an_avatars_pictures_stay_with_its_sound() -> None:
    pieces = cut_up(speech(), 0.25)
    at_s = [2.0 + 0.25 * place for place in range(len(pieces))]
    words = WholeWords(7.0)
    let = through(words, [replace(p, pictures=Pictured(3, at)) for p, at in zip(pieces, at_s, strict=True)])
    heard_s = 0.0
    for chunk in let:
        assert chunk.pictures is not None
        assert chunk.pictures.utterance == 3
        assert abs(chunk.pictures.at_s - 2.0 - heard_s) < 1e-9
        heard_s += chunk.audio.seconds
    assert let[1:]


def test_silence_before_the_first_word_is_let_through_at_once() -> None:
    late = SpeechChunk(AudioChunk(bytes(16_000), 8_000), words=(WordCue("Hello", 0.75, 1.4),))
    words = WholeWords()
    assert [chunk.audio.seconds for chunk in through(words, [late])] == [0.75]
    assert words.said == 0


def test_a_word_that_takes_too_long_is_let_through_in_parts_and_cut_is_said_again() -> None:
    long = speech("0123456789 is it.", word_s=3.0)
    words = WholeWords()
    let = through(words, cut_up(long, 0.25)[:8])
    assert sum(chunk.audio.seconds for chunk in let) >= 1.0
    assert texts(let) == []
    words.cut()
    assert rest_of("0123456789 is it.", words.said) == "0123456789 is it."
    words = WholeWords()
    let = through(words, cut_up(long, 0.25))
    rest = words.finish()
    check_visemes(let if rest is None else [*let, rest])


def test_the_sound_fades_where_it_is_cut() -> None:
    words = WholeWords()
    through(words, cut_up(speech("Hello there.", pause_s=0.0), 0.35)[:1])
    ending = words.cut()
    assert ending is not None
    loudness = [abs(sample) for sample in array("h", ending.audio.pcm)]
    assert loudness == sorted(loudness, reverse=True)
    assert 0 < loudness[-1] < 200
    assert ending.audio.seconds == 0.008
    assert ending.words == ()


def test_nothing_in_nothing_out() -> None:
    words = WholeWords()
    assert (words.finish(), words.cut(), words.end_s, words.said) == (None, None, 0.0, 0)


def test_a_cue_that_reaches_past_the_sound_ends_with_it() -> None:
    whole = speech("Hello there.")
    short = replace(whole, audio=AudioChunk(whole.audio.pcm[:-1600], 8_000))
    words = WholeWords()
    words.push(short)
    words.finish()
    assert words.said == 2

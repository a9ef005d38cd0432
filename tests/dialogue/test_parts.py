"""Small parts of the loop, alone."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from uuid import UUID

import pytest

from holo_app.audio.virtual import VirtualSpeaker
from holo_app.bootstrap.clock import SystemClock
from holo_app.dialogue.answering import Answer, Answering, Question
from holo_app.dialogue.ear import Ear
from holo_app.dialogue.events import EndScored, Event, Transcribed
from holo_app.dialogue.hearing import Recognition
from holo_app.dialogue.notices import CharacterCaption, MouthScheduled, Notice, SpeechCut
from holo_app.dialogue.reply import Reply, Voice
from holo_app.dialogue.room_level import dbfs, power_of
from holo_app.dialogue.silent_voice import SilentVoice
from holo_app.dialogue.troubles import TroubleBoard
from holo_app.dialogue.turn import Turn, TurnTimes
from holo_app.domain.audio import AudioChunk, silence
from holo_app.domain.kiosk import Trouble
from holo_app.domain.product import Product
from holo_app.errors import FailureCategory, StorageError
from holo_app.ports.microphone import MicFrame
from tests.dialogue.world import AVA
from tests.fakes.answers import BLUE_JACKET, FakeAnswerer, FakeRetriever
from tests.fakes.end_of_turn import FakeEndOfTurn
from tests.fakes.script import SpokenScript
from tests.fakes.stt import FakeStt
from tests.fakes.tts import FakeTts
from tests.fakes.vad import FakeVad
from tests.fakes.virtual_time import VirtualClock, virtual_time


def speech(seconds: float) -> AudioChunk:
    return SpokenScript().say("hello", seconds)


def push(ear: Ear, audio: AudioChunk, *, until: float) -> list[float]:
    return [frame.probability for frame in ear.push(MicFrame(audio, until))]


def test_level() -> None:
    assert dbfs(power_of(b"")) == -100.0
    assert dbfs(power_of(silence(0.1).pcm)) == -100.0
    assert dbfs(power_of(speech(0.1).pcm)) == pytest.approx(-24.3, abs=0.1)


def test_the_ear_frames_for_the_detector_and_times_the_frames() -> None:
    ear = Ear(FakeVad())
    frames = list(ear.push(MicFrame(silence(0.1), 10.0)))
    assert [round(frame.at, 3) for frame in frames] == [9.932, 9.964, 9.996]
    assert frames[0].seconds == 0.032


def test_an_utterance_holds_the_preroll_and_what_follows() -> None:
    ear = Ear(FakeVad(), preroll_s=0.2)
    push(ear, silence(1.0), until=1.0)
    push(ear, speech(0.1), until=1.1)
    push(ear, speech(0.1), until=1.2)
    assert ear.utterance().samples == 0
    ear.open()
    push(ear, speech(0.3), until=1.5)
    assert ear.utterance().seconds == pytest.approx(0.5)
    ear.forget()
    assert ear.utterance().seconds == pytest.approx(0.5)
    ear.close()
    assert ear.utterance().samples == 0


def test_an_utterance_does_not_grow_for_ever() -> None:
    ear = Ear(FakeVad(), longest_s=1.0)
    ear.open()
    for i in range(30):
        push(ear, silence(0.1), until=i / 10)
    assert ear.utterance().seconds <= 1.1


def test_the_end_of_speech_is_the_last_audible_sample() -> None:
    ear = Ear(FakeVad())
    ear.open()
    push(ear, speech(1.0), until=1.0)
    push(ear, silence(0.2), until=1.2)
    assert ear.speech_ended_at(1.05) == pytest.approx(1.0, abs=0.011)
    assert ear.speech_ended_at(3.0) == 3.0


def test_silence_has_no_end_of_speech_of_its_own() -> None:
    ear = Ear(FakeVad())
    ear.open()
    push(ear, silence(2.0), until=2.0)
    assert ear.speech_ended_at(1.0) == 1.0


@virtual_time
async def test_the_silent_voice_takes_reading_time() -> None:
    voice = SilentVoice()
    assert voice.capabilities.name == "silent"
    chunks = [chunk async for chunk in voice.synthesize("two words", voice="", language="en")]
    assert [w.text for w in chunks[0].words] == ["two", "words"]
    assert chunks[0].audio.seconds == pytest.approx(0.66)
    assert [chunk async for chunk in voice.synthesize("", voice="", language="en")] == []
    await voice.aclose()


@virtual_time
async def test_the_engine_is_told_what_was_understood_and_how_finished_it_sounds() -> None:
    clock, script, told = VirtualClock(), SpokenScript(), list[Event]()
    audio = script.say("How much is it?", 1.0)
    recognition = Recognition(
        FakeStt(script, delay_s=0.2),
        FakeEndOfTurn(script, delay_s=0.1),
        clock,
        TroubleBoard(lambda _: None),
        told.append,
    )
    began = clock.monotonic()
    recognition.transcribe(1, 0, audio)
    await asyncio.sleep(0.2)
    recognition.score(1, 0, audio)
    await asyncio.sleep(1)
    assert [type(event) for event in told] == [Transcribed, EndScored]
    assert [event.at - began for event in told] == pytest.approx([0.2, 0.3])


@virtual_time
async def test_one_transcription_follows_the_other_and_only_the_newest_waits() -> None:
    clock, script, told = VirtualClock(), SpokenScript(), list[Event]()
    audio = script.say("How much is it?", 1.0)
    stt = FakeStt(script, delay_s=0.4)
    recognition = Recognition(stt, None, clock, TroubleBoard(lambda _: None), told.append)
    recognition.transcribe(1, 0, audio)
    await asyncio.sleep(0.1)
    recognition.transcribe_partial(1, audio)
    recognition.transcribe(1, 1, audio)
    recognition.transcribe_partial(1, audio)
    recognition.transcribe(1, 2, audio)
    await asyncio.sleep(2)
    assert [event.snapshot for event in told if isinstance(event, Transcribed)] == [0, 2]
    assert (len(told), stt.calls) == (2, 2)
    recognition.transcribe(1, 3, audio)
    recognition.transcribe(1, 4, audio)
    await asyncio.sleep(0.1)
    await recognition.aclose()
    await asyncio.sleep(1)
    assert (len(told), stt.calls) == (2, 3)


@virtual_time
async def test_without_an_end_of_turn_model_or_with_a_broken_one_nobody_can_say() -> None:
    clock, script, told = VirtualClock(), SpokenScript(), list[Event]()
    broken = FakeEndOfTurn(script)
    broken.failure = FailureCategory.UNAVAILABLE
    for model in (None, broken):
        recognition = Recognition(FakeStt(script), model, clock, TroubleBoard(lambda _: None), told.append)
        recognition.score(1, 0, script.say("How much is it?", 1.0))
        await asyncio.sleep(1)
    assert [event.probability for event in told if isinstance(event, EndScored)] == [None, None]


def test_a_trouble_is_told_once() -> None:
    told: list[Notice] = []
    board = TroubleBoard(told.append)
    board.end(Trouble.NO_VOICE)
    board.begin(Trouble.NO_VOICE, "gone")
    board.begin(Trouble.NO_VOICE, "gone")
    board.end(Trouble.NO_VOICE)
    assert len(told) == 2


@virtual_time
async def test_without_any_answerer_there_is_no_clause_and_no_error() -> None:
    answering = Answering(FakeRetriever(), [], VirtualClock())
    async with aclosing(answering.clauses(Question("?", "en", AVA), Answer())) as clauses:
        assert [clause async for clause in clauses] == []


@virtual_time
async def test_a_clause_that_was_cut_while_it_was_being_made_is_not_captioned_again() -> None:
    clock, told = VirtualClock(), list[Notice]()
    speaker = VirtualSpeaker(clock)
    tts = FakeTts(chunk_s=0.5)
    voice = Voice(tts, speaker, clock, lambda text, _: text, told.append, TroubleBoard(told.append))
    reply = Reply(Question("One two three four.", "en", AVA), None, voice, lambda _: None)
    reply.commit()
    task = asyncio.create_task(reply.run())
    await asyncio.sleep(0.4)
    reply.silence()
    await task
    assert [type(notice) for notice in told if not isinstance(notice, MouthScheduled)] == [CharacterCaption, SpeechCut]


@virtual_time
async def test_a_reply_can_be_silenced_twice_and_before_it_played() -> None:
    clock, told = VirtualClock(), list[Notice]()
    speaker = VirtualSpeaker(clock)
    voice = Voice(FakeTts(), speaker, clock, lambda text, _: text, told.append, TroubleBoard(told.append))
    unheard = Reply(Question("Hello there.", "en", AVA), None, voice, lambda _: None)
    unheard.silence()
    unheard.commit()
    await unheard.run()
    assert told == []
    reply = Reply(Question("Hello there.", "en", AVA), None, voice, lambda _: None)
    reply.commit()
    task = asyncio.create_task(reply.run())
    await asyncio.sleep(0.6)
    reply.silence()
    heard = reply.heard()
    reply.silence()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert heard == reply.heard() == "Hello"
    await speaker.aclose()


@virtual_time
async def test_a_turn_has_no_reply_before_it_starts() -> None:
    turn = Turn(1, Question("?", "en", AVA), TurnTimes(0.0, None), asked=True, turn_id=UUID(int=1))
    with pytest.raises(RuntimeError, match="not started"):
        _ = turn.reply
    await turn.cancel()


@virtual_time
async def test_products_are_shown_once_while_they_stay_the_same() -> None:
    answer = Answer()
    answering = Answering(FakeRetriever(), [FakeAnswerer("One. Two. Three.")], VirtualClock())
    async with aclosing(answering.clauses(Question("?", "en", AVA), answer)) as clauses:
        assert [clause.text async for clause in clauses] == ["One.", "Two.", "Three."]
    assert answer.skus == ("JKT-BLU",)


@virtual_time
async def test_this_one_means_what_is_on_the_screen() -> None:
    answerer = FakeAnswerer()
    answering = Answering(FakeRetriever(), [answerer], VirtualClock(), lambda: BLUE_JACKET)
    async with aclosing(answering.clauses(Question("How much is this one?", "en", AVA), Answer())) as clauses:
        assert [clause async for clause in clauses]
    assert answerer.requests[0].grounding.focus == (BLUE_JACKET,)
    assert answering.on_display() == (BLUE_JACKET,)


def test_without_a_database_nothing_is_on_the_screen() -> None:
    def broken() -> Product | None:
        raise StorageError("the disk is gone")

    assert Answering(FakeRetriever(), [], SystemClock(), broken).on_display() == ()

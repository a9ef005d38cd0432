"""Recognition that understands while it hears."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from holo_app.dialogue import events as ev
from holo_app.dialogue.hearing import Recognition
from holo_app.dialogue.live_transcript import LiveTranscript
from holo_app.dialogue.notices import Notice
from holo_app.dialogue.troubles import TroubleBoard
from holo_app.domain.audio import AudioChunk, silence
from holo_app.errors import FailureCategory, ProviderError
from tests.dialogue.world import running
from tests.fakes.script import SpokenScript
from tests.fakes.stt import FakeStt
from tests.fakes.virtual_time import VirtualClock, virtual_time


def pieces(audio: AudioChunk, count: int = 4) -> list[AudioChunk]:
    size = len(audio.pcm) // count // 2 * 2
    ends = [*range(0, size * count, size), len(audio.pcm)]
    return [AudioChunk(audio.pcm[begin:end]) for begin, end in pairwise(ends) if begin < end]


@virtual_time
async def test_words_come_while_they_are_spoken_and_pauses_join_them() -> None:
    script, partials = SpokenScript(), list[str]()
    live = LiveTranscript(FakeStt(script, streaming=True), "en", partials.append)
    for piece in pieces(script.say("I need a jacket", 1.0)):
        live.push(piece)
        await asyncio.sleep(0.1)
    assert partials == ["I", "I need", "I need a", "I need a jacket"]
    assert await live.settle() == "I need a jacket"
    for piece in pieces(script.say("for hiking.", 1.0)):
        live.push(piece)
        await asyncio.sleep(0.1)
    assert await live.settle() == "I need a jacket for hiking."
    assert partials[-1] == "I need a jacket for hiking."
    await live.aclose()


@virtual_time
async def test_a_pause_after_which_nothing_is_said_costs_no_call() -> None:
    script = SpokenScript()
    stt = FakeStt(script, streaming=True)
    live = LiveTranscript(stt, "en", lambda _: None)
    live.push(script.say("I need a jacket", 1.0))
    assert await live.settle() == "I need a jacket"
    for _ in range(5):
        live.push(silence(0.05))
    await asyncio.sleep(0.1)
    assert stt.calls == 1
    live.push(script.say("for hiking.", 1.0))
    await asyncio.sleep(0.1)
    assert stt.calls == 2
    assert await live.settle() == "I need a jacket for hiking."
    live.push(script.say("Red.", 0.2))
    assert await live.settle() == "I need a jacket for hiking. Red."
    await live.aclose()


@virtual_time
async def test_nothing_runs_on_after_it_is_closed() -> None:
    stt = FakeStt(SpokenScript(), streaming=True)
    live = LiveTranscript(stt, "en", lambda _: None)
    live.push(AudioChunk(bytes(640)))
    await asyncio.sleep(0.1)
    await live.aclose()
    assert (stt.calls, stt.cancelled) == (1, 1)
    assert len(asyncio.all_tasks()) == 1


@virtual_time
async def test_a_segment_that_fails_is_told() -> None:
    script = SpokenScript()
    stt = FakeStt(script, streaming=True)
    stt.failure = FailureCategory.UNAVAILABLE
    live = LiveTranscript(stt, "en", lambda _: None)
    live.push(script.say("Hello.", 1.0))
    with pytest.raises(ProviderError):
        await live.settle()
    await live.aclose()


@virtual_time
async def test_recognition_streams_what_an_utterance_brings() -> None:
    clock, script, told, shown = VirtualClock(), SpokenScript(), list[ev.Event](), list[Notice]()
    troubles = TroubleBoard(shown.append)
    recognition = Recognition(FakeStt(script, streaming=True), None, clock, troubles, told.append)
    recognition.feed(AudioChunk(bytes(640)))
    before, *others = pieces(script.say("How much is it?", 1.0))
    recognition.open(1, before)
    for piece in others:
        recognition.feed(piece)
        await asyncio.sleep(0.1)
    # partials come by themselves
    recognition.transcribe_partial(1, AudioChunk(b""))
    recognition.transcribe(1, 0, AudioChunk(b""))
    await asyncio.sleep(1)
    recognition.close()
    recognition.close()
    assert [event.text for event in told if isinstance(event, ev.PartialHeard)][-1] == "How much is it?"
    assert [event.text for event in told if isinstance(event, ev.Transcribed)] == ["How much is it?"]
    assert shown == []
    recognition.open(2, before)
    await recognition.aclose()
    assert len(asyncio.all_tasks()) == 1


@virtual_time
async def test_a_conversation_with_an_engine_that_streams() -> None:
    async with running(streaming=True) as world:
        await world.say("How much is the blue jacket?")
        await asyncio.sleep(6)
        await world.say("And in red?")
        await asyncio.sleep(6)
        assert [turn.heard for turn in world.turns] == ["How much is the blue jacket?", "And in red?"]

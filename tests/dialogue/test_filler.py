"""A late answer is preceded by a short phrase: whole conversations on virtual time."""

from __future__ import annotations

import asyncio

import pytest

from holo_app.audio.virtual import VirtualSpeaker
from holo_app.dialogue import inputs
from holo_app.dialogue import notices as nt
from holo_app.dialogue.answering import Answering, Question
from holo_app.dialogue.canned_speech import CannedSpeech
from holo_app.dialogue.fillers import Fillers
from holo_app.dialogue.kept_speech import Phrase
from holo_app.dialogue.reply import Reply, Voice
from holo_app.dialogue.troubles import TroubleBoard
from holo_app.domain.conversation import Stage
from holo_app.domain.kiosk import KioskState
from tests.dialogue.world import AVA, FILLERS, World, running
from tests.fakes.answers import FakeAnswerer, FakeRetriever
from tests.fakes.tts import FakeTts
from tests.fakes.virtual_time import VirtualClock, virtual_time

FILLER_AFTER_S = 0.9
FILLER_S = 1.0
"""Three words of the humming voice."""


async def ask(world: World, *, then_s: float = 8.0) -> float:
    """Ask, and return the moment at which the question was over."""
    ended = await world.say("How much is the blue jacket?")
    await asyncio.sleep(then_s)
    return ended


def captions(world: World) -> list[str]:
    """The clauses that were captioned, each once."""
    return list(dict.fromkeys(caption.text for caption in world.of(nt.CharacterCaption)))


@virtual_time
async def test_a_late_answer_is_preceded_by_a_filler_that_is_no_part_of_it() -> None:
    async with running() as world:
        await world.keep_fillers()
        world.answerer.first_s = 1.45
        ended = await ask(world)

        [turn] = world.turns
        answer = "It costs 89 pounds. We have four of them in stock."
        assert turn.answer == turn.spoken == answer
        assert [message.text for message in world.messages()][1] == answer
        assert captions(world) == ["One moment, please.", "It costs 89 pounds.", "We have four of them in stock."]
        assert world.states == [KioskState.LISTENING, KioskState.THINKING, KioskState.SPEAKING, KioskState.IDLE]

        committed = ended + turn.timings_ms[Stage.END_OF_TURN] / 1000
        first_sound = world.speaker.played[0].at
        assert first_sound - committed == pytest.approx(FILLER_AFTER_S, abs=0.05)
        first_audio = turn.timings_ms[Stage.END_OF_SPEECH_TO_FIRST_AUDIO]
        assert first_audio == pytest.approx(1000 * (first_sound - ended), abs=15)
        assert turn.timings_ms[Stage.FIRST_AUDIO_OF_ANSWER] == pytest.approx(first_audio + 1000 * FILLER_S, abs=30)


@virtual_time
async def test_the_answer_begins_after_the_last_sample_of_the_filler_and_the_lips_move_for_both() -> None:
    async with running() as world:
        await world.keep_fillers()
        # ready in the middle of the filler
        world.answerer.first_s = 1.45
        await ask(world)
        filler, first, *_ = world.of(nt.CharacterCaption)
        assert filler.text == "One moment, please."
        assert filler.start_s == pytest.approx(0.0)
        assert filler.end_s == pytest.approx(first.start_s, abs=0.01)
        cues = [cue for told in world.of(nt.MouthScheduled) for cue in told.cues]
        assert cues[0].start_s == pytest.approx(0.0)
        assert [cue.start_s for cue in cues] == sorted(cue.start_s for cue in cues)
        assert len(world.speaker.played) == 1, "no gap between them"


@virtual_time
async def test_an_answer_in_time_has_no_filler() -> None:
    async with running() as world:
        await world.keep_fillers()
        await ask(world)
        assert captions(world) == ["It costs 89 pounds.", "We have four of them in stock."]
        timings = world.turns[0].timings_ms
        assert timings[Stage.FIRST_AUDIO_OF_ANSWER] == timings[Stage.END_OF_SPEECH_TO_FIRST_AUDIO]


@virtual_time
async def test_one_filler_per_answer_and_never_the_same_twice_in_a_row() -> None:
    async with running() as world:
        await world.keep_fillers()
        world.answerer.first_s = 60.0
        world.fallback.first_s = 1.4
        for _ in range(3):
            await ask(world, then_s=12)
        said = [caption.text for caption in world.of(nt.CharacterCaption) if caption.text in FILLERS]
        assert said == [FILLERS[0], FILLERS[1], FILLERS[0]]
        assert [turn.spoken for turn in world.turns] == [world.fallback.reply] * 3


@virtual_time
async def test_a_late_voice_is_covered_too() -> None:
    async with running() as world:
        await world.keep_fillers()
        world.tts.first_chunk_s = 2.0
        await ask(world)
        assert captions(world)[0] == "One moment, please."
        assert world.turns[0].spoken == world.turns[0].answer


@virtual_time
async def test_a_filler_that_is_not_kept_is_not_made_first() -> None:
    async with running() as world:
        world.answerer.first_s = 1.45
        await ask(world)
        assert captions(world)[0] == "It costs 89 pounds."


@virtual_time
async def test_a_greeting_needs_no_filler() -> None:
    async with running() as world:
        await world.keep_fillers()
        world.tts.first_chunk_s = 2.0
        assert world.loop is not None
        world.loop.submit(inputs.TalkPressed())
        await asyncio.sleep(8)
        assert captions(world) == ["Hello, I am Ava, an AI assistant."]


@virtual_time
async def test_an_interrupted_filler_ends_the_reply_and_nothing_of_it_was_heard() -> None:
    async with running() as world:
        await world.keep_fillers()
        world.answerer.first_s = 1.49
        await ask(world, then_s=1.4)
        assert captions(world) == ["One moment, please."]
        world.answerer.first_s = 0.02
        await world.say("No I meant the red one.", 1.2)
        await asyncio.sleep(8)

        first, second = world.turns
        assert (first.interrupted, first.spoken) == (True, "")
        assert second.heard == "No I meant the red one."
        assert world.of(nt.SpeechCut)
        assert [message.heard for message in world.answerer.requests[-1].history] == [first.heard, ""]
        assert captions(world) == ["One moment, please.", "It costs 89 pounds.", "We have four of them in stock."]


@virtual_time
async def test_the_echo_of_a_filler_is_nobody() -> None:
    async with running() as world:
        await world.keep_fillers()
        world.answerer.first_s = 1.49
        await ask(world, then_s=1.35)
        await world.say("One moment please", 0.6)
        await asyncio.sleep(8)
        assert [turn.interrupted for turn in world.turns] == [False]
        assert world.turns[0].spoken == world.turns[0].answer


@virtual_time
async def test_when_nobody_can_answer_after_all_the_filler_is_said_to_its_end() -> None:
    async with running() as world:
        await world.keep_fillers()
        world.answerer.first_s = world.fallback.first_s = 60.0
        world.answerer.reply = world.fallback.reply = "Too late."
        await ask(world)
        assert captions(world) == ["One moment, please."]
        assert world.speaker.played[-1].end_s == pytest.approx(FILLER_S, abs=0.01)
        assert world.states[-1] is KioskState.IDLE


@pytest.mark.parametrize(("silenced_at_s", "notices"), [(0.5, []), (1.5, ["CharacterCaption", "SpeechCut"])])
@virtual_time
async def test_a_reply_that_was_silenced_queues_nothing_more(silenced_at_s: float, notices: list[str]) -> None:
    clock, told = VirtualClock(), list[nt.Notice]()
    speaker, speech = VirtualSpeaker(clock), CannedSpeech(FakeTts())
    filler = "One moment, please, I have to look that up in a rather large book."
    await speech.prepare([Phrase(filler, "hum", "en")], at_once)
    fillers = Fillers(speech, {"en": (filler,)}, as_it_is, after_s=0.9)
    voice = Voice(speech, speaker, clock, as_it_is, told.append, TroubleBoard(told.append), fillers)
    answerer = FakeAnswerer("Two pounds.")
    answerer.first_s = 4.0
    answering = Answering(FakeRetriever(), [answerer], clock)
    reply = Reply(Question("How much is it?", "en", AVA), answering, voice, lambda _: None)
    reply.commit()
    task = asyncio.create_task(reply.run())
    await asyncio.sleep(silenced_at_s)
    reply.silence()
    await task
    assert [type(notice).__name__ for notice in told if not isinstance(notice, nt.MouthScheduled)] == notices
    assert reply.heard() == ""
    assert reply.saying.endswith("Two pounds.")
    await speaker.aclose()


def as_it_is(text: str, _language: str) -> str:
    return text


async def at_once() -> None:
    """It is quiet."""


@virtual_time
async def test_only_what_is_ready_in_the_voice_and_language_is_chosen() -> None:
    speech = CannedSpeech(FakeTts(languages=("en", "de")))
    fillers = Fillers(speech, {"en": ("One.", "Two.", "Three."), "de": ("Eins.",)}, as_it_is, after_s=0.9)
    assert fillers.following(voice="hum", language="en") is None
    await speech.prepare(
        [Phrase("One.", "hum", "en"), Phrase("Three.", "hum", "en"), Phrase("Eins.", "hum", "de")], at_once
    )

    def following(voice: str, language: str) -> str | None:
        filler = fillers.following(voice=voice, language=language)
        return None if filler is None else filler.text

    assert [following("hum", "en") for _ in range(3)] == ["One.", "Three.", "One."]
    assert [following("hum", "de") for _ in range(2)] == ["Eins.", None]
    assert following("other", "en") is None
    assert following("hum", "fr") is None

"""The whole voice loop on virtual time, from the customer's voice to the record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from uuid import UUID

import pytest

from holo_app.audio.virtual import VirtualMicrophone
from holo_app.dialogue import inputs
from holo_app.dialogue import notices as nt
from holo_app.dialogue.answering import Question
from holo_app.dialogue.commands import CommitReply, EndVisit
from holo_app.dialogue.turn import Turn, TurnTimes
from holo_app.dialogue.turn_state import TurnSettings
from holo_app.domain.conversation import Role, Stage
from holo_app.domain.kiosk import KioskState, Trouble
from holo_app.errors import DeviceError, FailureCategory, StorageError
from holo_app.ports.microphone import CaptureEvent, DeviceLost
from tests.dialogue.world import AVA, World, build, running
from tests.fakes.virtual_time import VirtualClock, virtual_time


async def touch(world: World, touched: inputs.KioskInput) -> None:
    assert world.loop is not None
    world.loop.submit(touched)
    await asyncio.sleep(0)


@virtual_time
async def test_a_question_is_heard_answered_spoken_and_recorded() -> None:
    async with running() as world:
        ended = await world.say("How much is the blue jacket?")
        await asyncio.sleep(6)

        turn = world.turns[0]
        assert turn.heard == "How much is the blue jacket?"
        assert turn.answer == turn.spoken == "It costs 89 pounds. We have four of them in stock."
        assert turn.products == ("JKT-BLU",)
        assert turn.facts == ("JKT-BLU.price = 89.00 GBP",)
        assert not turn.interrupted
        assert world.tts.spoken[0] == "It costs eighty nine pounds."
        assert world.states == [KioskState.LISTENING, KioskState.THINKING, KioskState.SPEAKING, KioskState.IDLE]
        assert set(turn.timings_ms) == set(Stage)
        first_sound = world.speaker.played[0].at
        assert turn.timings_ms[Stage.END_OF_SPEECH_TO_FIRST_AUDIO] == pytest.approx(
            1000 * (first_sound - ended), abs=15
        )
        assert first_sound - ended < 0.65

        question, answer = world.messages()
        assert (question.role, question.text, question.provider) == (Role.CUSTOMER, turn.heard, "fake-stt")
        assert (answer.role, answer.heard, answer.provider, answer.usage.output_tokens) == (
            Role.CHARACTER, turn.answer, "fake", 20,
        )  # fmt: skip
        assert Stage.STT in question.timings_ms
        assert Stage.ANSWER in answer.timings_ms
        assert [m.message for m in world.of(nt.MessageRecorded)] == [question, answer]
        assert [p.sku for shown in world.of(nt.ProductsShown) for p in shown.products] == ["JKT-BLU"]


@virtual_time
async def test_captions_and_mouth_follow_the_content_timeline() -> None:
    async with running() as world:
        await world.say("How much is the blue jacket?")
        await asyncio.sleep(6)
        customer = world.of(nt.CustomerCaption)
        assert customer[0].text.startswith("How")
        assert customer[-1] == nt.CustomerCaption("How much is the blue jacket?", final=True)
        captions = world.of(nt.CharacterCaption)
        assert [c.text for c in captions] == [
            "It costs 89 pounds.", "It costs 89 pounds.",
            "We have four of them in stock.", "We have four of them in stock.",
        ]  # fmt: skip
        assert captions[1].end_s == pytest.approx(5 / 3, abs=0.01)
        assert captions[2].start_s == pytest.approx(captions[1].end_s, abs=0.01)
        cues = [cue for n in world.of(nt.MouthScheduled) for cue in n.cues]
        assert cues[0].start_s == pytest.approx(captions[0].start_s, abs=0.01)
        assert cues[-1].end_s == pytest.approx(world.speaker.end_s(), abs=0.02)


@virtual_time
async def test_an_interruption_keeps_only_what_was_heard() -> None:
    async with running() as world:
        await world.say("How much is the blue jacket?")
        await asyncio.sleep(1.5)
        await world.say("No I meant the red one.", 1.2)
        await asyncio.sleep(6)

        first, second = world.turns
        assert first.interrupted
        assert first.spoken != first.answer
        assert first.answer.startswith(first.spoken)
        assert second.heard == "No I meant the red one."
        assert world.of(nt.SpeechCut)
        history = world.answerer.requests[-1].history
        assert [m.heard for m in history] == ["How much is the blue jacket?", first.spoken]
        assert [m.interrupted for m in world.messages()] == [False, True, False, False]


@virtual_time
async def test_mhm_ducks_and_loses_no_word() -> None:
    async with running() as world:
        await world.say("How much is the blue jacket?")
        await asyncio.sleep(1.2)
        await world.say("Mhm.", 0.4)
        await asyncio.sleep(6)
        assert [t.interrupted for t in world.turns] == [False]
        assert world.turns[0].spoken == world.turns[0].answer
        # held for as long as it took to understand it, then on at the same sample
        before, after = world.speaker.played
        assert before.end_s == after.start_s
        assert 0.2 < after.at - before.at - (before.end_s - before.start_s) < 0.6


@virtual_time
async def test_a_sound_without_words_leaves_the_answer_and_moves_the_end_of_speech() -> None:
    async with running() as world:
        await world.say("I need a jacket.", complete=False)
        await asyncio.sleep(0.3)
        await world.say("", 0.3, complete=False)
        ended = world.clock.monotonic()
        await asyncio.sleep(6)
        [turn] = world.turns
        assert turn.heard == "I need a jacket."
        assert world.answerer.requests[0].text == "I need a jacket."
        assert len(world.answerer.requests) == 1
        waited_ms = 1000 * (world.speaker.played[0].at - ended)
        assert turn.timings_ms[Stage.END_OF_SPEECH_TO_FIRST_AUDIO] == pytest.approx(waited_ms, abs=60)


@virtual_time
async def test_a_pausing_customer_is_not_talked_over() -> None:
    async with running() as world:
        await world.say("I am looking for something for my", complete=False)
        await asyncio.sleep(0.7)
        assert world.speaker.played == ()
        await world.say("daughter's birthday.")
        await asyncio.sleep(6)
        assert [t.heard for t in world.turns] == ["I am looking for something for my daughter's birthday."]
        assert len(world.messages()) == 2


@virtual_time
async def test_the_answer_falls_over_to_the_next_answerer() -> None:
    async with running() as world:
        world.answerer.failure = FailureCategory.UNAVAILABLE
        await world.say("How much is the blue jacket?")
        await asyncio.sleep(6)
        assert world.turns[0].answer == "I can look that up for you."
        assert world.turns[0].provider == "fallback"


@virtual_time
async def test_an_answer_cut_in_mid_stream_keeps_what_was_said() -> None:
    async with running() as world:
        world.answerer.failure, world.answerer.fail_after = FailureCategory.UNAVAILABLE, 6
        await world.say("How much is the blue jacket?")
        await asyncio.sleep(6)
        assert world.turns[0].spoken == world.turns[0].answer == "It costs 89 pounds."


@virtual_time
async def test_when_every_answerer_fails_the_kiosk_is_ready_for_the_next_question() -> None:
    async with running() as world:
        world.answerer.failure = world.fallback.failure = FailureCategory.QUOTA
        await world.say("How much is the blue jacket?")
        await asyncio.sleep(3)
        world.answerer.failure = None
        assert world.states[-1] is KioskState.IDLE
        await world.say("Are you there?")
        await asyncio.sleep(6)
        assert [t.spoken for t in world.turns] == ["", "It costs 89 pounds. We have four of them in stock."]


@virtual_time
async def test_a_broken_database_does_not_silence_it() -> None:
    async with running() as world:
        world.retriever.broken = True
        await world.say("How much is the blue jacket?")
        await asyncio.sleep(6)
        assert world.turns[0].products == ()
        assert world.turns[0].spoken


@virtual_time
async def test_without_a_voice_the_captions_go_on_and_the_voice_may_come_back() -> None:
    async with running() as world:
        world.tts.failure = FailureCategory.UNAVAILABLE
        await world.say("How much is the blue jacket?")
        await asyncio.sleep(6)
        assert world.turns[0].spoken == world.turns[0].answer
        world.tts.failure = None
        await world.say("And now?")
        await asyncio.sleep(6)
        troubles = [t for t in world.of(nt.TroubleChanged) if t.trouble is Trouble.NO_VOICE]
        assert [t.active for t in troubles] == [True, False]


@virtual_time
async def test_a_voice_that_dies_in_mid_sentence_ends_the_clause() -> None:
    async with running() as world:
        world.tts.fail_after_chunks = 2
        await world.say("How much is the blue jacket?")
        await asyncio.sleep(6)
        assert len(world.turns) == 1
        assert world.states[-1] is KioskState.IDLE


@virtual_time
async def test_without_recognition_typing_still_works() -> None:
    async with running() as world:
        world.stt.failure = FailureCategory.UNAVAILABLE
        await world.say("How much is the blue jacket?")
        await asyncio.sleep(6)
        assert world.turns == []
        assert world.of(nt.TroubleChanged)[0].trouble is Trouble.NO_SPEECH_MODEL
        await touch(world, inputs.TextTyped("How much is it?"))
        await asyncio.sleep(6)
        assert world.turns[0].heard == "How much is it?"
        assert Stage.STT not in world.turns[0].timings_ms
        assert world.messages()[0].provider == ""


@virtual_time
async def test_the_end_of_turn_model_may_fail() -> None:
    async with running() as world:
        world.end_of_turn.failure = FailureCategory.UNAVAILABLE
        await world.say("How much is the blue jacket?")
        await asyncio.sleep(6)
        assert len(world.turns) == 1


@virtual_time
async def test_without_an_end_of_turn_model_words_and_silence_decide() -> None:
    world = build()
    assert world.loop is not None
    world.loop._recognition._end_of_turn = None
    task = asyncio.create_task(world.loop.run())
    await asyncio.sleep(0.1)
    await world.say("How much is the blue jacket?")
    await asyncio.sleep(6)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await world.speaker.aclose()
    assert len(world.turns) == 1


@virtual_time
async def test_an_unplugged_microphone_is_named_and_comes_back() -> None:
    async with running() as world:
        world.microphone.unplug(2.0)
        await asyncio.sleep(3)
        troubles = world.of(nt.TroubleChanged)
        assert [(t.trouble, t.active) for t in troubles] == [
            (Trouble.NO_MICROPHONE, True),
            (Trouble.NO_MICROPHONE, False),
        ]
        await world.say("How much is the blue jacket?")
        await asyncio.sleep(6)
        assert len(world.turns) == 1


@virtual_time
async def test_an_unplugged_speaker_is_named() -> None:
    async with running() as world:
        world.speaker.unplug()
        await asyncio.sleep(0.3)
        world.speaker.replug()
        await asyncio.sleep(0.3)
        assert [(t.trouble, t.active) for t in world.of(nt.TroubleChanged)] == [
            (Trouble.NO_SPEAKER, True), (Trouble.NO_SPEAKER, False),
        ]  # fmt: skip


class NoMicrophone:
    """A microphone that cannot be had at all."""

    before: tuple[CaptureEvent, ...] = (DeviceLost("unplugged"),)

    async def frames(self) -> AsyncGenerator[CaptureEvent]:
        for event in self.before:
            yield event
        raise DeviceError("microphone", "none found")

    async def aclose(self) -> None:
        """Nothing to free."""


@virtual_time
async def test_without_any_microphone_touch_and_typing_go_on() -> None:
    async with running(NoMicrophone()) as world:
        assert world.of(nt.TroubleChanged)[0].trouble is Trouble.NO_MICROPHONE
        assert world.of(nt.LoopReady)
        await touch(world, inputs.TalkPressed())
        await asyncio.sleep(5)
        assert world.turns[0].spoken == "Hello, I am Ava, an AI assistant."
        assert world.turns[0].heard == ""
        assert [m.role for m in world.messages()] == [Role.CHARACTER]


@virtual_time
async def test_a_touch_during_the_greeting_cuts_it() -> None:
    async with running() as world:
        await touch(world, inputs.TalkPressed())
        await asyncio.sleep(1.0)
        await touch(world, inputs.TalkPressed())
        await asyncio.sleep(1.0)
        assert world.turns[0].interrupted
        assert world.turns[0].spoken != world.turns[0].answer


@virtual_time
async def test_a_typed_question_may_be_taken_back_before_it_sounds() -> None:
    async with running() as world:
        await touch(world, inputs.TextTyped("How much is it?"))
        await touch(world, inputs.StopPressed())
        await asyncio.sleep(3)
        assert world.turns == []
        assert world.messages() == []
        assert world.speaker.played == ()


@virtual_time
async def test_language_by_touch_lasts_for_the_visit() -> None:
    async with running() as world:
        await touch(world, inputs.LanguageChosen("de"))
        await touch(world, inputs.TextTyped("Was kostet das?"))
        await asyncio.sleep(6)
        assert world.answerer.requests[0].language == "de"
        assert world.messages()[0].language == "de"
        await touch(world, inputs.VisitEnded())
        await touch(world, inputs.TextTyped("How much?"))
        await asyncio.sleep(6)
        assert world.answerer.requests[1].language == "en"
        assert world.answerer.requests[1].history == ()


@virtual_time
async def test_leaving_wipes_the_screen_and_closes_the_conversation() -> None:
    async with running() as world:
        await world.say("How much is the blue jacket?")
        await asyncio.sleep(70)
        assert world.states[-1] is KioskState.ATTRACT
        assert world.of(nt.ProductsShown)[-1].products == ()
        assert world.of(nt.CustomerCaption)[-1].text == ""
        with world.store.transaction() as tx:
            assert tx.conversations.recent(limit=1)[0].ended_at is not None


@virtual_time
async def test_a_goodbye_ends_the_visit() -> None:
    async with running() as world:
        world.answerer.reply, world.answerer.ends_conversation = "Goodbye!", True
        await world.say("Bye.")
        await asyncio.sleep(6)
        assert world.states[-1] is KioskState.ATTRACT


@virtual_time
async def test_old_transcripts_are_erased_while_the_kiosk_runs() -> None:
    async with running(settings=TurnSettings(idle_wipe_s=5)) as world:
        await touch(world, inputs.TextTyped("First question"))
        await asyncio.sleep(200)
        await touch(world, inputs.TextTyped("Second question"))
        await asyncio.sleep(60)
        assert [m.text for m in world.messages() if m.role is Role.CUSTOMER] == ["Second question"]


@virtual_time
async def test_an_unwritable_database_is_named_and_the_talk_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running() as world:
        real = world.store.transaction

        def full() -> None:
            raise StorageError("the disk is full")

        monkeypatch.setattr(world.store, "transaction", full)
        await touch(world, inputs.TextTyped("First"))
        await asyncio.sleep(8)
        monkeypatch.setattr(world.store, "transaction", real)
        await touch(world, inputs.VisitEnded())
        await touch(world, inputs.TextTyped("Second"))
        await asyncio.sleep(8)
        assert len(world.turns) == 2
        assert [(t.trouble, t.active) for t in world.of(nt.TroubleChanged)] == [
            (Trouble.DATABASE_UNWRITABLE, True), (Trouble.DATABASE_UNWRITABLE, False),
        ]  # fmt: skip
        assert world.messages()[0].text == "Second"


@virtual_time
async def test_a_microphone_that_ends_lets_the_answer_be_said() -> None:
    clock = VirtualClock()
    world = build(VirtualMicrophone(clock, ends_at_s=2.2))
    assert world.loop is not None
    assert isinstance(world.loop._parts.microphone, VirtualMicrophone)
    world.loop._parts.microphone.hear(world.script.say("How much is the blue jacket?"), in_s=0.2)
    await world.loop.run()
    await world.speaker.aclose()
    assert [t.spoken for t in world.turns] == ["It costs 89 pounds. We have four of them in stock."]
    assert world.messages()[-1].heard == world.turns[0].spoken
    world.loop.submit(inputs.StopPressed())  # too late: ignored


@virtual_time
async def test_ending_the_kiosk_in_mid_sentence_records_what_was_heard() -> None:
    world = build()
    assert world.loop is not None
    task = asyncio.create_task(world.loop.run())
    await asyncio.sleep(0.1)
    await world.say("How much is the blue jacket?")
    await asyncio.sleep(1.5)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert world.messages()[-1].interrupted
    assert world.messages()[-1].heard
    with world.store.transaction() as tx:
        assert tx.conversations.recent(limit=1)[0].ended_at is not None


@virtual_time
async def test_ending_the_kiosk_before_the_answer_sounds_records_nothing() -> None:
    world = build()
    assert world.loop is not None
    task = asyncio.create_task(world.loop.run())
    await asyncio.sleep(0.1)
    await touch(world, inputs.TextTyped("How much?"))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert world.turns == []


@virtual_time
async def test_a_bug_in_one_reply_does_not_end_the_kiosk() -> None:
    async with running() as world:
        world.answerer.reply = None  # type: ignore[assignment]  # the bug
        await world.say("How much is the blue jacket?")
        await asyncio.sleep(3)
        world.answerer.reply = "It costs 89 pounds."
        await world.say("Are you there?")
        await asyncio.sleep(6)
        assert world.turns[-1].spoken == "It costs 89 pounds."


@virtual_time
async def test_callbacks_of_a_dropped_reply_are_ignored() -> None:
    async with running() as world:
        assert world.loop is not None
        await world.say("How much is the blue jacket?")
        await asyncio.sleep(1.5)
        stale = Turn(99, Question("?", "en", AVA), TurnTimes(0.0, None), asked=True, turn_id=UUID(int=1))
        world.loop._on_audible(stale, 1.0)
        world.loop._on_over(stale)
        assert not stale.audible
        assert world.turns == []


@virtual_time
async def test_a_reply_that_does_not_run_cannot_be_committed() -> None:
    world = build()
    assert world.loop is not None
    with pytest.raises(RuntimeError, match="does not run"):
        world.loop._execute(CommitReply(1))
    world.loop._execute(EndVisit())
    assert world.messages() == []
    await world.speaker.aclose()


@virtual_time
async def test_ten_questions_in_a_row() -> None:
    async with running() as world:
        for i in range(10):
            await world.say(f"Question number {i} about jackets?")
            await asyncio.sleep(7)
        assert [t.heard for t in world.turns] == [f"Question number {i} about jackets?" for i in range(10)]
        assert len(world.messages()) == 20
        assert len(world.answerer.requests[-1].history) == 12

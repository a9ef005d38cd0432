"""A stage that hangs is replaced at its deadline: whole conversations on virtual time."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import AsyncGenerator

import pytest

from holo_app.dialogue import notices as nt
from holo_app.dialogue.answering import Answer, Answering, Question
from holo_app.dialogue.deadlines import StageDeadlines
from holo_app.domain.conversation import Stage
from holo_app.domain.kiosk import KioskState, Trouble
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.llm import AnswerDone, AnswerEvent, AnswerRequest, ProductShown, TextDelta
from tests.dialogue.world import AVA, World, running
from tests.fakes.answers import BLUE_JACKET, FakeAnswerer, FakeRetriever
from tests.fakes.virtual_time import VirtualClock, virtual_time

NEVER_S = 600.0


async def ask(world: World, *, then_s: float = 10.0) -> None:
    await world.say("How much is the blue jacket?")
    await asyncio.sleep(then_s)


def loudest(world: World) -> int:
    """The largest sample that left the speaker."""
    return max(abs(sample) for sample in array("h", world.speaker.recording().pcm))


def voice_troubles(world: World) -> list[bool]:
    return [told.active for told in world.of(nt.TroubleChanged) if told.trouble is Trouble.NO_VOICE]


@virtual_time
async def test_without_the_shops_data_in_time_the_answer_goes_on_without_them() -> None:
    async with running() as world:
        world.retriever.delay_s = NEVER_S
        await ask(world)
        [turn] = world.turns
        assert turn.timings_ms[Stage.RETRIEVE] == pytest.approx(1500)
        assert turn.spoken == world.answerer.reply
        assert world.answerer.requests[0].grounding.products == ()


@virtual_time
async def test_an_answerer_that_says_nothing_is_replaced() -> None:
    async with running() as world:
        world.answerer.first_s = NEVER_S
        await ask(world)
        [turn] = world.turns
        assert (turn.provider, turn.spoken) == ("fallback", world.fallback.reply)
        assert turn.timings_ms[Stage.ANSWER] == pytest.approx(1500, abs=100)


@virtual_time
async def test_an_answerer_that_stalls_in_its_first_words_is_replaced_and_leaves_nothing() -> None:
    async with running() as world:
        world.answerer.word_s = NEVER_S
        world.answerer.first_s = 0.0
        await ask(world)
        [turn] = world.turns
        assert turn.answer == turn.spoken == world.fallback.reply
        assert turn.products == ("JKT-BLU",)
        assert turn.facts == ("JKT-BLU.price = 89.00 GBP",)


@virtual_time
async def test_when_all_answerers_hang_the_kiosk_is_ready_for_the_next_question() -> None:
    async with running() as world:
        world.answerer.first_s = world.fallback.first_s = NEVER_S
        await ask(world)
        assert [turn.spoken for turn in world.turns] == [""]
        assert world.states[-1] is KioskState.IDLE
        world.answerer.first_s = 0.02
        await ask(world)
        assert world.turns[-1].spoken == world.answerer.reply


@virtual_time
async def test_a_voice_that_hangs_is_replaced_by_captions() -> None:
    async with running() as world:
        world.tts.first_chunk_s = NEVER_S
        await ask(world, then_s=20)
        [turn] = world.turns
        assert turn.spoken == turn.answer
        assert loudest(world) < 100
        assert voice_troubles(world) == [True]
        world.tts.first_chunk_s = 0.14
        await ask(world)
        assert loudest(world) > 2_000
        assert voice_troubles(world) == [True, False]


@virtual_time
async def test_a_voice_that_hangs_in_mid_sentence_ends_it_there_and_says_the_next() -> None:
    async with running() as world:
        world.tts.stall_after_chunks = 2
        world.tts.stalls = 1
        await ask(world, then_s=20)
        [turn] = world.turns
        assert turn.answer == "It costs 89 pounds. We have four of them in stock."
        assert turn.spoken == "It costs We have four of them in stock."
        assert voice_troubles(world) == [True, False]
        assert world.states[-1] is KioskState.IDLE


@virtual_time
async def test_recognition_that_hangs_counts_as_failed() -> None:
    async with running() as world:
        world.stt.delay_s = NEVER_S
        await ask(world)
        assert world.turns == []
        assert world.of(nt.TroubleChanged)[0].trouble is Trouble.NO_SPEECH_MODEL
        assert world.states[-1] is KioskState.ATTRACT
        world.stt.delay_s = 0.12
        await ask(world)
        assert len(world.turns) == 1
        assert not world.of(nt.TroubleChanged)[-1].active


@virtual_time
@pytest.mark.parametrize("streaming", [False, True])
async def test_the_operator_says_how_long_recognition_may_take(streaming: bool) -> None:
    async with running(streaming=streaming, deadlines=StageDeadlines(transcript_s=0.7)) as world:
        world.stt.delay_s = NEVER_S
        await ask(world, then_s=1.0)
        assert world.of(nt.TroubleChanged)[0].trouble is Trouble.NO_SPEECH_MODEL


@virtual_time
async def test_without_a_score_in_time_words_and_silence_decide() -> None:
    async with running() as world:
        world.end_of_turn.delay_s = NEVER_S
        await ask(world)
        assert len(world.turns) == 1
        assert world.turns[0].timings_ms[Stage.END_OF_TURN] < 600


class Scripted:
    """An answerer that says its lines one by one, and then fails or hangs."""

    def __init__(self, *lines: str, hangs: bool = False, fails: bool = False, name: str = "scripted") -> None:
        self._lines = lines
        self._hangs = hangs
        self._fails = fails
        self._name = name

    async def answer(self, request: AnswerRequest) -> AsyncGenerator[AnswerEvent]:
        del request
        yield ProductShown(BLUE_JACKET.sku)
        for line in self._lines:
            yield TextDelta(line)
        if self._hangs:
            await asyncio.sleep(NEVER_S)
        if self._fails:
            raise ProviderError(self._name, FailureCategory.UNAVAILABLE)
        yield AnswerDone(self._name)

    async def aclose(self) -> None:
        """Nothing to free."""


async def clauses_of(
    *answerers: Scripted | FakeAnswerer, first_text_s: float | None = None
) -> tuple[list[str], Answer]:
    answer = Answer()
    answering = Answering(FakeRetriever(), answerers, VirtualClock(), first_text_s=first_text_s)
    return [clause.text async for clause in answering.clauses(Question("?", "en", AVA), answer)], answer


@virtual_time
async def test_after_a_whole_sentence_the_answer_ends_at_its_end() -> None:
    clauses, answer = await clauses_of(Scripted("It is blue. It al", fails=True), Scripted("Never asked."))
    assert clauses == ["It is blue."]
    assert answer.text == "It is blue."


@virtual_time
async def test_what_was_said_word_for_word_is_not_said_again() -> None:
    clauses, answer = await clauses_of(
        Scripted("It is blue. And it al", fails=True),
        Scripted("[happy] It is", " blue!", " It is", " warm.", name="second"),
        Scripted("Never asked."),
    )
    assert clauses == ["It is blue.", "It is warm."]
    assert (answer.text, answer.provider) == ("It is blue. It is warm.", "second")


@virtual_time
async def test_who_only_repeats_what_was_said_has_nothing_to_add() -> None:
    clauses, answer = await clauses_of(
        Scripted("It is blue. And it al", fails=True), Scripted("It is blue."), Scripted("Never asked.")
    )
    assert (clauses, answer.text) == (["It is blue."], "It is blue.")


@virtual_time
async def test_all_before_the_composer_have_one_time_for_their_first_words() -> None:
    clock = VirtualClock()
    slow: list[Scripted | FakeAnswerer] = [
        Scripted(hangs=True),
        FakeAnswerer("Too late."),
        FakeAnswerer("Much too late."),
    ]
    clauses, _ = await clauses_of(*slow, FakeAnswerer("I know that."), first_text_s=0.5)
    assert clauses == ["I know that."]
    assert clock.monotonic() == pytest.approx(0.55, abs=0.02)
    talking = FakeAnswerer("Yes. It is blue.")
    talking.word_s = 0.4
    clauses, _ = await clauses_of(talking, FakeAnswerer("Never asked."), first_text_s=0.5)
    assert clauses == ["Yes.", "It is blue."]


@virtual_time
async def test_after_less_than_a_sentence_the_next_answerer_goes_on() -> None:
    clauses, answer = await clauses_of(
        Scripted("As for the jacket, it is w", fails=True), Scripted("It costs 89 pounds.", name="second")
    )
    assert clauses == ["As for the jacket,", "It costs 89 pounds."]
    assert answer.text == "As for the jacket, It costs 89 pounds."
    assert (answer.provider, answer.skus) == ("second", ("JKT-BLU",))


@virtual_time
async def test_less_than_a_sentence_stands_where_nobody_can_go_on() -> None:
    clauses, answer = await clauses_of(Scripted("As for the jacket, it is w", fails=True), Scripted(fails=True))
    assert clauses == ["As for the jacket,"]
    assert answer.text == "As for the jacket,"


@virtual_time
async def test_what_was_never_said_leaves_no_product_behind() -> None:
    clauses, answer = await clauses_of(Scripted("It", fails=True), FakeAnswerer("No idea."))
    assert clauses == ["No idea."]
    assert answer.products == [BLUE_JACKET]
    clauses, answer = await clauses_of(Scripted("It", fails=True), Scripted("", " "), FakeAnswerer("No idea."))
    assert (clauses, answer.text) == (["No idea."], "No idea.")


@virtual_time
async def test_an_answerer_that_says_nothing_at_all_has_failed() -> None:
    with pytest.raises(ProviderError) as caught:
        await clauses_of(Scripted())
    assert (caught.value.provider, caught.value.category) == ("scripted", FailureCategory.BAD_RESPONSE)

"""A recogniser that tells when a turn is over, and what the turn engine makes of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

import pytest

from holo_app.dialogue import events as ev
from holo_app.dialogue.hearing import Recognition
from holo_app.dialogue.live_transcript import LiveTranscript
from holo_app.dialogue.notices import Notice
from holo_app.dialogue.told_turns import weighed
from holo_app.dialogue.troubles import TroubleBoard
from holo_app.dialogue.turn_end import TurnEndPolicy
from holo_app.domain.audio import AudioChunk, silence
from holo_app.domain.conversation import Stage
from holo_app.domain.speech import Transcript
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.stt import SttCapabilities
from tests.dialogue.floor import WORDS
from tests.dialogue.world import running
from tests.fakes.stt import TurnTelling
from tests.fakes.virtual_time import VirtualClock, virtual_time

SOUND = AudioChunk(b"\x10\x20" * 320)
NEVER = TurnTelling(eager_s=60.0, sure_s=60.0)


class Dictated:
    """Says what it is told to say, when it is told."""

    def __init__(self) -> None:
        self._says: asyncio.Queue[Transcript | ProviderError | None] = asyncio.Queue()
        self.final = ""
        self.calls = 0

    @property
    def capabilities(self) -> SttCapabilities:
        return SttCapabilities("dictated", frozenset({"en", "de"}), streaming=True, turns=True)

    def says(self, text: str, over: float | None = None, language: str = "en") -> None:
        self._says.put_nowait(Transcript(text, language, final=False, turn_over=over))

    def fails(self) -> None:
        self._says.put_nowait(ProviderError("dictated", FailureCategory.CANCELLED_BY_PEER))

    async def transcribe(self, audio: AsyncIterator[AudioChunk], *, language: str) -> AsyncGenerator[Transcript]:
        self.calls += 1
        listening = asyncio.ensure_future(self._listen(audio))
        try:
            while (saying := await self._says.get()) is not None:
                if isinstance(saying, ProviderError):
                    raise saying
                yield saying
            yield Transcript(self.final, language, final=True)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _listen(self, audio: AsyncIterator[AudioChunk]) -> None:
        async for _ in audio:
            pass
        self._says.put_nowait(None)

    async def aclose(self) -> None:
        """It holds nothing."""


class SoundsDone:
    """An end-of-turn model that always says the same, after a while."""

    def __init__(self, probability: float, delay_s: float = 0.06) -> None:
        self._probability = probability
        self._delay_s = delay_s

    async def probability(self, utterance: AudioChunk) -> float:
        await asyncio.sleep(self._delay_s)
        return self._probability


@pytest.mark.parametrize(
    ("told", "sounds", "score"),
    [
        (None, None, 0.3),
        (None, 0.95, 0.3),
        (None, 0.1, 0.1),
        (0.85, None, 0.85),
        (0.85, 0.2, 0.85),
        (0.4, 0.95, 0.95),
    ],
)
def test_who_is_sure_is_believed_once_the_recogniser_tells(
    told: float | None, sounds: float | None, score: float
) -> None:
    assert weighed(told, sounds) == score


def test_a_whole_question_ends_the_sooner_the_surer_the_recogniser_is() -> None:
    policy = TurnEndPolicy()
    required_s = [
        policy.required_silence_s("How much is the blue jacket?", told, WORDS) for told in (None, 1.0, 0.3, 0.0)
    ]
    assert required_s[:2] == [pytest.approx(policy.shortest_s)] * 2
    assert required_s == sorted(required_s)
    assert required_s[-1] < 0.7
    assert policy.required_silence_s("A blue jacket", 0.3, WORDS) > policy.required_silence_s(
        "A blue jacket", 0.9, WORDS
    )


# one utterance -------------------------------------------------------------------------------------------------------


def live_of(stt: Dictated, words: list[str]) -> LiveTranscript:
    live = LiveTranscript(stt, "en", words.append)
    live.push(SOUND)
    return live


@virtual_time
async def test_words_are_settled_as_soon_as_it_tells_and_it_hears_on() -> None:
    stt, words = Dictated(), list[str]()
    live = live_of(stt, words)
    before = live.turn_over
    assert before is None
    asked = asyncio.get_running_loop().time()
    settling = asyncio.ensure_future(live.settle())
    await asyncio.sleep(0.1)
    stt.says("I need a jacket.", 0.5)
    assert await settling == "I need a jacket."
    assert asyncio.get_running_loop().time() - asked == pytest.approx(0.1)
    told = live.turn_over
    assert told == 0.5
    live.push(SOUND)
    stt.says("I need a jacket for hiking.")
    await asyncio.sleep(0.1)
    taken_back = live.turn_over
    assert taken_back is None
    stt.says("I need a jacket for hiking.", 0.9)
    await asyncio.sleep(0)
    assert await live.settle() == "I need a jacket for hiking."
    assert (stt.calls, words) == (1, ["I need a jacket.", "I need a jacket for hiking."])
    await live.aclose()


@virtual_time
async def test_one_that_is_not_sure_settles_its_words_after_a_moment() -> None:
    stt = Dictated()
    live = live_of(stt, [])
    stt.says("I need")
    await asyncio.sleep(0.1)
    settling = asyncio.ensure_future(live.settle())
    await asyncio.sleep(0.2)
    stt.says("I need a jacket")
    await asyncio.sleep(0.09)
    assert not settling.done()
    assert await settling == "I need a jacket"
    # nothing was ended: the same call hears the rest
    live.push(SOUND)
    await asyncio.sleep(0)
    assert stt.calls == 1
    await live.aclose()


@virtual_time
async def test_one_that_has_fallen_silent_is_asked_for_its_last_words() -> None:
    stt = Dictated()
    stt.final = "How much is it?"
    live = live_of(stt, [])
    stt.says("How")
    await asyncio.sleep(0.1)
    # what it said before the pause alone is not taken for all
    assert await live.settle() == "How much is it?"
    await live.aclose()


@virtual_time
async def test_without_a_word_it_is_asked_for_its_last_ones() -> None:
    stt = Dictated()
    stt.final = "Hello."
    live = live_of(stt, [])
    assert await live.settle() == "Hello."
    live.push(silence(0.4))
    await asyncio.sleep(0)
    assert stt.calls == 2
    await live.aclose()


@virtual_time
async def test_one_that_fails_while_it_is_waited_for_is_told() -> None:
    stt = Dictated()
    live = live_of(stt, [])
    stt.says("How much")
    settling = asyncio.ensure_future(live.settle())
    await asyncio.sleep(0.1)
    stt.fails()
    with pytest.raises(ProviderError):
        await settling
    await live.aclose()


# what the engine is told ---------------------------------------------------------------------------------------------


class Heard:
    """A recognition with what it emits."""

    def __init__(self, sounds: SoundsDone | None = None) -> None:
        self.stt = Dictated()
        self.events: list[ev.Event] = []
        troubles = TroubleBoard(list[Notice]().append)
        self.recognition = Recognition(self.stt, sounds, VirtualClock(), troubles, self.events.append)
        self.recognition.open(1, SOUND)

    def new(self) -> list[tuple[object, ...]]:
        """What was emitted since the last look, in short."""
        events, self.events[:] = list(self.events), []
        return [self._short(event) for event in events]

    @staticmethod
    def _short(event: ev.Event) -> tuple[object, ...]:
        match event:
            case ev.PartialHeard():
                return ("partial", event.text)
            case ev.Transcribed():
                return ("words", event.snapshot, event.text)
            case ev.EndScored():
                return ("score", event.snapshot, event.probability)
            case _:
                raise AssertionError(event)


@virtual_time
async def test_it_speaks_up_by_itself_and_takes_it_back() -> None:
    heard = Heard(SoundsDone(0.95))
    heard.stt.says("I need", 0.9)
    await asyncio.sleep(0.1)
    # nobody has asked: the voice still sounds
    assert heard.new() == [("partial", "I need")]
    heard.stt.says("I need a jacket")
    await asyncio.sleep(0.1)
    heard.recognition.transcribe(1, 0, silence(1.0))
    await asyncio.sleep(0.1)
    heard.stt.says("I need a jacket.", 0.4)
    await asyncio.sleep(0.1)
    assert heard.new() == [
        ("partial", "I need a jacket"),
        ("partial", "I need a jacket."),
        ("words", 0, "I need a jacket."),
    ]
    heard.recognition.score(1, 0, silence(1.0))
    await asyncio.sleep(0.1)
    # the model was asked meanwhile
    assert heard.new() == [("score", 0, 0.95), ("score", 0, 0.95)]
    heard.stt.says("I need a jacket for", language="de")
    await asyncio.sleep(0.1)
    assert heard.new() == [("words", 0, "I need a jacket for"), ("score", 0, 0.3)]
    assert heard.recognition.heard_in == "de"
    heard.stt.says("I need a jacket for", 0.97)
    await asyncio.sleep(0.1)
    assert heard.new() == [("score", 0, 0.97)]
    # another silence is asked about: until it is answered, words are parts of it
    heard.recognition.transcribe(1, 1, silence(1.0))
    heard.stt.says("I need a jacket for my", 0.97)
    await asyncio.sleep(0.1)
    assert heard.new() == [("partial", "I need a jacket for my"), ("words", 1, "I need a jacket for my")]
    await heard.recognition.aclose()


@virtual_time
async def test_while_it_tells_nothing_nobody_is_sure() -> None:
    heard = Heard(SoundsDone(0.95))
    heard.recognition.transcribe(1, 0, silence(1.0))
    await asyncio.sleep(0.1)
    heard.stt.says("I need a jacket")
    await asyncio.sleep(0.4)
    heard.recognition.score(1, 0, silence(1.0))
    await asyncio.sleep(0.1)
    assert heard.new() == [("partial", "I need a jacket"), ("words", 0, "I need a jacket"), ("score", 0, 0.3)]
    # what it tells counts beside what was heard of the sound before
    heard.stt.says("I need a jacket", 0.4)
    await asyncio.sleep(0.1)
    assert heard.new() == [("score", 0, 0.95)]
    await heard.recognition.aclose()


@virtual_time
async def test_without_a_model_it_is_the_only_one_to_tell() -> None:
    heard = Heard()
    heard.recognition.transcribe(1, 0, silence(1.0))
    await asyncio.sleep(0.1)
    heard.stt.says("I need a jacket")
    await asyncio.sleep(0.4)
    heard.recognition.score(1, 0, silence(1.0))
    await asyncio.sleep(0.1)
    assert heard.new()[-1] == ("score", 0, 0.3)
    await heard.recognition.aclose()


@virtual_time
async def test_an_answer_that_comes_after_the_utterance_speaks_for_no_other() -> None:
    heard = Heard(SoundsDone(0.95, delay_s=0.5))
    heard.recognition.transcribe(1, 0, silence(1.0))
    heard.stt.says("I need a jacket")
    await asyncio.sleep(0.1)
    heard.recognition.score(1, 0, silence(1.0))
    heard.recognition.close()
    heard.recognition.open(2, SOUND)
    await asyncio.sleep(1)
    heard.new()
    heard.stt.says("Hello")
    await asyncio.sleep(0.1)
    assert heard.new() == [("partial", "Hello")]
    await heard.recognition.aclose()


# whole conversations -------------------------------------------------------------------------------------------------


async def end_of_turn_ms(turns: TurnTelling | None, text: str, sounds: float) -> float:
    """From the last word to the moment at which the engine was sure that it was the last."""
    async with running(streaming=True, turns=turns) as world:
        if sounds < 0.5:
            world.end_of_turn.failure = FailureCategory.UNAVAILABLE
        await world.say(text)
        await asyncio.sleep(8)
        [turn] = world.turns
        assert turn.heard == text
        assert len(world.answerer.requests) == 1
        return turn.timings_ms[Stage.END_OF_TURN]


@pytest.mark.parametrize("text", ["I need a blue jacket.", "A blue jacket", "How much is the blue jacket?"])
def test_one_that_is_sure_ends_the_turn_no_later_than_the_model_would(text: str) -> None:
    @virtual_time
    async def story() -> None:
        by_model = await end_of_turn_ms(None, text, 0.95)
        far = TurnTelling(late_s=0.15, eager_s=0.16, sure_s=0.26)
        assert await end_of_turn_ms(far, text, 0.95) <= by_model + 1
        # by itself too, where it is near
        near = TurnTelling(late_s=0.05, eager_s=0.12, sure_s=0.2, sure=0.95)
        assert await end_of_turn_ms(near, text, 0.0) <= by_model + 1

    story()


def test_one_that_is_not_sure_does_not_end_it() -> None:
    @virtual_time
    async def story() -> None:
        assert await end_of_turn_ms(None, "A blue jacket", 0.95) < 500
        # the model is sure, the recogniser says nothing
        assert await end_of_turn_ms(NEVER, "A blue jacket", 0.95) > 850
        # a whole question needs neither
        assert await end_of_turn_ms(NEVER, "How much is the blue jacket?", 0.95) < 500

    story()


@virtual_time
async def test_a_customer_who_pauses_is_heard_by_one_call_and_answered_once() -> None:
    async with running(turns=TurnTelling()) as world:
        await world.say("I need a jacket for", complete=False)
        await asyncio.sleep(0.7)
        await world.say("my daughter.")
        await asyncio.sleep(8)
        assert [turn.heard for turn in world.turns] == ["I need a jacket for my daughter."]
        assert world.stt.calls == 1


@virtual_time
async def test_one_that_lags_behind_costs_a_moment_and_no_word() -> None:
    async with running(turns=TurnTelling(late_s=60.0)) as world:
        await world.say("How much is the blue jacket?")
        await asyncio.sleep(8)
        [turn] = world.turns
        assert turn.heard == "How much is the blue jacket?"
        assert turn.timings_ms[Stage.END_OF_TURN] < 650

"""Whole conversations with every role in the cloud, in which each fails in its turn, and all do."""

from __future__ import annotations

import asyncio
from array import array
from itertools import pairwise

import pytest

from holo_app.bootstrap.chains import Economy, Guards, answerers, guarded_stt, guarded_tts
from holo_app.dialogue.deadlines import StageDeadlines
from holo_app.dialogue.notices import MessageRecorded, TroubleChanged
from holo_app.dialogue.resilience.allowance import DailyAllowance
from holo_app.dialogue.resilience.guarded import GuardedAnswerer
from holo_app.dialogue.resilience.health import Health
from holo_app.dialogue.troubles import TroubleBoard
from holo_app.domain.circuit import CircuitState
from holo_app.domain.conversation import Role, Stage
from holo_app.domain.kiosk import Trouble
from holo_app.domain.usage import ProviderRole
from holo_app.errors import FailureCategory
from tests.dialogue.world import Engines, World, running
from tests.fakes.answers import BLUE_JACKET
from tests.fakes.failing import FailingAnswerer, FailingStt, FailingTts, Mishap, Mishaps
from tests.fakes.meter import FakeMeter
from tests.fakes.script import SpokenScript
from tests.fakes.virtual_time import VirtualClock, virtual_time

CLOUD, OWN, SILENCE = 9_000, 3_000, 0
DEAD = [
    Mishap(category=FailureCategory.UNAVAILABLE),
    Mishap(category=FailureCategory.AUTH),
    Mishap(category=FailureCategory.RATE_LIMITED, again_s=2.0),
    Mishap(category=None),
]
ANSWER = ("It costs 89 pounds.", " We have", " four of", " them in", " stock.")


class Cloud:
    """A provider in each role, two for answers, with the latencies of the notes."""

    def __init__(self) -> None:
        self.llm = FailingAnswerer("llm", *ANSWER, first_s=0.2, word_s=0.015)
        self.llm.shows = BLUE_JACKET.sku
        self.other_llm = FailingAnswerer("other-llm", " It is blue, too.", first_s=0.2, word_s=0.015)
        self.tts = FailingTts("tts", first_s=0.1, level=CLOUD, rate_hz=24_000)
        self.stt: FailingStt
        self.guards: Guards

    def before(self, own: Engines, clock: VirtualClock, script: SpokenScript, troubles: TroubleBoard) -> Engines:
        """Behind of a world."""
        self.stt = FailingStt("stt", script)
        self.guards = guards = Guards(Health(clock, troubles), clock)
        models = [
            (llm.name, GuardedAnswerer(llm, guards.calls(ProviderRole.LLM, llm.name), clock))
            for llm in (self.llm, self.other_llm)
        ]
        economy = Economy(DailyAllowance(FakeMeter(), clock, most=0))
        return Engines(
            guarded_stt([("stt", self.stt)], own.stt, guards),
            guarded_tts([("tts", self.tts)], own.tts, guards),
            answerers(models, own.answerers[0], economy, StageDeadlines(), clock),
            own.stt,
        )

    @property
    def all(self) -> list[Mishaps]:
        return [self.stt.mishaps, self.llm.mishaps, self.other_llm.mishaps, self.tts.mishaps]

    def state(self, provider: str) -> CircuitState:
        return next(one.state for one in self.guards.health.all() if one.provider == provider)


async def ask(world: World, then_s: float = 8.0) -> float:
    """Ask, and return the moment at which the question was over."""
    ended = await world.say("How much is the blue jacket?")
    await asyncio.sleep(then_s)
    return ended


def voice_to_voice_s(world: World) -> float:
    return world.turns[-1].timings_ms[Stage.FIRST_AUDIO_OF_ANSWER] / 1000


def gap_s(world: World) -> float:
    """The longest silence between two stretches of sound of the last answer."""
    played = world.speaker.played
    return max((after.at - before.until for before, after in pairwise(played)), default=0.0)


def voices(world: World) -> set[int]:
    samples = array("h", world.speaker.recording().pcm)
    return {level for level in (CLOUD, OWN) if sum(abs(abs(sample) - level) < level / 20 for sample in samples) > 1_000}


@virtual_time
async def test_with_all_in_the_cloud_it_answers_in_time() -> None:
    cloud = Cloud()
    async with running(behind=cloud.before) as world:
        await ask(world)
        [turn] = world.turns
        assert turn.spoken == turn.answer == "".join(ANSWER)
        assert (turn.provider, turn.products) == ("llm", ("JKT-BLU",))
        assert voice_to_voice_s(world) <= 0.8
        assert voices(world) == {CLOUD}
        assert world.messages()[0].provider == "stt"
        assert (world.tts.spoken, world.answerer.requests, cloud.other_llm.requests) == ([], [], [])


@pytest.mark.parametrize("category", [FailureCategory.CANCELLED_BY_PEER, None])
@pytest.mark.parametrize("after", [3, 6, 8])
@virtual_time
async def test_a_voice_that_dies_in_mid_sentence_is_continued_at_the_same_word(
    after: int, category: FailureCategory | None
) -> None:
    cloud = Cloud()
    async with running(behind=cloud.before) as world:
        cloud.tts.mishaps.next = [Mishap(after, category)]
        await ask(world)
        [turn] = world.turns
        assert turn.spoken == turn.answer == "".join(ANSWER)
        assert gap_s(world) <= 0.3
        # the next sentence of the same turn is left to the voice that took over
        assert len(cloud.tts.spoken) == 1
        assert voices(world) == {CLOUD, OWN}
        await ask(world)
        assert len(cloud.tts.spoken) > 1
        assert not world.of(TroubleChanged)


@pytest.mark.parametrize("category", [FailureCategory.CANCELLED_BY_PEER, None])
@virtual_time
async def test_a_model_that_dies_in_mid_sentence_is_continued_by_the_next(category: FailureCategory | None) -> None:
    cloud = Cloud()
    async with running(behind=cloud.before) as world:
        cloud.llm.mishaps.always = Mishap(3, category)
        await ask(world)
        [turn] = world.turns
        assert turn.answer == turn.spoken == "It costs 89 pounds. It is blue, too."
        [asked] = cloud.other_llm.requests
        assert asked.said == "It costs 89 pounds."
        assert turn.provider == "other-llm"
        assert gap_s(world) <= 1.5
        assert world.answerer.requests == []


@virtual_time
async def test_where_no_model_can_go_on_the_answer_ends_with_its_sentence() -> None:
    cloud = Cloud()
    async with running(behind=cloud.before) as world:
        cloud.llm.mishaps.always = Mishap(3)
        cloud.other_llm.mishaps.always = Mishap(0)
        await ask(world)
        assert world.turns[0].spoken == "It costs 89 pounds."
        assert world.answerer.requests == []


@virtual_time
async def test_where_only_a_promise_was_made_the_composer_keeps_it() -> None:
    cloud = Cloud()
    cloud.llm.lines, cloud.llm.shows = ("Let me have a look.", " Well"), ""
    async with running(behind=cloud.before) as world:
        cloud.llm.mishaps.always = cloud.other_llm.mishaps.always = Mishap(2)
        cloud.other_llm.lines = ("Let me have a look.", " So", "")
        cloud.llm.lines = ("Let me have a look.", " Well", "")
        await ask(world)
        assert world.turns[0].spoken == f"Let me have a look. {world.answerer.reply}"
        assert (world.turns[0].provider, world.turns[0].products) == ("fake", ("JKT-BLU",))


@pytest.mark.parametrize("after", [0, 4, 12])
@virtual_time
async def test_recognition_that_dies_in_mid_utterance_loses_no_word(after: int) -> None:
    cloud = Cloud()
    async with running(behind=cloud.before) as world:
        cloud.stt.mishaps.always = Mishap(after)
        await ask(world)
        [turn] = world.turns
        assert turn.heard == "How much is the blue jacket?"
        assert turn.spoken == "".join(ANSWER)
        assert voice_to_voice_s(world) <= 1.0


@pytest.mark.parametrize("dead", DEAD, ids=["down", "wrong key", "rate limit", "silent"])
@virtual_time
async def test_with_all_dead_the_kiosk_answers_by_itself_in_two_seconds(dead: Mishap) -> None:
    cloud = Cloud()
    async with running(behind=cloud.before) as world:
        for mishaps in cloud.all:
            mishaps.always = dead
        for _ in range(4):
            await ask(world)
            assert world.turns[-1].spoken == world.answerer.reply
            assert voice_to_voice_s(world) <= 2.0
            assert voices(world) == {OWN}
        assert len(world.turns) == 4


@pytest.mark.parametrize("dead", [DEAD[0], DEAD[3]], ids=["down", "silent"])
@virtual_time
async def test_soon_after_they_recover_they_are_used_again(dead: Mishap) -> None:
    cloud = Cloud()
    async with running(behind=cloud.before) as world:
        for mishaps in cloud.all:
            mishaps.always = dead
        for _ in range(12):
            await ask(world, then_s=5)
        assert cloud.state("llm") is not CircuitState.CLOSED
        for mishaps in cloud.all:
            mishaps.always = None
        await asyncio.sleep(20)
        await ask(world)
        turn = world.turns[-1]
        assert (turn.provider, turn.spoken) == ("llm", "".join(ANSWER))
        assert world.messages()[-2].provider == "stt"
        assert {cloud.state(name) for name in ("stt", "llm", "tts")} == {CircuitState.CLOSED}


@virtual_time
async def test_a_wrong_key_is_told_to_staff_until_it_is_put_right() -> None:
    cloud = Cloud()
    async with running(behind=cloud.before) as world:
        cloud.llm.mishaps.always = Mishap(category=FailureCategory.AUTH)
        await ask(world)
        assert world.turns[0].provider == "other-llm"
        [told] = world.of(TroubleChanged)
        assert told == TroubleChanged(Trouble.PROVIDER_NEEDS_STAFF, active=True, detail="llm: llm: auth")
        await ask(world)
        assert len(cloud.llm.requests) == 1
        cloud.llm.mishaps.always = None
        cloud.guards.health.mended(ProviderRole.LLM, "llm")
        await ask(world)
        assert world.turns[-1].provider == "llm"
        assert not world.of(TroubleChanged)[-1].active


@virtual_time
async def test_all_work_of_a_turn_is_entered_under_the_id_of_its_answer() -> None:
    cloud = Cloud()
    async with running(behind=cloud.before) as world:
        await ask(world)
        await ask(world)
        answers = [told.message.id for told in world.of(MessageRecorded) if told.message.role is Role.CHARACTER]
        assert len(set(answers)) == 2
        for mishaps in (cloud.stt.mishaps, cloud.llm.mishaps, cloud.tts.mishaps):
            assert {turn for turn in mishaps.calls if turn is not None} == set(answers)
            assert None not in mishaps.calls


@virtual_time
async def test_words_so_far_are_the_own_engines_where_the_provider_does_not_stream() -> None:
    cloud = Cloud()

    def before(own: Engines, clock: VirtualClock, script: SpokenScript, troubles: TroubleBoard) -> Engines:
        engines = cloud.before(own, clock, script, troubles)
        cloud.stt = FailingStt("stt", script, streaming=False)
        return Engines(
            guarded_stt([("stt", cloud.stt)], own.stt, cloud.guards), engines.tts, engines.answerers, own.stt
        )

    async with running(behind=before) as world:
        await world.say("How much is the blue jacket?", 3.0)
        await asyncio.sleep(8)
        assert len(cloud.stt.mishaps.calls) == 1
        assert world.stt.calls >= 3
        assert world.messages()[0].provider == "stt"

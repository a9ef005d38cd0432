"""Providers are put in a row as the settings say, and without any the kiosk's own engines stay as they are."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from holo_app.bootstrap.chains import Economy, Guards, answerers, guarded_chats, guarded_stt, guarded_tts
from holo_app.dialogue.deadlines import StageDeadlines
from holo_app.dialogue.resilience.allowance import DailyAllowance
from holo_app.dialogue.resilience.health import Health
from holo_app.dialogue.troubles import TroubleBoard
from holo_app.domain.usage import ProviderRole
from holo_app.ports.llm import AnswerDone, AnswerRequest, LanguageModel
from tests.dialogue.world import AVA
from tests.fakes.failing import FailingAnswerer, FailingChat, FailingStt, FailingTts
from tests.fakes.meter import FakeMeter
from tests.fakes.script import SpokenScript
from tests.fakes.virtual_time import VirtualClock, virtual_time

REQUEST = AnswerRequest("How much is it?", "en", AVA)


def guards() -> Guards:
    clock = VirtualClock()
    return Guards(Health(clock, TroubleBoard(lambda _: None)), clock)


async def answered_by(answerer: LanguageModel) -> str:
    async with aclosing(answerer.answer(REQUEST)) as events:
        [done] = [event async for event in events if isinstance(event, AnswerDone)]
    return done.provider


@virtual_time
async def test_without_providers_the_own_engines_stay_as_they_are() -> None:
    shared, own, voice = guards(), FailingStt("own", SpokenScript()), FailingTts("own")
    assert guarded_stt([], own, shared) is own
    speech = guarded_tts([], voice, shared)
    assert speech.capabilities == voice.capabilities
    assert shared.health.all() == ()
    await speech.aclose()
    assert voice.closed == 1


@virtual_time
async def test_each_provider_has_its_place_on_the_board() -> None:
    shared, script = guards(), SpokenScript()
    hearing = guarded_stt([("deepgram", FailingStt("deepgram", script))], FailingStt("own", script), shared)
    speaking = guarded_tts([("openai", FailingTts("openai"))], FailingTts("own", rate_hz=22_050), shared)
    [chat] = guarded_chats([("gemini", FailingChat("gemini"))], shared)
    assert (hearing.capabilities.name, speaking.capabilities.name, chat.name) == ("deepgram", "openai", "gemini")
    assert [(one.role, one.provider) for one in shared.health.all()] == [
        (ProviderRole.STT, "deepgram"), (ProviderRole.TTS, "openai"), (ProviderRole.LLM, "gemini"),
    ]  # fmt: skip


@virtual_time
async def test_each_role_has_its_limits() -> None:
    shared = guards()
    limits = {role: shared.calls(role, "vendor").limits for role in ProviderRole}
    assert limits[ProviderRole.AVATAR].first_s > limits[ProviderRole.TTS].first_s


@virtual_time
async def test_answers_are_raced_and_remembered_where_the_settings_say_so() -> None:
    clock = VirtualClock()
    slow, quick, composer = (FailingAnswerer(name, first_s=s) for name, s in (("a", 1.0), ("b", 0.1), ("own", 0.0)))
    allowance = DailyAllowance(FakeMeter(), clock, most=5)
    economy = Economy(allowance, hedge_after_s=0.3, remembered=5)
    chain = answerers([("a", slow), ("b", quick)], composer, economy, StageDeadlines(), clock)
    assert len(chain) == 3
    assert await answered_by(chain[0]) == "b"
    began = asyncio.get_running_loop().time()
    assert await answered_by(chain[0]) == "b"
    assert asyncio.get_running_loop().time() == began
    assert [await answered_by(answerer) for answerer in chain[1:]] == ["b", "own"]
    plain = answerers([("a", slow)], composer, Economy(allowance), StageDeadlines(), clock)
    assert [await answered_by(answerer) for answerer in plain] == ["a", "own"]
    assert len(answerers([], composer, economy, StageDeadlines(), clock)) == 1

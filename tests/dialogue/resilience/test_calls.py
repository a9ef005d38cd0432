"""One provider with its guard: deadlines, retries, breaker, and what the board learns."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from holo_app.dialogue.notices import ProvidersFared
from holo_app.dialogue.resilience.guarded import GuardedAnswerer, GuardedChat
from holo_app.dialogue.resilience.limits import CallLimits
from holo_app.domain.circuit import CircuitState
from holo_app.domain.usage import ProviderRole
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.chat import ChatDone, ChatEvent, ChatRequest, CustomerSays, ToolCall
from holo_app.ports.llm import AnswerDone, AnswerEvent, AnswerRequest, FactUsed, TextDelta
from tests.dialogue.resilience.guards import LIMITS, Guards
from tests.dialogue.world import AVA
from tests.fakes.failing import FailingAnswerer, FailingChat, Mishap
from tests.fakes.virtual_time import virtual_time

REQUEST = AnswerRequest("How much is it?", "en", AVA)
DOWN, LATE = FailureCategory.UNAVAILABLE, FailureCategory.TIMEOUT
HANGS = Mishap(category=None)


async def said(answerer: GuardedAnswerer) -> str:
    async with aclosing(answerer.answer(REQUEST)) as events:
        return "".join([event.text async for event in events if isinstance(event, TextDelta)])


async def failure(answerer: GuardedAnswerer) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await said(answerer)
    return caught.value


def guarded(guards: Guards, answerer: FailingAnswerer, limits: CallLimits = LIMITS) -> GuardedAnswerer:
    return GuardedAnswerer(answerer, guards.calls(limits=limits), guards.clock)


@virtual_time
async def test_what_works_goes_through_and_is_counted() -> None:
    guards, engine = Guards(), FailingAnswerer("vendor", "It is", " blue.", first_s=0.3)
    answerer = guarded(guards, engine)
    assert await said(answerer) == "It is blue."
    health = guards.of()
    assert (health.role, health.calls, health.failures, health.state) == (ProviderRole.LLM, 1, 0, CircuitState.CLOSED)
    assert health.first_result_p50_s == pytest.approx(0.3)
    assert (health.last_failure, health.failed_at, health.needs_staff) == (None, None, False)
    await answerer.aclose()
    assert engine.closed == 1


@pytest.mark.parametrize("category", [c for c in FailureCategory if c.retryable])
@virtual_time
async def test_what_may_pass_is_asked_once_more(category: FailureCategory) -> None:
    guards, engine = Guards(), FailingAnswerer("vendor", states=FactUsed("a", "b", "c"))
    engine.mishaps.next = [Mishap(category=category)]
    events = [event async for event in guarded(guards, engine).answer(REQUEST)]
    assert events == [FactUsed("a", "b", "c"), TextDelta("I am vendor."), AnswerDone("vendor")]
    assert len(engine.mishaps.calls) == 2
    assert guards.clock.monotonic() == pytest.approx(2 * 0.1 + 0.0875 + 0.02, abs=0.04)
    assert (guards.of().calls, guards.of().failures) == (1, 0)


@pytest.mark.parametrize("category", [c for c in FailureCategory if not c.retryable])
@virtual_time
async def test_what_cannot_pass_is_not_asked_again(category: FailureCategory) -> None:
    guards, engine = Guards(), FailingAnswerer("vendor")
    engine.mishaps.always = Mishap(category=category)
    assert (await failure(guarded(guards, engine))).category is category
    assert len(engine.mishaps.calls) == 1
    assert guards.of().last_failure is category


@virtual_time
async def test_retries_end_within_the_first_deadline() -> None:
    guards, engine = Guards(), FailingAnswerer("vendor", first_s=0.4)
    engine.mishaps.always = Mishap()
    many = CallLimits(first_s=1.0, next_s=0.5, retries=9, backoff_s=0.2)
    assert (await failure(guarded(guards, engine, many))).category is DOWN
    assert len(engine.mishaps.calls) == 2
    assert guards.clock.monotonic() < 1.0
    assert guards.of().failures == 1


@pytest.mark.parametrize(("again_s", "calls"), [(0.3, 2), (0.0, 2), (3.0, 1), (float("inf"), 1)])
@virtual_time
async def test_a_wait_that_the_provider_asks_for_is_obeyed_if_it_is_short(again_s: float, calls: int) -> None:
    guards, engine = Guards(), FailingAnswerer("vendor")
    engine.mishaps.next = [Mishap(category=FailureCategory.RATE_LIMITED, again_s=again_s)]
    answerer = guarded(guards, engine)
    if calls == 2:
        assert await said(answerer) == "I am vendor."
        assert guards.clock.monotonic() == pytest.approx(0.2 + again_s, abs=0.01)
    else:
        assert (await failure(answerer)).retry_after_s == again_s
        assert guards.of().state is CircuitState.OPEN
    assert len(engine.mishaps.calls) == calls


@pytest.mark.parametrize(
    ("mishap", "after_s"), [(HANGS, 1.0), (Mishap(after=1, category=None), 0.6), (Mishap(after=2, category=None), 0.62)]
)
@virtual_time
async def test_silence_fails_at_its_deadline_and_is_not_repeated(mishap: Mishap, after_s: float) -> None:
    guards, engine = Guards(), FailingAnswerer("vendor", "It", " is", " blue.")
    engine.mishaps.always = mishap
    error = await failure(guarded(guards, engine))
    assert (error.provider, error.category) == ("vendor", LATE)
    assert guards.clock.monotonic() == pytest.approx(after_s)
    assert (len(engine.mishaps.calls), engine.mishaps.closed_early) == (1, 1)


class Clingy(FailingAnswerer):
    """Takes its time to close, like a connection that is closed only when the other side agrees."""

    async def answer(self, request: AnswerRequest) -> AsyncGenerator[AnswerEvent]:
        try:
            async for event in super().answer(request):
                yield event
        finally:
            await asyncio.shield(asyncio.ensure_future(asyncio.sleep(5.0)))


@virtual_time
async def test_nobody_waits_until_one_that_hangs_is_closed() -> None:
    guards, engine = Guards(), Clingy("vendor")
    engine.mishaps.always = HANGS
    assert (await failure(guarded(guards, engine))).category is LATE
    assert guards.clock.monotonic() == pytest.approx(1.02)
    await asyncio.sleep(6)


@virtual_time
async def test_all_waits_together_have_a_bound_and_those_of_the_reader_do_not_count() -> None:
    guards = Guards()
    engine = FailingAnswerer("vendor", *["word "] * 100, word_s=0.4)
    limits = CallLimits(first_s=1.0, next_s=0.5, total_s=2.0)
    async with aclosing(guarded(guards, engine, limits).answer(REQUEST)) as events:
        await anext(events)
        await asyncio.sleep(60)
        with pytest.raises(ProviderError):
            async for _ in events:
                pass
    assert guards.clock.monotonic() == pytest.approx(62, abs=0.6)


@virtual_time
async def test_once_there_was_a_word_it_is_not_asked_again() -> None:
    guards, engine = Guards(), FailingAnswerer("vendor", "It", " is")
    engine.mishaps.always = Mishap(after=1)
    assert (await failure(guarded(guards, engine))).category is DOWN
    assert len(engine.mishaps.calls) == 1


class Buggy(FailingAnswerer):
    """An adapter with a bug."""

    async def answer(self, request: AnswerRequest) -> AsyncGenerator[AnswerEvent]:
        del request
        yield TextDelta("It")
        raise KeyError("choices")


@virtual_time
async def test_a_bug_in_an_adapter_is_a_bad_response() -> None:
    guards = Guards()
    error = await failure(guarded(guards, Buggy("vendor")))
    assert (error.category, error.detail) == (FailureCategory.BAD_RESPONSE, "KeyError")
    assert guards.of().failures == 1


@virtual_time
async def test_an_open_circuit_refuses_at_once_and_one_probe_closes_it() -> None:
    guards, engine = Guards(), FailingAnswerer("vendor")
    answerer = guarded(guards, engine)
    engine.mishaps.next = [Mishap() for _ in range(6)]
    for _ in range(3):
        await failure(answerer)
    before = guards.clock.monotonic()
    assert (await failure(answerer)).category is DOWN
    assert guards.clock.monotonic() == before
    assert (guards.of().state, guards.of().skipped, guards.of().calls) == (CircuitState.OPEN, 1, 3)
    await asyncio.sleep(5.1)
    assert await said(answerer) == "I am vendor."
    assert guards.of().state is CircuitState.CLOSED


@virtual_time
async def test_closing_early_is_no_failure_and_before_a_word_no_success() -> None:
    guards, engine = Guards(), FailingAnswerer("vendor", "It", " is")
    answerer = guarded(guards, engine)
    engine.mishaps.next = [Mishap() for _ in range(6)]
    for _ in range(3):
        await failure(answerer)
    await asyncio.sleep(5.1)
    probe = asyncio.create_task(said(answerer))
    await asyncio.sleep(0.05)
    probe.cancel()
    await asyncio.gather(probe, return_exceptions=True)
    assert guards.of().state is CircuitState.HALF_OPEN
    async with aclosing(answerer.answer(REQUEST)) as events:
        assert await anext(events) == TextDelta("It")
    assert guards.of().state is CircuitState.CLOSED
    assert guards.of().failures == 3


@virtual_time
async def test_where_another_role_fell_silent_it_has_less_time() -> None:
    guards, engine = Guards(), FailingAnswerer("vendor")
    engine.mishaps.always = HANGS
    voice = guarded(guards, FailingAnswerer("voice"))
    voice = GuardedAnswerer(FailingAnswerer("voice"), guards.calls("voice", ProviderRole.TTS), guards.clock)
    answerer = guarded(guards, engine)
    hung = FailingAnswerer("hung")
    hung.mishaps.next = [HANGS]
    silent = GuardedAnswerer(hung, guards.calls("hung", ProviderRole.TTS), guards.clock)
    assert (await failure(silent)).category is LATE
    began = guards.clock.monotonic()
    await failure(answerer)
    assert guards.clock.monotonic() - began == pytest.approx(0.5)
    assert await said(voice) == "I am voice."
    began = guards.clock.monotonic()
    await failure(answerer)
    assert guards.clock.monotonic() - began == pytest.approx(1.0)


@virtual_time
async def test_whenever_a_provider_fares_differently_that_is_told() -> None:
    guards, engine = Guards(), FailingAnswerer("vendor")
    answerer = guarded(guards, engine)
    engine.mishaps.next = [Mishap(category=FailureCategory.QUOTA)]
    await failure(answerer)
    guards.health.mended(ProviderRole.LLM, "vendor")
    guards.health.mended(ProviderRole.LLM, "vendor")
    await said(answerer)
    told = [notice.providers[0] for notice in guards.told if isinstance(notice, ProvidersFared)]
    assert [(one.state, one.needs_staff, one.calls, one.failures) for one in told] == [
        (CircuitState.OPEN, True, 1, 1),
        (CircuitState.CLOSED, False, 1, 1),
        (CircuitState.CLOSED, False, 2, 1),
    ]
    assert (told[-1].role, told[-1].name) == (ProviderRole.LLM, "vendor")


@virtual_time
async def test_an_answer_without_words_is_handed_on_as_it_is() -> None:
    guards, engine = Guards(), FailingAnswerer("vendor", " ")
    events = [event async for event in guarded(guards, engine).answer(REQUEST)]
    assert events == [TextDelta(" "), AnswerDone("vendor")]
    assert guards.of().first_result_p50_s is None


@virtual_time
async def test_staff_are_told_when_a_person_is_needed_and_when_that_is_over() -> None:
    guards = Guards()
    wrong_key, no_money = FailingAnswerer("one"), FailingAnswerer("two")
    wrong_key.mishaps.next = [Mishap(category=FailureCategory.AUTH)]
    no_money.mishaps.next = [Mishap(category=FailureCategory.QUOTA)]
    one = GuardedAnswerer(wrong_key, guards.calls("one"), guards.clock)
    two = GuardedAnswerer(no_money, guards.calls("two"), guards.clock)
    await failure(one)
    assert guards.troubles == [(True, "llm: one: auth")]
    assert guards.of("one").needs_staff
    await failure(one)
    assert len(guards.troubles) == 1
    await failure(two)
    assert guards.troubles[1:] == [(False, ""), (True, "llm: one: auth; llm: two: quota")]
    assert guards.health.mended(ProviderRole.LLM, "one")
    assert not guards.health.mended(ProviderRole.TTS, "one")
    assert await said(one) == "I am one."
    await asyncio.sleep(600)
    assert await said(two) == "I am two."
    assert guards.troubles[-1] == (False, "")
    assert not any(one.needs_staff for one in guards.health.all())


class Caller(FailingChat):
    """Asks for a tool first."""

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        yield ToolCall("1", "look_up")
        await asyncio.sleep(0.2)
        async for event in super().stream(request):
            yield event


@virtual_time
async def test_each_request_to_a_chat_model_is_a_call() -> None:
    guards, engine = Guards(), FailingChat("vendor", "It", " is")
    chat = GuardedChat(engine, guards.calls(), guards.clock)
    request = ChatRequest("Be brief.", (CustomerSays("?"),))
    assert chat.name == "vendor"
    assert await chat.models() == ["vendor"]
    engine.mishaps.next = [Mishap(), Mishap()]
    with pytest.raises(ProviderError):
        [event async for event in chat.stream(request)]
    events = [event async for event in chat.stream(request)]
    assert events[:2] == [TextDelta("It"), TextDelta(" is")]
    assert isinstance(events[-1], ChatDone)
    tools = GuardedChat(Caller("tools", "So"), guards.calls("tools"), guards.clock)
    assert [type(event) for event in [event async for event in tools.stream(request)]] == [
        ToolCall, TextDelta, ChatDone,
    ]  # fmt: skip
    assert guards.of("tools").first_result_p50_s == 0.0
    await chat.aclose()
    assert engine.closed == 1

"""What every ChatModel promises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from typing import get_args
from uuid import uuid4

import pytest

from holo_app.bootstrap.clock import SystemClock
from holo_app.config.vendors import Chatter
from holo_app.domain.usage import ProviderRole, Unit
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.chat import (
    ChatDone,
    ChatEnd,
    ChatEvent,
    ChatModel,
    ChatRequest,
    ChatTool,
    CustomerSays,
    ModelSays,
    ToolCall,
    ToolResult,
    ToolsSay,
)
from holo_app.ports.llm import TextDelta
from holo_app.ports.meter import CURRENT_TURN, Meter
from holo_app.providers.http.client import HttpClient
from holo_app.providers.llamacpp.chat import Extra, GuidedChat
from holo_app.providers.openai.chat import Dialect, OpenAiChat
from holo_app.providers.openai.failures import read_llamacpp
from tests.emulators.anthropic import AnthropicEmulator
from tests.emulators.faults import Fault
from tests.emulators.gemini import GeminiEmulator, VertexEmulator
from tests.emulators.llamacpp import GuidedEmulator
from tests.emulators.openai import OpenAiEmulator
from tests.emulators.openai_like import LlamaCppEmulator, OllamaEmulator, OpenRouterEmulator, VllmEmulator
from tests.emulators.web import Emulator
from tests.fakes.chat import FakeChat
from tests.fakes.meter import FakeMeter
from tests.providers.cases import anthropic_chat, gemini_chat, openai_chat

TEXT = "It costs £149 – naïve, but true."
CALLS = [("find_product", {"query": "watch ⌚", "limit": 3}), ("opening_hours", {})]
WRITTEN_CALLS = [("find_product", '{"query": "watch ⌚", "limit": 3}'), ("opening_hours", "")]
FIND = ChatTool(
    "find_product",
    "Finds products.",
    {"type": "object", "properties": {"query": {"type": "string"}, "limit": {"type": "integer"}}},
)
HOURS = ChatTool("opening_hours", "When the shop is open.", {"type": "object", "properties": {}})
QUESTION = ChatRequest("You sell watches.", (CustomerSays("How much is it?"),), longest_tokens=50)
WITH_TOOLS = ChatRequest("You sell watches.", (CustomerSays("How much is it?"),), (FIND, HOURS), temperature=0.3)


@dataclass
class Case:
    """A model that says TEXT, and CALLS first where it has tools. emulator: behind it; None: it is a fake."""

    chat: ChatModel
    meter: FakeMeter
    emulator: Emulator | None


MAKERS: dict[str, tuple[Callable[[], Emulator], Callable[[str, Meter], ChatModel]]] = {
    "openai": (lambda: OpenAiEmulator(TEXT, WRITTEN_CALLS), openai_chat.openai),
    "openrouter": (lambda: OpenRouterEmulator(TEXT, WRITTEN_CALLS), openai_chat.openrouter),
    "ollama": (lambda: OllamaEmulator(TEXT, WRITTEN_CALLS), openai_chat.ollama),
    "llamacpp": (lambda: LlamaCppEmulator(TEXT, WRITTEN_CALLS), openai_chat.llamacpp),
    "vllm": (lambda: VllmEmulator(TEXT, WRITTEN_CALLS), openai_chat.vllm),
    "gemini": (lambda: GeminiEmulator(TEXT, CALLS), gemini_chat.gemini),
    "vertex": (lambda: VertexEmulator(TEXT, CALLS), gemini_chat.vertex),
    "anthropic": (lambda: AnthropicEmulator(TEXT, WRITTEN_CALLS), anthropic_chat.anthropic),
}


def test_every_name_of_the_settings_is_held_to_it() -> None:
    assert set(MAKERS) == set(get_args(Chatter))


def _guided(base_url: str, meter: Meter) -> ChatModel:
    def speak(client: HttpClient, extra: Extra) -> ChatModel:
        return OpenAiChat(client, "default", meter, SystemClock(), dialect=Dialect(extra=extra))

    return GuidedChat(HttpClient("llamacpp", base_url, read=read_llamacpp), speak)


GUIDED = (lambda: GuidedEmulator(TEXT, WRITTEN_CALLS), _guided)
"""A server whose model is held to a grammar, as the kiosk's own is."""


@pytest.fixture(params=["fake", "guided", *MAKERS])
async def case(request: pytest.FixtureRequest) -> AsyncIterator[Case]:
    meter = FakeMeter()
    async with AsyncExitStack() as stack:
        if request.param == "fake":
            made = Case(_fake(meter), meter, None)
        else:
            emulator, make = {**MAKERS, "guided": GUIDED}[request.param]
            running = await stack.enter_async_context(emulator())
            made = Case(make(running.base_url, meter), meter, running)
        yield made
        await made.chat.aclose()


def _fake(meter: FakeMeter) -> FakeChat:
    calls = [ToolCall(f"call_{place}", name, arguments) for place, (name, arguments) in enumerate(CALLS)]
    words = [f"{word} " for word in TEXT.split()]
    words[-1] = words[-1].rstrip()

    def script(asked: ChatRequest) -> Sequence[str | ToolCall]:
        return calls if asked.tools and not isinstance(asked.messages[-1], ToolsSay) else words

    return FakeChat(script, meter=meter)


async def events(chat: ChatModel, request: ChatRequest = QUESTION) -> list[ChatEvent]:
    async with aclosing(chat.stream(request)) as stream:
        return [event async for event in stream]


def text(got: Sequence[ChatEvent]) -> str:
    return "".join(event.text for event in got if isinstance(event, TextDelta))


async def test_text_comes_in_pieces_and_done_is_last(case: Case) -> None:
    got = await events(case.chat)

    assert text(got) == TEXT
    assert len(got) > 3
    assert all(isinstance(event, TextDelta) and event.text for event in got[:-1])
    done = got[-1]
    assert isinstance(done, ChatDone)
    assert done.end is ChatEnd.STOP
    assert done.model
    assert done.use.input_tokens > 0
    assert done.use.output_tokens > 0


async def test_calls_come_whole_with_ids_of_their_own(case: Case) -> None:
    got = await events(case.chat, WITH_TOOLS)

    calls = [event for event in got if isinstance(event, ToolCall)]
    assert [(call.name, dict(call.arguments)) for call in calls] == CALLS
    assert len({call.id for call in calls}) == 2
    assert all(call.id for call in calls)
    assert isinstance(got[-1], ChatDone)
    assert got[-1].end is ChatEnd.CALLS


async def test_it_goes_on_with_the_results(case: Case) -> None:
    calls = tuple(event for event in await events(case.chat, WITH_TOOLS) if isinstance(event, ToolCall))
    results = ToolsSay((ToolResult(calls[0], '{"items": []}'), ToolResult(calls[1], "no such function", failed=True)))
    went_on = ChatRequest("You sell watches.", (*WITH_TOOLS.messages, ModelSays("", calls), results), (FIND, HOURS))

    got = await events(case.chat, went_on)

    assert text(got) == TEXT
    assert isinstance(got[-1], ChatDone)
    assert got[-1].end is ChatEnd.STOP


async def test_a_conversation_that_the_character_began_is_taken(case: Case) -> None:
    spoken = (ModelSays("Welcome!"), CustomerSays("Hello."), ModelSays("How can I help?"), CustomerSays("A watch."))

    assert text(await events(case.chat, ChatRequest("", spoken))) == TEXT


async def test_what_was_used_is_told_once_with_its_turn(case: Case) -> None:
    turn = uuid4()
    token = CURRENT_TURN.set(turn)
    try:
        done = (await events(case.chat))[-1]
    finally:
        CURRENT_TURN.reset(token)

    assert isinstance(done, ChatDone)
    (use,) = case.meter.uses
    assert (use.role, use.provider, use.model) == (ProviderRole.LLM, case.chat.name, done.model)
    assert use.units[Unit.INPUT_TOKENS] == done.use.input_tokens
    assert use.units[Unit.OUTPUT_TOKENS] == done.use.output_tokens
    assert use.units.get(Unit.CACHED_TOKENS, 0) == done.use.cached_tokens
    assert use.cost == done.use.cost
    assert use.measured
    assert use.turn == turn


async def test_one_that_is_given_up_is_told_as_an_estimate(case: Case) -> None:
    async with aclosing(case.chat.stream(QUESTION)) as stream:
        first = await anext(stream)

    assert isinstance(first, TextDelta)
    (use,) = case.meter.uses
    assert not use.measured
    assert use.units[Unit.INPUT_TOKENS] > 0
    assert use.units[Unit.OUTPUT_TOKENS] > 0


async def test_one_that_is_given_up_before_its_first_word_is_told_too(case: Case) -> None:
    if case.emulator is not None:
        case.emulator.fail_next(Fault.SILENT)
    elif isinstance(case.chat, FakeChat):
        case.chat.stall_after = 0
    waiting = asyncio.ensure_future(anext(case.chat.stream(QUESTION)))
    async with asyncio.timeout(5):
        while not _asked(case):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.001)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    (use,) = case.meter.uses
    assert not use.measured
    assert Unit.OUTPUT_TOKENS not in use.units


def _asked(case: Case) -> bool:
    if case.emulator is not None:
        return case.emulator.open_answers > 0
    return isinstance(case.chat, FakeChat) and bool(case.chat.requests)


async def test_many_at_once_do_not_mix(case: Case) -> None:
    got = await asyncio.gather(*(events(case.chat, request) for request in [QUESTION, WITH_TOOLS] * 4))

    assert [text(one) for one in got] == [TEXT, ""] * 4
    assert len(case.meter.uses) == 8


async def test_it_lists_its_models(case: Case) -> None:
    models = await case.chat.models()

    assert len(models) >= 2
    assert models == sorted(set(models))
    assert case.meter.uses == []


async def test_closed_it_answers_with_an_error(case: Case) -> None:
    await case.chat.aclose()
    await case.chat.aclose()

    for call in (events(case.chat), case.chat.models()):
        with pytest.raises(ProviderError) as caught:
            await call
        assert caught.value.category is FailureCategory.UNAVAILABLE
    (use,) = case.meter.uses
    assert not use.units


@pytest.mark.parametrize(
    ("fault", "category"),
    [(Fault.UNAUTHORIZED, FailureCategory.AUTH), (Fault.SERVER_ERROR, FailureCategory.UNAVAILABLE)],
)
async def test_the_list_tells_what_is_wrong(case: Case, fault: Fault, category: FailureCategory) -> None:
    if case.emulator is not None:
        case.emulator.fail_next(fault)
    elif isinstance(case.chat, FakeChat):
        case.chat.failure = category
    with pytest.raises(ProviderError) as caught:
        await case.chat.models()
    assert (caught.value.provider, caught.value.category) == (case.chat.name, category)

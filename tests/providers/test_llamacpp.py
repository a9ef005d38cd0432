"""A local language model: its grammar, and the process that is kept for it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from holo_app.bootstrap.clock import SystemClock
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
from holo_app.providers.http.client import HttpClient
from holo_app.providers.llamacpp.chat import Extra, GuidedChat, LocalModelChat, LocalModelSettings, LocalModelState
from holo_app.providers.llamacpp.guided import GuidedReader, grammar, guided
from holo_app.providers.openai.chat import Dialect, OpenAiChat
from holo_app.providers.openai.failures import read_llamacpp
from tests.emulators import llamacpp_child
from tests.emulators.faults import Fault
from tests.emulators.llamacpp import GuidedEmulator
from tests.fakes.meter import FakeMeter

_FIND = ChatTool(
    "find_products",
    "Search.",
    {
        "type": "object",
        "properties": {"max_price": {"type": "number"}, "query": {"type": "string"}, "odd": {"type": "array"}},
        "required": ["query"],
    },
)
_SHOW = ChatTool(
    "show_product", "Show it.", {"type": "object", "properties": {"sku": {"type": "string"}}, "required": ["sku"]}
)


def _speak(client: HttpClient, extra: Extra) -> ChatModel:
    return OpenAiChat(client, "default", FakeMeter(), SystemClock(), dialect=Dialect(extra=extra))


def _connect(address: str) -> HttpClient:
    return HttpClient("llamacpp", address, read=read_llamacpp)


def _read(pieces: Iterable[str]) -> tuple[str, list[tuple[str, Any]]]:
    reader = GuidedReader()
    events = [event for piece in pieces for event in reader.push(piece)]
    events += reader.finish()
    text = "".join(event.text for event in events if isinstance(event, TextDelta))
    return text, [(event.name, dict(event.arguments)) for event in events if isinstance(event, ToolCall)]


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_words_and_calls_are_taken_apart_wherever_the_stream_is_cut(size: int) -> None:
    written = '@show_product {"sku":"P-1"}\nIt costs £49.'
    pieces = [written[at : at + size] for at in range(0, len(written), size)]
    assert _read(pieces) == ("It costs £49.", [("show_product", {"sku": "P-1"})])


@pytest.mark.parametrize(
    ("written", "text", "calls"),
    [
        ('@find_products {"query":"tent"}\n@show_product {"sku":"P-1"}', "", ["find_products", "show_product"]),
        ("@answer\nHello.", "Hello.", []),
        ('Hello.\n@show_product {"sku":"P-', "Hello.\n", []),
        ("@show_product [1]", "", []),
        ("", "", []),
    ],
)
def test_what_is_no_whole_call_is_dropped(written: str, text: str, calls: list[str]) -> None:
    said, called = _read([written])
    assert (said, [name for name, _ in called]) == (text, calls)


def test_the_grammar_offers_look_ups_or_a_card_and_then_words() -> None:
    rules = dict(line.split(" ::= ", 1) for line in grammar([_FIND, _SHOW], ("show_product",)).splitlines())
    assert rules["root"] == '"@" open "\\n" words | "@" look ("\\n@" look)?'
    assert rules["look"] == '("find_products {" "\\"query\\":" text (",\\"max_price\\":" number)? "}")'
    assert rules["open"] == '("show_product {" "\\"sku\\":" text "}")'
    assert grammar([_FIND]).splitlines()[0] == 'root ::= words | "@" look ("\\n@" look)?'
    assert grammar([_SHOW], ("show_product",)).splitlines()[0] == 'root ::= "@" open "\\n" words'
    assert grammar([]).splitlines()[0] == "root ::= words"


def test_tools_become_instructions_and_calls_lines() -> None:
    call = ToolCall("1", "find_products", {"query": "Zelt ü"})
    messages = (CustomerSays("Hi"), ModelSays("Moment.", (call,)), ToolsSay((ToolResult(call, "P-1 | Tent"),)))
    plain = guided(ChatRequest("Be kind.", messages, (_FIND, _SHOW)), ("show_product",))
    assert (plain.system, plain.tools) == ("Be kind.", ())
    assert plain.messages[:2] == (CustomerSays("Hi"), ModelSays('@find_products {"query":"Zelt ü"}\nMoment.'))
    last = plain.messages[2]
    assert isinstance(last, CustomerSays)
    assert last.text.startswith("DATA\nP-1 | Tent\n\n")
    assert last.text.endswith('@find_products {"max_price":…,"query":"…"} Search.')
    assert guided(ChatRequest("Be kind.", messages[:1], (_SHOW,)), ("show_product",)).messages == messages[:1]


async def test_a_request_carries_the_grammar_and_its_calls_come_back() -> None:
    async with GuidedEmulator('@show_product {"sku":"P-1"}\nIt costs £49.') as emulator:
        chat = GuidedChat(_connect(emulator.base_url), _speak, ("show_product",))
        async with aclosing(chat):
            request = ChatRequest("Be kind.", (CustomerSays("Hi"),), (_SHOW,))
            events = [event async for event in chat.stream(request)]
            await chat.healthy()
            emulator.fail_next(Fault.OVERLOADED)
            with pytest.raises(ProviderError) as caught:
                await chat.healthy()
    assert ToolCall("call_1", "show_product", {"sku": "P-1"}) in events
    done = events[-1]
    assert isinstance(done, ChatDone)
    assert done.end is ChatEnd.CALLS
    body = emulator.requests[0].body
    assert "tools" not in body
    assert body["grammar"].startswith('root ::= "@" open')
    assert body["cache_prompt"] is True
    assert (caught.value.category, caught.value.detail) == (FailureCategory.UNAVAILABLE, "HTTP 503: Loading model")


@asynccontextmanager
async def _local(folder: Path, **settings: Any) -> AsyncIterator[LocalModelChat]:
    command = (sys.executable, str(Path(llamacpp_child.__file__)))
    local = LocalModelChat(LocalModelSettings(folder, server_command=command, **settings), _connect, _speak)
    async with aclosing(local):
        yield local


async def _text(chat: ChatModel) -> list[ChatEvent]:
    return [event async for event in chat.stream(ChatRequest("Be kind.", (CustomerSays("Hi"),)))]


def _asked(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "asked").read_text().splitlines()]


async def test_a_local_model_is_warm_before_it_is_ready(tmp_path: Path) -> None:
    async with _local(tmp_path) as local:
        states = [local.state]
        local.start(ChatRequest("The long instructions.", (CustomerSays("Hello"),)))
        states.append(local.state)
        await local.loaded()
        states.append(local.state)
        assert states == [LocalModelState.STOPPED, LocalModelState.LOADING, LocalModelState.READY]
        (warm,) = _asked(tmp_path)
        assert (warm["max_tokens"], warm["messages"][0]["content"]) == (1, "The long instructions.")
        events = await _text(local)
    assert TextDelta("Hello there.") in events


async def test_while_it_loads_a_question_is_refused_at_once(tmp_path: Path) -> None:
    async with _local(tmp_path, patience_s=0.0) as local:
        with pytest.raises(ProviderError) as caught:
            await _text(local)
        await local.loaded()
        assert len(await _text(local)) > 1
    assert caught.value.category is FailureCategory.UNAVAILABLE
    assert "being loaded" in caught.value.detail


async def test_it_is_started_again_and_warmed_again_when_it_dies(tmp_path: Path) -> None:
    async with _local(tmp_path, patience_s=20.0) as local:
        local.start(ChatRequest("The long instructions.", (CustomerSays("Hello"),)))
        await local.loaded()
        assert local.pid is not None
        first = psutil.Process(local.pid)
        first.kill()
        await asyncio.to_thread(first.wait, 10)
        failures = set[FailureCategory]()
        async with asyncio.timeout(20):
            while True:
                try:
                    await _text(local)
                    break
                except ProviderError as error:
                    failures.add(error.category)
        assert failures <= {FailureCategory.UNAVAILABLE, FailureCategory.CANCELLED_BY_PEER}
        lives = [asked["pid"] for asked in _asked(tmp_path) if asked["max_tokens"] == 1]
    assert len(set(lives)) == len(lives) == 2


async def test_it_ends_with_the_kiosk(tmp_path: Path) -> None:
    async with _local(tmp_path) as local:
        await local.loaded()
        assert local.pid is not None
        child = psutil.Process(local.pid)
    assert not child.is_running()
    with pytest.raises(ProviderError):
        await _text(local)


def test_a_file_that_is_no_model_is_said_to_be_none(tmp_path: Path) -> None:
    model = tmp_path / "model.gguf"
    model.write_bytes(b"nonsense")
    read, write = os.pipe()
    ended = subprocess.run(
        [sys.executable, "-m", "holo_app.providers.llamacpp.server", "--model", str(model)],
        stdin=read,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PATH": str(tmp_path)},
    )
    os.close(read)
    os.close(write)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr

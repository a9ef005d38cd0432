"""Twenty shop questions to a real model: `python -m tests.benchmarks.assistant.run --model FILE.gguf` (or --server ADDRESS).

The model runs as in the kiosk: llama.cpp in a supervised child process, through the OpenAI port, behind the guard. Prints each
answer, then how many were right by the model itself, prices that the shop does not have, and seconds to the first sentence.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from pathlib import Path
from uuid import UUID

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.conversation import Message, Role
from holo_app.domain.usage import Use
from holo_app.errors import ProviderError
from holo_app.knowledge.assistant.assistant import AssistantSettings, ShopAssistant
from holo_app.knowledge.assistant.tools import SHOW_PRODUCT, CatalogueData
from holo_app.knowledge.retriever import ground
from holo_app.knowledge.sample_shop import load_sample_shop
from holo_app.ports.chat import ChatEvent, ChatModel, ChatRequest, ToolCall
from holo_app.ports.llm import AnswerDone, AnswerRequest, LanguageModel, ProductShown, TextDelta
from holo_app.ports.retriever import Grounding
from holo_app.providers.http.client import HttpClient, HttpTimes
from holo_app.providers.llamacpp.chat import Extra, GuidedChat, LocalModelChat, LocalModelSettings
from holo_app.providers.openai.chat import Dialect, OpenAiChat
from holo_app.providers.openai.failures import read_refusal
from tests.benchmarks.assistant.judge import Heard, faults, strange_prices
from tests.benchmarks.assistant.questions import QUESTIONS, Asked
from tests.knowledge.shop import composer, packs, sample_index

_LANGUAGES = {"en": "English", "de": "German", "fr": "French"}
_PATIENCE_S = 300.0
"""Far more than a customer has: a busy machine is to be measured too, not to fail."""
LOCAL = AssistantSettings(
    rounds=1, budget_s=_PATIENCE_S, longest_tokens=120, remembered=4, temperature=0.0, tags=(), thrifty=True
)
_VISIT = UUID("01890000-0000-7000-8000-000000000001")
_NEEDED = 17


class _Meter:
    def used(self, use: Use) -> None:
        """Nothing is billed here."""


class Counting:
    """A ChatModel that counts the calls which the model makes."""

    def __init__(self, chat: ChatModel) -> None:
        self._chat = chat
        self.calls: list[str] = []
        self.written = ""

    @property
    def name(self) -> str:
        return self._chat.name

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        self.written = ""
        async with aclosing(self._chat.stream(request)) as events:
            async for event in events:
                if isinstance(event, TextDelta):
                    self.written += event.text
                if isinstance(event, ToolCall):
                    self.calls.append(f"{event.name}{dict(event.arguments)}")
                yield event

    async def models(self) -> list[str]:
        return await self._chat.models()

    async def aclose(self) -> None:
        await self._chat.aclose()


class SampleRetriever:
    """The retriever's search over the sample shop, without a database."""

    async def retrieve(self, text: str, *, language: str, history: Sequence[Message] = ()) -> Grounding:
        return ground(sample_index(), text, language=language, history=history)


def connect(address: str) -> HttpClient:
    """As bootstrap does."""
    return HttpClient("llamacpp", address, read=read_refusal, times=HttpTimes(silent=_PATIENCE_S))


def speak(client: HttpClient, extra: Extra) -> ChatModel:
    """As bootstrap does."""
    return OpenAiChat(client, "default", _Meter(), SystemClock(), dialect=Dialect(extra=extra))


def assistant_over(chat: ChatModel, settings: AssistantSettings) -> ShopAssistant:
    """The shop's assistant in the sample shop."""
    products = {product.sku: product for product in load_sample_shop().products}
    data = CatalogueData(SampleRetriever(), products.get)
    return ShopAssistant(chat, data, composer().understand, packs(), composer(), settings=settings, names=_LANGUAGES)


async def ask(asked: Asked, chain: Sequence[LanguageModel], history: list[Message], counting: Counting) -> Heard:
    """One question to the first of the chain that answers; `history` grows by question and answer."""
    grounding = ground(sample_index(), asked.text, language=asked.language, history=history)
    character = next(one for one in load_sample_shop().characters if one.id == "robin")
    request = AnswerRequest(asked.text, asked.language, character, tuple(history), grounding)
    began, before = time.monotonic(), len(counting.calls)
    text, shown, provider, first = "", list[str](), "", None
    for model in chain:
        try:
            async with aclosing(model.answer(request)) as events:
                async for event in events:
                    if isinstance(event, TextDelta):
                        first = time.monotonic() - began if first is None else first
                        text += event.text
                    elif isinstance(event, ProductShown):
                        shown.append(event.sku)
                    elif isinstance(event, AnswerDone):
                        provider = event.provider
            break
        except ProviderError as error:
            sys.stdout.write(f"      ({error}: {counting.written})\n")
    heard = Heard(text, tuple(shown), provider, len(counting.calls) - before, first, time.monotonic() - began)
    history.append(_message(Role.CUSTOMER, asked.text, asked.language, (), len(history)))
    history.append(_message(Role.CHARACTER, text, asked.language, heard.shown, len(history)))
    return heard


def _message(role: Role, text: str, language: str, products: tuple[str, ...], place: int) -> Message:
    return Message(UUID(int=place + 1), _VISIT, role, text, text, language, SystemClock().utc(), products)


async def measure(chat: ChatModel, settings: AssistantSettings, questions: Sequence[Asked] = QUESTIONS) -> bool:
    """Ask everything, print everything; whether enough was right."""
    counting = Counting(chat)
    assistant = assistant_over(counting, settings)
    right, heard_right, strange, firsts, history = 0, 0, 0, list[float](), list[Message]()
    for asked in questions:
        history = history if asked.follows else []
        before = len(counting.calls)
        heard = await ask(asked, [assistant, composer()], history, counting)
        wrong, odd = faults(asked, heard), strange_prices(heard)
        by_model = heard.provider == chat.name
        heard_right += not wrong
        right += by_model and not wrong
        strange += len(odd)
        if by_model and heard.first_s is not None:
            firsts.append(heard.first_s)
        mark = "right" if by_model and not wrong else "WRONG"
        sys.stdout.write(
            f"{mark} [{heard.provider} {heard.first_s or 0:.1f}/{heard.whole_s:.1f} s] {asked.text}\n      {heard.text}\n"
            f"      {counting.calls[before:]} shows {', '.join(heard.shown)} {wrong or ''} {odd or ''}\n"
        )
        sys.stdout.flush()
    median = statistics.median(firsts) if firsts else float("nan")
    sys.stdout.write(
        f"right by the model: {right}/{len(questions)}; with the composer behind it: {heard_right}/{len(questions)}; "
        f"tool calls: {len(counting.calls)}; strange prices: {strange}; first sentence: median {median:.1f} s, "
        f"longest {max(firsts, default=float('nan')):.1f} s\n"
    )
    return right >= _NEEDED and strange == 0


async def _main(options: argparse.Namespace) -> bool:
    if options.server:
        chat: ChatModel = GuidedChat(connect(options.server), speak, (SHOW_PRODUCT,))
    else:
        local = LocalModelChat(LocalModelSettings(options.model, context=4096), connect, speak, (SHOW_PRODUCT,))
        await local.loaded()
        chat = local
    try:
        return await measure(chat, LOCAL)
    finally:
        await chat.aclose()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--model", type=Path, help="a .gguf file")
    which.add_argument("--server", help="the address of a llama.cpp server, with /v1")
    raise SystemExit(0 if asyncio.run(_main(parser.parse_args())) else 1)

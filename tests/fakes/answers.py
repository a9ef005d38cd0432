"""A retriever and an answerer that say what the test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence

from holo_app.domain.conversation import Message, Usage
from holo_app.domain.money import Money
from holo_app.domain.product import Product
from holo_app.errors import FailureCategory, ProviderError, StorageError
from holo_app.ports.llm import (
    NOT_UNDERSTOOD,
    AnswerDone,
    AnswerEvent,
    AnswerRequest,
    FactUsed,
    ProductShown,
    TextDelta,
)
from holo_app.ports.retriever import Grounding, ScoredProduct

BLUE_JACKET = Product("JKT-BLU", "Blue jacket", "A rain jacket.", Money(8900, "GBP"), 4)


class FakeRetriever:
    """Always finds the blue jacket, after `delay_s`. Set `broken` to make it raise StorageError."""

    def __init__(self, *, delay_s: float = 0.01) -> None:
        self.delay_s = delay_s
        self.broken = False
        self.asked: list[str] = []

    async def retrieve(self, text: str, *, language: str, history: Sequence[Message] = ()) -> Grounding:
        self.asked.append(text)
        await asyncio.sleep(self.delay_s)
        if self.broken:
            raise StorageError("the disk is gone")
        return Grounding(products=(ScoredProduct(BLUE_JACKET, 0.9),))


class FakeAnswerer:
    """Streams `reply` word by word. Set `failure` to fail before the first word, or after `fail_after` words."""

    def __init__(
        self, reply: str = "It costs 89 pounds. We have four of them in stock.", *, name: str = "fake"
    ) -> None:
        self.reply = reply
        self.name = name
        self.first_s = 0.02
        self.word_s = 0.005
        self.failure: FailureCategory | None = None
        self.fail_after = 0
        self.ends_conversation = False
        self.not_understood = False
        self.requests: list[AnswerRequest] = []

    async def answer(self, request: AnswerRequest) -> AsyncGenerator[AnswerEvent]:
        self.requests.append(request)
        await asyncio.sleep(self.first_s)
        if self.not_understood:
            yield NOT_UNDERSTOOD
        for i, word in enumerate(self.reply.split(" ")):
            if self.failure is not None and i >= self.fail_after:
                raise ProviderError(self.name, self.failure)
            await asyncio.sleep(self.word_s)
            yield TextDelta(word if i == 0 else f" {word}")
            if i == 0 and request.grounding.products:
                yield ProductShown(BLUE_JACKET.sku)
                yield ProductShown("NOT-IN-SHOP")
                yield FactUsed(BLUE_JACKET.sku, "price", "89.00 GBP")
        yield AnswerDone(self.name, Usage(10, 20), ends_conversation=self.ends_conversation)

    async def aclose(self) -> None:
        """Nothing to free."""

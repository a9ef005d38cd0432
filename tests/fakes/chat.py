"""A language model that says what the test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence

from holo_app.bootstrap.clock import SystemClock
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.chat import ChatDone, ChatEnd, ChatEvent, ChatRequest, ChatUse, ToolCall
from holo_app.ports.clock import Clock
from holo_app.ports.llm import TextDelta
from holo_app.ports.meter import Meter
from holo_app.providers.chat_metering import Counted
from tests.fakes.meter import FakeMeter

Script = Sequence[str | ToolCall]
"""One answer: pieces of text, and calls."""

Reply = Script | Callable[[ChatRequest], Script]
"""An answer, or what makes one for a question."""


class FakeChat:
    """Gives one reply for each request, in order; the last one again and again. Delays are the loop's, virtual or not.

    Set `failure` to fail before the first event, or after `fail_after` events; `stall_after` to be silent for ever after so
    many (0: at once). `requests` holds what was asked; `cancelled` counts those given up early or failed.
    """

    def __init__(
        self, *replies: Reply, name: str = "fake-chat", meter: Meter | None = None, clock: Clock | None = None
    ) -> None:
        self._replies: list[Reply] = list(replies) or [["It costs ", "89 pounds."]]
        self._name = name
        self.meter = meter or FakeMeter()
        self._clock = clock or SystemClock()
        self.first_s = 0.02
        self.between_s = 0.005
        self.failure: FailureCategory | None = None
        self.fail_after = 0
        self.stall_after: int | None = None
        self.retry_after_s: float | None = None
        self.end = ChatEnd.STOP
        self.use = ChatUse(input_tokens=100, output_tokens=20)
        self.known_models = ["fake-large", "fake-small"]
        self.requests: list[ChatRequest] = []
        self.cancelled = 0
        self.closed = False

    @property
    def name(self) -> str:
        return self._name

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        with Counted(self.meter, self._clock, self._name, "fake-small", request) as counted:
            self._check_open()
            reply = self._replies[min(len(self.requests), len(self._replies) - 1)]
            script = reply(request) if callable(reply) else reply
            self.requests.append(request)
            counted.begun = True
            finished = False
            try:
                for place, piece in enumerate(script):
                    await self._wait(place)
                    if isinstance(piece, str):
                        counted.said(piece)
                        yield TextDelta(piece)
                    else:
                        yield piece
                await self._wait(len(script))
                counted.ended = finished = True
                calling = any(isinstance(piece, ToolCall) for piece in script)
                yield ChatDone(
                    ChatEnd.CALLS if calling else self.end, counted.settled(self.use, "fake-small"), "fake-small"
                )
            finally:
                self.cancelled += not finished

    async def models(self) -> list[str]:
        self._check_open()
        if self.failure is not None:
            raise ProviderError(self._name, self.failure, retry_after_s=self.retry_after_s)
        return self.known_models

    async def aclose(self) -> None:
        self.closed = True

    def _check_open(self) -> None:
        if self.closed:
            raise ProviderError(self._name, FailureCategory.UNAVAILABLE, "it was closed")

    async def _wait(self, place: int) -> None:
        """Until the event at this place is due; or what the test wants in place of it."""
        if self.stall_after is not None and place >= self.stall_after:
            await asyncio.Event().wait()
        await asyncio.sleep(self.first_s if place == 0 else self.between_s)
        if self.failure is not None and place >= self.fail_after:
            raise ProviderError(self._name, self.failure, retry_after_s=self.retry_after_s)

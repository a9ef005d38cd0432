"""The account of one request to a language model, also where it fails or is cut short."""

from __future__ import annotations

import json
from types import TracebackType
from typing import Self

from holo_app.domain.usage import ProviderRole, Unit, Use
from holo_app.ports.chat import ChatMessage, ChatRequest, ChatUse, CustomerSays, ModelSays, ToolsSay
from holo_app.ports.clock import Clock
from holo_app.ports.meter import CURRENT_TURN, Meter

_CHARACTERS_A_TOKEN = 4
"""In English prose; others have fewer, so that an estimate is rather low for them."""


class Counted:
    """Tells the meter once, at the end of the block. What the maker said goes before what was counted here.

    Set `begun` when the maker has taken the request: a refused one costs nothing, a given-up one does. Set `ended` when it has
    said that the answer is whole.
    """

    def __init__(self, meter: Meter, clock: Clock, provider: str, model: str, request: ChatRequest) -> None:
        self._meter = meter
        self._clock = clock
        self._provider = provider
        self._model = model
        self._request = request
        self._said = 0
        self._use: ChatUse | None = None
        self._told: ChatUse | None = None
        self.begun = False
        self.ended = False

    def said(self, text: str) -> None:
        """A piece of the answer, or of what the model thought: that costs the same."""
        self._said += len(text)

    def told(self, use: ChatUse) -> None:
        """What the maker says was used so far. It counts, where the answer breaks off."""
        self._told = use

    def settled(self, use: ChatUse | None, model: str) -> ChatUse:
        """What the maker says was used, or an estimate where it says nothing."""
        self.begun = True
        self._use, self._model = use or self._estimate(), model
        return self._use

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        use = self._use or self._estimate()
        units = {
            Unit.INPUT_TOKENS: float(use.input_tokens),
            Unit.CACHED_TOKENS: float(use.cached_tokens),
            Unit.OUTPUT_TOKENS: float(use.output_tokens),
        }
        self._meter.used(
            Use(
                ProviderRole.LLM,
                self._provider,
                self._model,
                self._clock.utc(),
                {unit: count for unit, count in units.items() if count},
                use.cost,
                use.measured,
                CURRENT_TURN.get(),
            )
        )

    def _estimate(self) -> ChatUse:
        if not self.begun and not self._said:
            return ChatUse(measured=False)
        asked = len(self._request.system) + sum(map(_length, self._request.messages))
        asked += sum(len(tool.description) + len(json.dumps(dict(tool.parameters))) for tool in self._request.tools)
        told = self._told or ChatUse()
        return ChatUse(
            told.input_tokens or _tokens(asked),
            max(told.output_tokens, _tokens(self._said)),
            told.cached_tokens,
            told.cost,
            measured=False,
        )


def _length(message: ChatMessage) -> int:
    match message:
        case CustomerSays(text):
            return len(text)
        case ModelSays(text, calls):
            return len(text) + sum(len(json.dumps(dict(call.arguments))) for call in calls)
        case ToolsSay(results):
            return sum(len(result.text) for result in results)


def _tokens(characters: int) -> int:
    return -(-characters // _CHARACTERS_A_TOKEN)

"""Tool calls, put together from their pieces."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.chat import ToolCall
from holo_app.providers.http.json_values import inside, text_in


@dataclass(slots=True)
class _Growing:
    id: str
    name: str = ""
    arguments: str = ""


class Calls:
    """The calls of one answer. OpenAI numbers them; some that copy it send no number, or the same one for two calls."""

    def __init__(self, provider: str) -> None:
        self._provider = provider
        self._calls: list[_Growing] = []
        self._by_place: dict[int, _Growing] = {}

    def push(self, pieces: Sequence[object]) -> None:
        """Enter the pieces of one chunk."""
        for piece in pieces:
            call = self._one(inside(piece, "index"), text_in(piece, "id"))
            call.name = call.name or text_in(piece, "function", "name")
            arguments = inside(piece, "function", "arguments")
            # Ollama's own form has them as an object
            call.arguments += arguments if isinstance(arguments, str) else json.dumps(arguments or {})

    def whole(self) -> list[ToolCall]:
        """All of them, in the order in which they began. Raises: ProviderError(BAD_RESPONSE): arguments are no object."""
        return [
            ToolCall(call.id or f"call_{place}", call.name, self._arguments(call))
            for place, call in enumerate(self._calls)
            if call.name
        ]

    def _one(self, place: object, call_id: str) -> _Growing:
        known = self._by_place.get(place) if isinstance(place, int) else None
        if known is None and not call_id and place is None and self._calls:
            known = self._calls[-1]
        if known is None or (call_id and known.id and call_id != known.id):
            known = _Growing(call_id)
            self._calls.append(known)
            if isinstance(place, int):
                self._by_place[place] = known
        return known

    def _arguments(self, call: _Growing) -> dict[str, object]:
        try:
            arguments = json.loads(call.arguments or "{}")
        except ValueError:
            arguments = None
        if not isinstance(arguments, dict):
            raise ProviderError(
                self._provider, FailureCategory.BAD_RESPONSE, f"the arguments of {call.name} are no JSON object"
            )
        return arguments

"""Tool calls, put together from their pieces."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.chat import ToolCall
from holo_app.providers.http.json_values import inside, text_in
from holo_app.providers.tool_arguments import tool_arguments


@dataclass(slots=True)
class _Growing:
    id: str
    name: str = ""
    arguments: str = ""

    @property
    def complete(self) -> bool:
        try:
            return isinstance(json.loads(self.arguments), dict)
        except (ValueError, RecursionError):
            return False


class Calls:
    """The calls of one answer.

    OpenAI numbers them and names each once. Of those that copy it, some send no number, some the same number for two calls,
    some no id, some (older vLLM) another id with each piece; so that what begins a call is its name.
    """

    def __init__(self, provider: str) -> None:
        self._provider = provider
        self._calls: list[_Growing] = []
        self._by_place: dict[int, _Growing] = {}

    def push(self, pieces: Sequence[object]) -> None:
        """Enter the pieces of one chunk."""
        for piece in pieces:
            call_id, name = text_in(piece, "id"), text_in(piece, "function", "name")
            place = inside(piece, "index")
            call = self._one(place if type(place) is int else None, call_id, name)
            call.id, call.name = call.id or call_id, call.name or name
            arguments = inside(piece, "function", "arguments")
            if arguments is not None:
                # Ollama's own form has them as an object
                call.arguments += arguments if isinstance(arguments, str) else json.dumps(arguments)

    def whole(self) -> list[ToolCall]:
        """All of them, in the order in which they began, each with an id of its own.

        Raises: ProviderError(BAD_RESPONSE): arguments are no object, or belong to no function.
        """
        made: list[ToolCall] = []
        for place, call in enumerate(self._calls):
            if not call.name and call.arguments:
                raise ProviderError(self._provider, FailureCategory.BAD_RESPONSE, "a call names no function")
            if call.name:
                taken = not call.id or any(other.id == call.id for other in made)
                call_id = f"{call.id or 'call'}_{place}" if taken else call.id
                made.append(ToolCall(call_id, call.name, tool_arguments(self._provider, call.name, call.arguments)))
        return made

    def _one(self, place: int | None, call_id: str, name: str) -> _Growing:
        """The call that a piece belongs to."""
        if place is not None:
            known = self._by_place.get(place)
        elif call_id and (same := next((call for call in self._calls if call.id == call_id), None)):
            known = same
        else:
            known = self._calls[-1] if self._calls else None
        if known is None or self._begins(known, call_id, name, numbered=place is not None):
            known = _Growing(call_id)
            self._calls.append(known)
            if place is not None:
                self._by_place[place] = known
        return known

    @staticmethod
    def _begins(known: _Growing, call_id: str, name: str, *, numbered: bool) -> bool:
        """Whether a piece with a name is another call than the one before it."""
        if not name or not known.name:
            return False
        if call_id and known.id:
            return call_id != known.id
        return name != known.name or known.complete or not numbered

"""What a model of Anthropic thought before it called a function: it wants that back, signed as it was, with the results."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from holo_app.providers.http.json_values import text_in

_OURS = "anthropic:"


class Thoughts:
    """The thoughts of one answer as they grow, by the index of their blocks. They are never said."""

    def __init__(self) -> None:
        self._blocks: dict[int, dict[str, str]] = {}

    def begin(self, place: int, block: object) -> None:
        """A block has begun, of whatever kind."""
        match text_in(block, "type"):
            case "thinking":
                fields = {"thinking": text_in(block, "thinking"), "signature": text_in(block, "signature")}
                self._blocks[place] = {"type": "thinking", **fields}
            case "redacted_thinking":
                self._blocks[place] = {"type": "redacted_thinking", "data": text_in(block, "data")}

    def grow(self, place: int, delta: object) -> str:
        """A block has grown: by this much thought."""
        block, thought = self._blocks.get(place), text_in(delta, "thinking")
        if block is not None and block["type"] == "thinking":
            block["thinking"] += thought
            block["signature"] += text_in(delta, "signature")
        return thought

    def seal(self) -> str:
        """For the first call of the answer; "" where nothing was thought, or nothing was signed."""
        whole = [block for _, block in sorted(self._blocks.items()) if block.get("signature") or block.get("data")]
        return f"{_OURS}{json.dumps(whole)}" if whole else ""


def sealed(seal: str) -> list[Mapping[str, Any]]:
    """The blocks that a seal holds; none where it is another maker's."""
    if not seal.startswith(_OURS):
        return []
    blocks: list[Mapping[str, Any]] = json.loads(seal.removeprefix(_OURS))
    return blocks

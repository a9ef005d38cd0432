"""End of turn as the script has it."""

from __future__ import annotations

import asyncio

from holo_app.domain.audio import AudioChunk
from holo_app.errors import FailureCategory, ProviderError
from tests.fakes.script import SpokenScript


class FakeEndOfTurn:
    """0.95 after a complete line of the script, 0.05 otherwise. Set `failure` to make every call fail."""

    def __init__(self, script: SpokenScript, *, delay_s: float = 0.06) -> None:
        self._script = script
        self.delay_s = delay_s
        self.failure: FailureCategory | None = None
        self.calls = 0

    async def probability(self, utterance: AudioChunk) -> float:
        self.calls += 1
        await asyncio.sleep(self.delay_s)
        if self.failure is not None:
            raise ProviderError("fake-end-of-turn", self.failure)
        said = self._script.heard(utterance)
        return 0.95 if said and said[-1].finished else 0.05

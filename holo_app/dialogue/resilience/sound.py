"""The sound of one utterance, kept while it comes, so that whoever is asked next hears it from its start."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from holo_app.dialogue.running import ended
from holo_app.domain.audio import AudioChunk
from holo_app.ports.clock import Clock


class SharedSound:
    """Reads `audio` in a task of its own until it ends or `aclose` is called. changed: set when it has ended."""

    def __init__(self, audio: AsyncIterator[AudioChunk], clock: Clock, changed: asyncio.Event) -> None:
        self._clock = clock
        self._changed = changed
        self._chunks: list[AudioChunk] = []
        self._error: Exception | None = None
        self._more = asyncio.Event()
        self._reading = asyncio.ensure_future(self._read(audio))
        self.ended_at: float | None = None
        """When its last chunk came; None while it goes on."""

    async def stream(self) -> AsyncGenerator[AudioChunk]:
        """All of it from the start, for one reader of many. Raises: what its source raised."""
        place = 0
        while True:
            more = self._more
            while place < len(self._chunks):
                place += 1
                yield self._chunks[place - 1]
            if self._error is not None:
                raise self._error
            if self.ended_at is not None:
                return
            await more.wait()

    async def aclose(self) -> None:
        """Read no more."""
        await ended(self._reading, "sound")

    async def _read(self, audio: AsyncIterator[AudioChunk]) -> None:
        try:
            async for chunk in audio:
                self._chunks.append(chunk)
                self._tell()
        except Exception as problem:  # a task ends here; whoever reads the sound gets it
            self._error = problem
        self.ended_at = self._clock.monotonic()
        self._tell()
        self._changed.set()

    def _tell(self) -> None:
        self._more.set()
        self._more = asyncio.Event()

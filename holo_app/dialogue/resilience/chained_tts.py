"""Voices in a row: one that dies in mid-sentence is taken over by another at the next word."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from uuid import UUID

from holo_app.dialogue.resilience.handover import Handover, MakeResampler, TakeoverTimes, speaks
from holo_app.dialogue.resilience.link import Link
from holo_app.ports.meter import CURRENT_TURN
from holo_app.ports.tts import SpeechChunk, TextToSpeech, TtsCapabilities

LEAD_S = 0.3
"""How long the kiosk's own voice takes to its first sound, with some to spare."""
SPARE_AFTER_S = 0.4
"""Without a sound by then, the kiosk's own voice begins too; whoever of both is there when it is needed speaks."""


class ChainedTts:
    """A TextToSpeech. links: tried in order; each has deadlines of its own. The last is the kiosk's own voice, which is free.

    A voice that has not spoken yet is replaced by the next one. A sentence that has begun is finished by the last voice that
    speaks its language, which is there at once: what was let through ends with a whole word, and the rest of the text follows,
    at the same rate. A voice that failed is not asked again in the same turn, so that a character does not change to and fro.
    """

    def __init__(
        self,
        links: Sequence[Link[TextToSpeech]],
        resampler: MakeResampler,
        *,
        lead_s: float = LEAD_S,
        spare_after_s: float = SPARE_AFTER_S,
    ) -> None:
        self._links = tuple(links)
        self._resampler = resampler
        self._lead_s = lead_s
        self._spare_after_s = spare_after_s
        self._failed: tuple[UUID | None, set[TextToSpeech]] = (None, set())

    @property
    def capabilities(self) -> TtsCapabilities:
        """Of those that would be asked now. name: of the first one in line."""
        able = [link.engine.capabilities for link in self._links[:-1] if link.available()]
        able.append(self._links[-1].engine.capabilities)
        languages = frozenset[str]().union(*(one.languages for one in able))
        voices = dict.fromkeys(voice for one in able for voice in one.voices)
        return TtsCapabilities(able[0].name, languages, tuple(voices))

    async def synthesize(self, text: str, *, voice: str, language: str) -> AsyncGenerator[SpeechChunk]:
        def begin(engine: TextToSpeech, rest: str) -> AsyncGenerator[SpeechChunk]:
            return engine.synthesize(rest, voice=voice, language=language)

        times = TakeoverTimes(self._lead_s, self._spare_after_s)
        handover = Handover(self._line(language), text, language, begin, self._resampler, times=times)
        try:
            async with aclosing(handover.chunks()) as chunks:
                async for chunk in chunks:
                    yield chunk
        finally:
            self._failed_now().update(handover.failed)
            await handover.aclose()

    async def aclose(self) -> None:
        for link in self._links:
            await link.engine.aclose()

    def _line(self, language: str) -> list[TextToSpeech]:
        """Those that speak the language, first those that did not fail in this turn; whoever is last is asked anyway."""
        last, failed = self._links[-1].engine, self._failed_now()
        asked = [link.engine for link in self._links[:-1] if link.available() and speaks(link.engine, language)]
        fresh = [engine for engine in asked if engine not in failed]
        # without the kiosk's own voice one that failed a moment ago is still better than none
        again = [] if speaks(last, language) else [engine for engine in asked if engine in failed]
        return [*fresh, *again, last]

    def _failed_now(self) -> set[TextToSpeech]:
        turn = CURRENT_TURN.get()
        if turn is None or turn != self._failed[0]:
            self._failed = (turn, set())
        return self._failed[1]

"""Recognisers in a row: one that fails in mid-utterance is replaced by the next, which hears it from its start."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace

import structlog

from holo_app.dialogue.resilience.link import Link
from holo_app.dialogue.resilience.sound import SharedSound
from holo_app.dialogue.running import Running, changed_by
from holo_app.domain.audio import AudioChunk
from holo_app.domain.speech import Transcript
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.clock import Clock
from holo_app.ports.stt import SpeechToText, SttCapabilities

log = structlog.get_logger(__name__)

SPARE_AFTER_S = 0.3
"""So long after the end of the sound the kiosk's own engine begins to listen too: its words are there when they are needed."""


class ChainedStt:
    """A SpeechToText. links: tried in order; each has deadlines of its own. The last is the kiosk's own engine, which is free.

    Engines that stream and others may be mixed. What it can do is what those can that would be asked now.
    """

    def __init__(
        self, links: Sequence[Link[SpeechToText]], clock: Clock, *, spare_after_s: float = SPARE_AFTER_S
    ) -> None:
        self._links = tuple(links)
        self._clock = clock
        self._spare_after_s = spare_after_s
        self._heard_by: str | None = None
        self._lines: list[_Line] = []

    @property
    def capabilities(self) -> SttCapabilities:
        """Of those that would be asked now.

        name: of the engine that gave the latest words. streaming: as the first one in line does. turns: as that does, or as
        the one that hears just now.
        """
        able = [link.engine.capabilities for link in self._able()]
        languages = frozenset[str]().union(*(one.languages for one in able))
        turns = self._lines[-1].tells_turns if self._lines else able[0].turns
        return SttCapabilities(self._heard_by or able[0].name, languages, able[0].streaming, turns)

    async def transcribe(self, audio: AsyncIterator[AudioChunk], *, language: str) -> AsyncGenerator[Transcript]:
        changed = asyncio.Event()
        async with (
            aclosing(SharedSound(audio, self._clock, changed)) as sound,
            aclosing(_Line(self._speaking(language), sound, language, changed, self._spare_after_s)) as line,
        ):
            self._lines.append(line)
            try:
                while not (transcript := await line.next()).final:
                    yield transcript
                self._heard_by = line.engine_name
                yield transcript
            finally:
                self._lines.remove(line)

    async def aclose(self) -> None:
        for link in self._links:
            await link.engine.aclose()

    def _able(self) -> list[Link[SpeechToText]]:
        return [link for link in self._links[:-1] if link.available()] + [self._links[-1]]

    def _speaking(self, language: str) -> list[SpeechToText]:
        able = [link.engine for link in self._able()]
        return [engine for engine in able if language in engine.capabilities.languages] or able[-1:]


class _Line:
    """The engines that are still in line for one utterance."""

    def __init__(
        self,
        engines: list[SpeechToText],
        sound: SharedSound,
        language: str,
        changed: asyncio.Event,
        spare_after_s: float,
    ) -> None:
        self._waiting = engines
        self._sound = sound
        self._language = language
        self._changed = changed
        self._spare_after_s = spare_after_s
        self._asked_ones: list[Running[Transcript]] = []
        self._spare: tuple[SpeechToText, Running[Transcript]] | None = None
        self._so_far = Transcript("", language, final=False)
        self._news = False
        self._current = self._asked(self._waiting.pop(0))

    @property
    def tells_turns(self) -> bool:
        return self._current[0].capabilities.turns

    @property
    def engine_name(self) -> str:
        return self._current[0].capabilities.name

    async def next(self) -> Transcript:
        """The next words of whoever hears them; those so far again where another one takes over, which whoever waits must know.

        Raises: ProviderError: nobody hears them.
        """
        while True:
            if self._news:
                self._news = False
                return self._so_far
            engine, running = self._current
            await changed_by(self._changed, lambda: running.ready or self._spare_is_due(), self._spare_due)  # noqa: B023
            if not running.ready:
                self._spare = self._asked(self._waiting[-1])
                continue
            try:
                if not running.ended:
                    transcript = running.take()
                    self._so_far = replace(transcript, final=False, turn_over=None)
                    return transcript
            except ProviderError as error:
                self._replace(error)
            else:
                name = engine.capabilities.name
                self._replace(ProviderError(name, FailureCategory.BAD_RESPONSE, "no final words"))

    async def aclose(self) -> None:
        """End all who still listen, at the same time."""
        for running in self._asked_ones:
            running.cancel()
        await asyncio.gather(*(running.aclose() for running in self._asked_ones))

    def _spare_due(self) -> float | None:
        if self._spare is not None or not self._waiting or self._sound.ended_at is None:
            return None
        return self._sound.ended_at + self._spare_after_s

    def _spare_is_due(self) -> bool:
        due = self._spare_due()
        return due is not None and asyncio.get_running_loop().time() >= due

    def _replace(self, error: ProviderError) -> None:
        log.warning("recogniser_failed", provider=error.provider, category=error.category.value)
        self._current[1].cancel()
        if not self._waiting:
            raise error
        self._news = bool(self._so_far.text)
        following = self._waiting.pop(0)
        spare, self._spare = self._spare, None
        if spare is not None and (spare[1].holds_something or following is spare[0]):
            # somebody has waited long enough; who has the words already is asked first
            self._waiting.clear()
            self._current = spare
        else:
            self._spare = spare
            self._current = self._asked(following)

    def _asked(self, engine: SpeechToText) -> tuple[SpeechToText, Running[Transcript]]:
        words = engine.transcribe(self._sound.stream(), language=self._language)
        running = Running(words, engine.capabilities.name, changed=self._changed)
        self._asked_ones.append(running)
        return engine, running

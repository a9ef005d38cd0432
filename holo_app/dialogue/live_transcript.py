"""One utterance, streamed into a recogniser that understands while it is spoken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from uuid import UUID

from holo_app.domain.audio import AudioChunk
from holo_app.ports.meter import CURRENT_TURN
from holo_app.ports.stt import SpeechToText


class LiveTranscript:
    """Sound goes in with `push`; `settle` gives the words of all of it, and ends a segment: more sound begins the next one.

    on_partial: told the words so far, each time there are others. What fails is raised by `settle`, and close frees everything.
    turn: that they are wanted for.
    """

    def __init__(
        self, stt: SpeechToText, language: str, on_partial: Callable[[str], None], *, turn: UUID | None = None
    ) -> None:
        self._stt = stt
        self._language = language
        self._turn = turn
        self._on_partial = on_partial
        self._segments: list[_Segment] = []

    def push(self, audio: AudioChunk) -> None:
        """More of the utterance."""
        if not self._segments or self._segments[-1].ended:
            self._segments.append(_Segment(self._stt, self._language, self._told, self._turn))
        self._segments[-1].push(audio)

    @property
    def heard_in(self) -> str:
        """The language of the words, by the engine's own judgement; the expected one while there are none."""
        spoken = [segment.language for segment in self._segments if segment.text]
        return spoken[-1] if spoken else self._language

    async def settle(self) -> str:
        """All words up to now. Raises: ProviderError: a segment could not be understood."""
        segments = list(self._segments)
        for segment in segments:
            segment.end()
        return " ".join([text for segment in segments if (text := await segment.final())])

    async def aclose(self) -> None:
        """Forget it; whatever still runs ends."""
        for segment in self._segments:
            segment.cancel()
        await asyncio.gather(*(segment.task for segment in self._segments), return_exceptions=True)

    def _told(self) -> None:
        self._on_partial(" ".join(segment.text for segment in self._segments if segment.text))


class _Segment:
    """The sound between two pauses."""

    def __init__(self, stt: SpeechToText, language: str, told: Callable[[], None], turn: UUID | None) -> None:
        self.text = ""
        self.language = language
        self.ended = False
        self._told = told
        self._sound: asyncio.Queue[AudioChunk | None] = asyncio.Queue()
        self.task = asyncio.ensure_future(self._transcribe(stt, language, turn))

    def push(self, audio: AudioChunk) -> None:
        self._sound.put_nowait(audio)

    def end(self) -> None:
        if not self.ended:
            self.ended = True
            self._sound.put_nowait(None)

    async def final(self) -> str:
        # shielded: whoever asks may lose interest, and the words are still wanted after the next pause
        return await asyncio.shield(self.task)

    def cancel(self) -> None:
        self.task.cancel()

    async def _transcribe(self, stt: SpeechToText, language: str, turn: UUID | None) -> str:
        CURRENT_TURN.set(turn)  # of this task alone
        async with aclosing(stt.transcribe(self._stream(), language=language)) as transcripts:
            async for transcript in transcripts:
                self.language = transcript.language
                if transcript.text.strip() != self.text:
                    self.text = transcript.text.strip()
                    self._told()
        return self.text

    async def _stream(self) -> AsyncGenerator[AudioChunk]:
        while (audio := await self._sound.get()) is not None:
            yield audio

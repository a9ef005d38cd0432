"""One utterance, streamed into a recogniser that understands while it is spoken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from uuid import UUID

from holo_app.domain.audio import AudioChunk
from holo_app.domain.speech import Transcript
from holo_app.ports.meter import CURRENT_TURN
from holo_app.ports.stt import SpeechToText

_LISTENS_ON_S = 0.35
"""An engine that tells turns needs a moment of silence to do so. What it says after that covers all that was said before.

It says something each quarter of a second: one from which nothing comes has stalled, or was replaced by one that tells nothing.
"""


_NEXT_SEGMENT_S = 0.3
"""Sound behind a pause before an engine is bothered with it: most turns are over by then, and each segment is a call."""


class LiveTranscript:
    """Sound goes in with `push`; `settle` gives the words of all of it, and ends a segment: more sound begins the next one.

    An engine that tells when a turn is over hears on through the pauses instead: `settle` gives the words that it has when it
    tells, or after a moment in which it does not, and they may still change.

    on_words: told the words so far, each time there are others. on_turn: told each time when the engine changes its mind about
    the end of the turn. What fails is raised by `settle`, and close frees everything. turn: that the words are wanted for.
    """

    def __init__(
        self,
        stt: SpeechToText,
        language: str,
        on_words: Callable[[str], None],
        on_turn: Callable[[], None] = lambda: None,
        *,
        turn: UUID | None = None,
    ) -> None:
        self._stt = stt
        self._turn = turn
        self._language = language
        self._on_words = on_words
        self._on_turn = on_turn
        self._segments: list[_Segment] = []
        self._waiting: list[AudioChunk] = []

    @property
    def tells_turns(self) -> bool:
        """Whether the engine tells when a turn is over; one of several may fail, and the next one not tell."""
        return self._stt.capabilities.turns

    def push(self, audio: AudioChunk) -> None:
        """More of the utterance."""
        if self._segments and not self._segments[-1].ended:
            self._segments[-1].push(audio)
            return
        self._waiting.append(audio)
        if not self._segments or sum(waiting.seconds for waiting in self._waiting) >= _NEXT_SEGMENT_S:
            self._begin()

    @property
    def heard_in(self) -> str:
        """The language of the words, by the engine's own judgement; the expected one while there are none."""
        spoken = [segment.language for segment in self._segments if segment.text]
        return spoken[-1] if spoken else self._language

    @property
    def turn_over(self) -> float | None:
        """The engine's own probability that the turn is over; None while it does not say so."""
        return self._segments[-1].turn_over if self._segments else None

    async def settle(self) -> str:
        """All words up to now. Raises: ProviderError: a segment could not be understood."""
        if self._waiting:
            self._begin()
        segments = list(self._segments)
        for segment in segments[:-1]:
            segment.end()
        for segment in segments[-1:]:
            # asked twice: meanwhile it may have been replaced by one that tells no turns
            if not (self.tells_turns and not segment.ended and await segment.understood() and self.tells_turns):
                segment.end()
        texts = [await segment.final() if segment.ended else segment.text for segment in segments]
        return " ".join(text for text in texts if text)

    async def aclose(self) -> None:
        """Forget it; whatever still runs ends."""
        for segment in self._segments:
            segment.cancel()
        await asyncio.gather(*(segment.task for segment in self._segments), return_exceptions=True)

    def _begin(self) -> None:
        segment = _Segment(self._stt, self._language, self._told, self._on_turn, turn=self._turn)
        self._segments.append(segment)
        for audio in self._waiting:
            segment.push(audio)
        self._waiting.clear()

    def _told(self) -> None:
        self._on_words(" ".join(segment.text for segment in self._segments if segment.text))


class _Segment:
    """The sound between two pauses."""

    def __init__(
        self,
        stt: SpeechToText,
        language: str,
        on_words: Callable[[], None],
        on_turn: Callable[[], None],
        *,
        turn: UUID | None,
    ) -> None:
        self.text = ""
        self.language = language
        self.turn_over: float | None = None
        self.ended = False
        self._on_words = on_words
        self._on_turn = on_turn
        self._sound: asyncio.Queue[AudioChunk | None] = asyncio.Queue()
        self._said = 0
        self._news = asyncio.Event()
        self.task = asyncio.ensure_future(self._transcribe(stt, language, turn))
        self.task.add_done_callback(lambda _: self._news.set())

    def push(self, audio: AudioChunk) -> None:
        self._sound.put_nowait(audio)

    def end(self) -> None:
        if not self.ended:
            self.ended = True
            self._sound.put_nowait(None)

    async def understood(self) -> bool:
        """Wait until the engine tells that the turn is over, or has listened on for a moment; whether it knows the words.

        Without any it does not, nor where it has said nothing since: only its end will tell them then.
        """
        before = self._said
        with suppress(TimeoutError):
            async with asyncio.timeout(_LISTENS_ON_S):
                while self.turn_over is None and not self.task.done():
                    self._news.clear()
                    await self._news.wait()
        up_to_date = self.turn_over is not None or self._said > before
        return bool(self.text) and up_to_date and not self.task.done()

    async def final(self) -> str:
        # shielded: whoever asks may lose interest, and the words are still wanted after the next pause
        return await asyncio.shield(self.task)

    def cancel(self) -> None:
        self.task.cancel()

    async def _transcribe(self, stt: SpeechToText, language: str, turn: UUID | None) -> str:
        CURRENT_TURN.set(turn)  # of this task alone
        async with aclosing(stt.transcribe(self._stream(), language=language)) as transcripts:
            async for transcript in transcripts:
                self._hear(transcript)
        return self.text

    def _hear(self, transcript: Transcript) -> None:
        text, before = transcript.text.strip(), self.turn_over
        self._said += 1
        self._news.set()
        self.language, self.turn_over = transcript.language, transcript.turn_over
        if text != self.text:
            self.text = text
            self._on_words()
        if self.turn_over != before:
            self._on_turn()

    async def _stream(self) -> AsyncGenerator[AudioChunk]:
        while (audio := await self._sound.get()) is not None:
            yield audio

"""Runs recognition for the engine: one transcription at a time, the newest snapshot first, errors as trouble."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing
from functools import partial
from typing import Any
from uuid import UUID

import structlog

from holo_app.dialogue.deadlines import StageDeadlines
from holo_app.dialogue.events import EndScored, Event, PartialHeard, Transcribed
from holo_app.dialogue.live_transcript import LiveTranscript
from holo_app.dialogue.punctual import settled
from holo_app.dialogue.told_turns import Answered, weighed
from holo_app.dialogue.troubles import TroubleBoard
from holo_app.dialogue.voice_sounds import hisses, sounds_like_laughter
from holo_app.domain.audio import AudioChunk
from holo_app.domain.kiosk import Trouble
from holo_app.errors import ProviderError
from holo_app.ports.clock import Clock
from holo_app.ports.end_of_turn import EndOfTurnModel
from holo_app.ports.meter import CURRENT_TURN
from holo_app.ports.stt import SpeechToText

log = structlog.get_logger(__name__)

_LONGEST_HUM_S = 2.0
"""With the sound before and after it."""


class Recognition:
    """Owns the recognition tasks. emit: takes each result as an engine event.

    An engine that streams is given the sound while it comes, from `open` to `close`; another one all there is when it is asked.
    One transcription at a time, for an engine on the device cannot be stopped once it computes; of what is asked meanwhile the
    newest follows, a final one before a partial one. So words come even where a voice stops and goes on all the time.
    draft_stt: who understands partial ones, where it knows the language; None: the same.

    An engine that tells when turns are over speaks up by itself: other words for the same silence are a new Transcribed,
    another opinion about its end is an EndScored.
    """

    def __init__(
        self,
        stt: SpeechToText,
        end_of_turn: EndOfTurnModel | None,
        clock: Clock,
        troubles: TroubleBoard,
        emit: Callable[[Event], None],
        *,
        deadlines: StageDeadlines | None = None,
        draft_stt: SpeechToText | None = None,
    ) -> None:
        self._stt = stt
        self._draft_stt = draft_stt
        self._end_of_turn = end_of_turn
        self._clock = clock
        self._troubles = troubles
        self._emit = emit
        self._deadlines = deadlines or StageDeadlines()
        self._words: asyncio.Task[None] | None = None
        self._next_words: Callable[[], Coroutine[Any, Any, None]] | None = None
        self._scoring: asyncio.Task[None] | None = None
        self._live: LiveTranscript | None = None
        self._answered: Answered | None = None
        self._sounds: float | None = None
        """What the end-of-turn model makes of the silence that is asked about."""
        self._closing: set[asyncio.Task[None]] = set()
        self.language = "en"
        """The language that is listened for."""
        self.heard_in = "en"
        """The language that the last final transcription was in, by the engine's own judgement."""
        self.turn: UUID | None = None
        """The turn that words are wanted for now."""
        self.work_ms = 0.0
        """How long the last final transcription took."""

    def open(self, utterance: int, audio: AudioChunk) -> None:
        """An utterance begins with this sound."""
        if self._stt.capabilities.streaming:
            self._live = LiveTranscript(
                self._stt,
                self.language,
                partial(self._words_came, utterance),
                partial(self._turn_told, utterance),
                turn=self.turn,
            )
            self._live.push(audio)

    def feed(self, audio: AudioChunk) -> None:
        """The next sound, whether there is an utterance or not."""
        if self._live is not None:
            self._live.push(audio)

    def close(self) -> None:
        """The utterance is over."""
        live, self._live, self._answered = self._live, None, None
        if live is not None:
            task = asyncio.ensure_future(live.aclose())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def transcribe(self, utterance: int, snapshot: int, audio: AudioChunk) -> None:
        """Answer with Transcribed."""
        self._answered, self._sounds = None, None
        if self._live is not None and self._live.tells_turns:
            # it takes a moment to tell, in which the other opinion is had
            self._begin_scoring(self._listen_for_end(audio))
        self._ask(partial(self._transcribe, utterance, snapshot, audio, self.turn), final=True)

    def transcribe_partial(self, utterance: int, audio: AudioChunk) -> None:
        """Answer with PartialHeard, unless something more urgent comes."""
        if self._live is None:
            self._ask(partial(self._transcribe_partial, utterance, audio, self.turn), final=False)

    def score(self, utterance: int, snapshot: int, audio: AudioChunk) -> None:
        """Answer with EndScored."""
        self._begin_scoring(self._score(utterance, snapshot, audio))

    async def aclose(self) -> None:
        """Cancel what runs and wait for it."""
        self.close()
        self._next_words = None
        running = [task for task in (self._words, self._scoring) if task is not None]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, *self._closing, return_exceptions=True)

    def _ask(self, work: Callable[[], Coroutine[Any, Any, None]], *, final: bool) -> None:
        if self._words is None:
            self._begin(work)
        elif final or self._next_words is None:
            self._next_words = work

    def _begin_scoring(self, work: Coroutine[Any, Any, None]) -> None:
        if self._scoring is not None:
            self._scoring.cancel()
        self._scoring = asyncio.ensure_future(work)

    def _begin(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._words = asyncio.ensure_future(work())
        self._words.add_done_callback(self._words_done)

    def _words_done(self, done: asyncio.Task[None]) -> None:
        self._words = None
        work, self._next_words = self._next_words, None
        if work is not None and not done.cancelled():
            self._begin(work)

    async def _transcribe(self, utterance: int, snapshot: int, audio: AudioChunk, turn: UUID | None) -> None:
        CURRENT_TURN.set(turn)  # of this task alone
        began, live = self._clock.monotonic(), self._live
        text, self.heard_in, failed = await self._text_of(audio, self._stt)
        self.work_ms = 1000 * (self._clock.monotonic() - began)
        hums = audio.seconds <= _LONGEST_HUM_S and not hisses(audio)
        if text and live is not None and live is self._live and live.tells_turns:
            self._answered = Answered(snapshot, text, hums)
        self._emit(Transcribed(self._clock.monotonic(), utterance, snapshot, text, failed, hums))

    async def _transcribe_partial(self, utterance: int, audio: AudioChunk, turn: UUID | None) -> None:
        CURRENT_TURN.set(turn)  # of this task alone
        text, _, _ = await self._text_of(audio, self._drafting())
        self._emit(PartialHeard(self._clock.monotonic(), utterance, text))

    def _drafting(self) -> SpeechToText:
        """Who says what was said so far: it is asked again and again with the same sound, which a provider would charge for."""
        draft = self._draft_stt
        return self._stt if draft is None or self.language not in draft.capabilities.languages else draft

    async def _text_of(self, audio: AudioChunk, stt: SpeechToText) -> tuple[str, str, bool]:
        """What was said, in which language, and whether nobody could try."""
        if sounds_like_laughter(audio):
            return "", self.language, False
        try:
            text, language = await self._words_of(audio, stt)
        except ProviderError as error:
            log.warning("recognition_failed", provider=error.provider, category=error.category.value)
            self._troubles.begin(Trouble.NO_SPEECH_MODEL, str(error))
            return "", self.language, True
        self._troubles.end(Trouble.NO_SPEECH_MODEL)
        return text, language, False

    async def _words_of(self, audio: AudioChunk, stt: SpeechToText) -> tuple[str, str]:
        if (live := self._live) is not None:
            return await settled(live.settle(), self._deadlines), live.heard_in
        text, language = "", self.language
        async with aclosing(stt.transcribe(_once(audio), language=language)) as transcripts:
            async for transcript in transcripts:
                text, language = transcript.text, transcript.language
        return text, language

    def _words_came(self, utterance: int, text: str) -> None:
        now, answered, live = self._clock.monotonic(), self._answered, self._live
        if answered is None or live is None:
            self._emit(PartialHeard(now, utterance, text))
        else:
            answered.text, self.heard_in = text, live.heard_in
            self._emit(Transcribed(now, utterance, answered.snapshot, text, hums=answered.hums))

    def _turn_told(self, utterance: int) -> None:
        answered, live = self._answered, self._live
        if answered is not None and live is not None:
            score = weighed(live.turn_over, self._sounds)
            self._emit(EndScored(self._clock.monotonic(), utterance, answered.snapshot, score))

    async def _score(self, utterance: int, snapshot: int, audio: AudioChunk) -> None:
        live = self._live
        if live is not None and live.turn_over is not None:
            # it has told already, and need not wait for a second opinion
            self._turn_told(utterance)
        await self._listen_for_end(audio)
        probability = self._sounds
        if live is not None and live.tells_turns:
            probability = weighed(live.turn_over, probability)
        self._emit(EndScored(self._clock.monotonic(), utterance, snapshot, probability))

    async def _listen_for_end(self, audio: AudioChunk) -> None:
        if self._end_of_turn is None:
            return
        try:
            self._sounds = await self._end_of_turn.probability(audio)
        except ProviderError as error:
            self._sounds = None
            log.warning("end_of_turn_failed", provider=error.provider, category=error.category.value)


async def _once(audio: AudioChunk) -> AsyncIterator[AudioChunk]:
    yield audio

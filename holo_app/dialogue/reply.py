"""One spoken reply: answer, synthesise ahead, wait for the commit, play, and know what was heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field

import structlog

from holo_app.dialogue.acting import Acting, ActingWords, Director, suggested
from holo_app.dialogue.answering import Answer, Answering, Question
from holo_app.dialogue.fillers import Filler, Fillers
from holo_app.dialogue.heard import HeardLedger, SpokenClause
from holo_app.dialogue.notices import (
    CharacterCaption,
    FaceScheduled,
    MouthScheduled,
    Notice,
    PicturesScheduled,
    ProductsShown,
    SpeechCut,
)
from holo_app.dialogue.silent_voice import SilentVoice
from holo_app.dialogue.stage_directions import Clause, directed
from holo_app.dialogue.troubles import TroubleBoard
from holo_app.domain.conversation import Stage
from holo_app.domain.kiosk import Trouble
from holo_app.domain.speech import VisemeCue
from holo_app.errors import ProviderError
from holo_app.ports.clock import Clock
from holo_app.ports.speaker import Speaker
from holo_app.ports.tts import SpeechChunk, TextToSpeech

log = structlog.get_logger(__name__)

_SYNTHESISED_AHEAD = 2
_SECONDS_PER_CHARACTER = 0.065


@dataclass(frozen=True, slots=True)
class Voice:
    """How replies are spoken.

    spoken_form(text, language) writes out numbers, prices and units for the ear. fillers: what to say when an answer is late;
    None: nothing. acting: what words show on the face, by language.
    """

    tts: TextToSpeech
    speaker: Speaker
    clock: Clock
    spoken_form: Callable[[str, str], str]
    publish: Callable[[Notice], None]
    troubles: TroubleBoard
    fillers: Fillers | None = None
    acting: Mapping[str, ActingWords] = field(default_factory=dict)


class _Piece:
    """A clause on its way to the speaker."""

    def __init__(self, text: str, acting: Acting) -> None:
        self.text = text
        self.acting = acting
        self.chunks: asyncio.Queue[SpeechChunk | None] = asyncio.Queue()
        self.cut = False
        """The voice failed in the middle: the last words were never made."""


class Reply:
    """Runs as one task. `commit` lets it be heard; cancelling the task ends it; `silence` stops what plays at once.

    on_audible(at): called once, with the moment at which the first sample leaves the speaker, were it a filler's.
    on_answer_audible(at): the same for the answer's own first sample.
    """

    def __init__(
        self,
        question: Question,
        answering: Answering | None,
        voice: Voice,
        on_audible: Callable[[float], None],
        on_answer_audible: Callable[[float], None] = lambda _: None,
    ) -> None:
        self.question = question
        self.answer = Answer()
        self._answering = answering
        self._voice = voice
        self._on_audible = on_audible
        self._on_answer_audible = on_answer_audible
        self._committed = asyncio.Event()
        self._pieces: asyncio.Queue[_Piece | None] = asyncio.Queue(_SYNTHESISED_AHEAD)
        self._ledger = HeardLedger()
        self._shown: list[str] = []
        self._filler = ""
        self._acting_words = voice.acting.get(question.language, ActingWords())
        self._director = Director(self._acting_words)
        self._answer_is_here = asyncio.Event()
        self._failure: ProviderError | None = None
        self._played = False
        self._answer_played = False
        self._pictured: int | None = None
        self._over = asyncio.Event()
        self._silenced_at: float | None = None

    def commit(self) -> None:
        """The turn is over: what is ready may be heard."""
        self._committed.set()

    async def until_committed(self) -> None:
        """Return when the turn is over."""
        await self._committed.wait()

    def silence(self) -> None:
        """Stop the sound now; nothing more of this reply will be queued, whatever its tasks still do."""
        self._over.set()
        if self._played and self._silenced_at is None:
            self._silenced_at = self._voice.speaker.stop()
            self._voice.publish(SpeechCut(self._silenced_at))

    @property
    def saying(self) -> str:
        """All that was or will be said, whatever of it is an answer."""
        return f"{self._filler} {self.answer.text}".strip()

    def heard(self) -> str:
        """The part of the answer that left the device up to now."""
        position_s = self._voice.speaker.position_s() if self._silenced_at is None else self._silenced_at
        return self._ledger.heard_until(position_s)

    async def run(self) -> None:
        """Answer and speak to the end. Raises: ProviderError when there was no answer at all."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._synthesise_all())
            group.create_task(self._play_all())
        if self._failure is not None:
            raise self._failure

    async def _synthesise_all(self) -> None:
        try:
            async with aclosing(self._clauses()) as clauses:
                async for clause in clauses:
                    piece = _Piece(clause.text, self._director.direct(clause))
                    await self._pieces.put(piece)
                    await self._synthesise(piece)
                    # What may still be thrown away is not worth more than its first clause.
                    await self.until_committed()
        except ProviderError as error:
            # not raised here: a filler is said to its end
            self._failure = error
        self._answer_is_here.set()
        await self._pieces.put(None)

    async def _clauses(self) -> AsyncGenerator[Clause]:
        if self._answering is None:
            clause = directed(self.question.text)
            self.answer.text = clause.text
            yield clause
            return
        async with aclosing(self._answering.clauses(self.question, self.answer)) as clauses:
            async for clause in clauses:
                yield clause

    async def _synthesise(self, piece: _Piece) -> None:
        began = self._voice.clock.monotonic()
        spoken = self._voice.spoken_form(piece.text, self.question.language)
        async with aclosing(self._speech(spoken, piece)) as chunks:
            async for chunk in chunks:
                self._answer_is_here.set()
                self.answer.timings_ms.setdefault(Stage.TTS_FIRST_AUDIO, 1000 * (self._voice.clock.monotonic() - began))
                piece.chunks.put_nowait(chunk)
        piece.chunks.put_nowait(None)

    async def _speech(self, text: str, piece: _Piece) -> AsyncGenerator[SpeechChunk]:
        """Speech of `text`; where the voice fails before its first sound, captions go on at reading pace."""
        character, language = self.question.character, self.question.language
        delivered = False
        try:
            async with aclosing(self._voice.tts.synthesize(text, voice=character.voice, language=language)) as chunks:
                async for chunk in chunks:
                    if not delivered:
                        delivered = True
                        self._voice.troubles.end(Trouble.NO_VOICE)
                    yield chunk
        except ProviderError as error:
            log.warning("voice_failed", provider=error.provider, category=error.category.value)
            self._voice.troubles.begin(Trouble.NO_VOICE, str(error))
            piece.cut = delivered
            if not delivered:
                async with aclosing(SilentVoice().synthesize(text, voice="", language=language)) as pauses:
                    async for pause in pauses:
                        yield pause

    async def _play_all(self) -> None:
        await self.until_committed()
        await self._fill_the_wait()
        while (piece := await self._pieces.get()) is not None:
            await self._play(piece)
        await self._voice.speaker.drain()

    async def _fill_the_wait(self) -> None:
        """Say a filler where the answer is late. Nothing of the answer is queued before its last sample is."""
        fillers, question = self._voice.fillers, self.question
        if fillers is None or self._answering is None:
            return
        try:
            async with asyncio.timeout(fillers.after_s):
                await self._answer_is_here.wait()
        except TimeoutError:
            filler = fillers.following(voice=question.character.voice, language=question.language)
            if filler is not None and not self._over.is_set():
                log.info("filler_said", language=question.language)
                self._filler = filler.text
                await self._play_filler(filler)

    async def _play_filler(self, filler: Filler) -> None:
        start_s: float | None = None
        for chunk in filler.speech:
            chunk_start_s = await self._voice.speaker.play(chunk.audio)
            if self._over.is_set():
                return
            if start_s is None:
                start_s = chunk_start_s
                self._voice.publish(CharacterCaption(filler.text, start_s, start_s + filler.seconds))
                self._show_face(suggested(filler.text, self._acting_words), start_s, start_s + filler.seconds)
                self._sounds_from(start_s)
            self._show_pictures(chunk, chunk_start_s)
            self._move_mouth(chunk, start_s)

    async def _play(self, piece: _Piece) -> None:
        clause: SpokenClause | None = None
        start_s = end_s = 0.0
        while (chunk := await piece.chunks.get()) is not None and not self._over.is_set():
            chunk_start_s = await self._voice.speaker.play(chunk.audio)
            if self._over.is_set():
                return
            if clause is None:
                start_s = chunk_start_s
                clause = self._ledger.begin(piece.text, start_s=start_s)
                self._began(piece, start_s)
            end_s = chunk_start_s + chunk.audio.seconds
            clause.add(chunk.words)
            self._show_pictures(chunk, chunk_start_s)
            self._move_mouth(chunk, start_s)
        if clause is not None:
            if piece.cut:
                clause.cut(end_s)
            else:
                clause.finish()
            if not self._over.is_set():
                self._voice.publish(CharacterCaption(piece.text, start_s, end_s))
                self._show_face(piece.acting, start_s, end_s)

    def _began(self, piece: _Piece, start_s: float) -> None:
        """A clause is in the speaker's queue: caption and act it, with an end guessed from its length until that is known."""
        end_s = start_s + _SECONDS_PER_CHARACTER * len(piece.text)
        self._voice.publish(CharacterCaption(piece.text, start_s, end_s))
        self._show_face(piece.acting, start_s, end_s)
        at = self._sounds_from(start_s)
        if not self._answer_played:
            self._answer_played = True
            self._on_answer_audible(at)
        self._show_products()

    def _sounds_from(self, start_s: float) -> float:
        """Sound was queued to start there on the content timeline; returns the moment at which it leaves the speaker."""
        at = self._voice.clock.monotonic() + max(0.0, start_s - self._voice.speaker.position_s())
        if not self._played:
            self._played = True
            self._on_audible(at)
        return at

    def _show_products(self) -> None:
        if list(self.answer.skus) != self._shown:
            self._shown = list(self.answer.skus)
            self._voice.publish(ProductsShown(tuple(self.answer.products)))

    def _show_face(self, acting: Acting, start_s: float, end_s: float) -> None:
        if acting != Acting():
            self._voice.publish(FaceScheduled(acting.timed(start_s, end_s)))

    def _show_pictures(self, chunk: SpeechChunk, chunk_start_s: float) -> None:
        pictures = chunk.pictures
        if pictures is not None and pictures.utterance != self._pictured:
            self._pictured = pictures.utterance
            self._voice.publish(PicturesScheduled(pictures.utterance, chunk_start_s - pictures.at_s))

    def _move_mouth(self, chunk: SpeechChunk, start_s: float) -> None:
        if chunk.visemes:
            cues = (VisemeCue(c.viseme, start_s + c.start_s, start_s + c.end_s) for c in chunk.visemes)
            self._voice.publish(MouthScheduled(tuple(cues)))

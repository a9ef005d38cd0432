"""One text said by a row of voices, each going on where the one before it died."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from holo_app.dialogue.resilience.whole_words import WholeWords, rest_of
from holo_app.dialogue.running import Running, changed_by
from holo_app.domain.audio import AudioChunk, silence
from holo_app.domain.speech import Viseme, VisemeCue, WordCue
from holo_app.errors import ProviderError
from holo_app.ports.tts import SpeechChunk, TextToSpeech

log = structlog.get_logger(__name__)

_QUIET_S = 0.12
"""A voice that sends its sound no faster than it is heard pauses so long without being in trouble."""
_MARK_S = 0.01


class Resampler(Protocol):
    """One run of PCM16 sound to another rate, piece by piece; `finish` gives what it still holds."""

    def push(self, pcm: bytes) -> bytes: ...

    def finish(self) -> bytes: ...


MakeResampler = Callable[[int, int], Resampler]
"""From a rate to a rate, in Hz."""
Begin = Callable[[TextToSpeech, str], AsyncGenerator[SpeechChunk]]


@dataclass(frozen=True, slots=True)
class TakeoverTimes:
    """lead_s: how long before the sound runs out the spare voice begins. spare_after_s: the same, without any sound yet."""

    lead_s: float
    spare_after_s: float


@dataclass(slots=True)
class _Speaker:
    """A voice at work on the text after its first `after` words."""

    engine: TextToSpeech
    running: Running[SpeechChunk]
    after: int
    words: WholeWords = field(default_factory=WholeWords)
    resampler: Resampler | None = None
    over: bool = False


class Handover:
    """line: the voices, in order; the last is free, and may begin before it is needed. begin: a voice at a text.

    failed: those that did.
    """

    def __init__(
        self,
        line: list[TextToSpeech],
        text: str,
        language: str,
        begin: Begin,
        resampler: MakeResampler,
        *,
        times: TakeoverTimes,
    ) -> None:
        self.failed: list[TextToSpeech] = []
        self._text = text
        self._language = language
        self._begin = begin
        self._make_resampler = resampler
        self._times = times
        self._changed = asyncio.Event()
        self._began: list[Running[SpeechChunk]] = []
        self._now = asyncio.get_running_loop().time
        self._began_at = self._heard_at = self._came_at = self._now()
        self._rate_hz = 0
        self._spare: _Speaker | None = None
        self._waiting = line
        self._speaker = self._at_work(line.pop(0), after=0)
        self._take_over(self._speaker)

    async def chunks(self) -> AsyncGenerator[SpeechChunk]:
        """The speech of the whole text. Raises: ProviderError: nobody could say it to its end."""
        while True:
            try:
                while (speech := await self._next()) is not None:
                    if speech.audio.pcm or speech.words:
                        yield speech
            except ProviderError as error:
                log.warning("voice_replaced", provider=error.provider, category=error.category.value, words=self._said)
                ending = self._cut()
                if ending is not None:
                    yield ending
                if self._replaced():
                    continue
                if not self._all_said:
                    raise
                if (marks := self._marks()) is not None:
                    yield marks
            return

    async def aclose(self) -> None:
        """End all who still work, at the same time."""
        for running in self._began:
            running.cancel()
        await asyncio.gather(*(running.aclose() for running in self._began))

    # speaking ----------------------------------------------------------------------------------------------------

    async def _next(self) -> SpeechChunk | None:
        """What can be let through next, perhaps nothing; None at the end. Raises: ProviderError."""
        speaker = self._speaker
        running = speaker.running
        while not await changed_by(self._changed, lambda: running.ready, self._spare_due):
            self._spare = self._at_work(self._waiting[-1], after=self._said)
        if running.ended:
            if speaker.over:
                return None
            speaker.over = True
            return self._let_through(self._last_of(speaker)) or _NOTHING
        chunk = running.take()
        self._came_at = self._now()
        return self._let_through(speaker.words.push(self._at_rate(speaker, chunk))) or _NOTHING

    def _at_rate(self, speaker: _Speaker, chunk: SpeechChunk) -> SpeechChunk:
        if speaker.resampler is None:
            if self._rate_hz in (0, chunk.audio.rate_hz):
                return chunk
            speaker.resampler = self._make_resampler(chunk.audio.rate_hz, self._rate_hz)
        rate_hz = self._rate_hz

        def on_sample(seconds: float) -> float:
            """The sound has a whole number of samples, and its cues must not end before it does."""
            return round(seconds * rate_hz) / rate_hz

        return SpeechChunk(
            AudioChunk(speaker.resampler.push(chunk.audio.pcm), rate_hz),
            tuple(VisemeCue(cue.viseme, on_sample(cue.start_s), on_sample(cue.end_s)) for cue in chunk.visemes),
            tuple(WordCue(cue.text, on_sample(cue.start_s), on_sample(cue.end_s)) for cue in chunk.words),
            chunk.pictures,
        )

    def _last_of(self, speaker: _Speaker) -> SpeechChunk | None:
        if speaker.resampler is None:
            return speaker.words.finish()
        return speaker.words.finish(speaker.resampler.finish())

    def _let_through(self, speech: SpeechChunk | None) -> SpeechChunk | None:
        if speech is None:
            return None
        if not self._rate_hz:
            self._heard_at = self._now()
        self._rate_hz = speech.audio.rate_hz
        if self._spare is not None and self._spare.after != self._said:
            self._spare.running.cancel()
            self._spare = None
        return speech

    @property
    def _said(self) -> int:
        """Words that were let through."""
        return self._speaker.after + self._speaker.words.said

    @property
    def _begun(self) -> bool:
        """Whether anything was let through: it may be heard by now."""
        return self._rate_hz > 0

    @property
    def _all_said(self) -> bool:
        return self._begun and not any(letter.isalnum() for letter in rest_of(self._text, self._said))

    # taking over --------------------------------------------------------------------------------------------------

    def _spare_due(self) -> float | None:
        """When the kiosk's own voice begins to work on the rest; None: not now."""
        if self._spare is not None or not self._waiting or not speaks(self._waiting[-1], self._language):
            return None
        if not self._begun:
            return self._began_at + self._times.spare_after_s
        return max(self._came_at + _QUIET_S, self._heard_at + self._speaker.words.end_s - self._times.lead_s)

    def _cut(self) -> SpeechChunk | None:
        """End the sound of the one who failed; of one who was not heard nothing is left."""
        self._speaker.running.cancel()
        self.failed.append(self._speaker.engine)
        return self._let_through(self._speaker.words.cut()) if self._begun else None

    def _replaced(self) -> bool:
        """Let the next one go on; False: there is nobody, or nothing more to say."""
        if not self._waiting or self._all_said:
            return False
        spare, said = self._spare, self._said
        if spare is not None and spare.running.failed:
            spare = None
        if spare is not None and (self._begun or spare.running.holds_something or len(self._waiting) == 1):
            self._waiting.clear()
            self._spare = None
            self._take_over(spare)
            return True
        place = self._finisher() if self._begun else 0
        following = self._waiting[place]
        del self._waiting[: place + 1]
        self._take_over(self._at_work(following, after=said))
        return True

    def _finisher(self) -> int:
        """The last of those who wait that speaks the language: what was begun must not fail again."""
        able = [place for place, engine in enumerate(self._waiting) if speaks(engine, self._language)]
        return able[-1] if able else len(self._waiting) - 1

    def _take_over(self, speaker: _Speaker) -> None:
        start_s = self._speaker.words.end_s if self._begun else 0.0
        speaker.words = WholeWords(start_s, hold=bool(self._waiting))
        self._speaker = speaker

    def _at_work(self, engine: TextToSpeech, *, after: int) -> _Speaker:
        speech = self._begin(engine, rest_of(self._text, after))
        running = Running(speech, "speech synthesis", ahead=_AHEAD, changed=self._changed)
        self._began.append(running)
        return _Speaker(engine, running, after)

    def _marks(self) -> SpeechChunk | None:
        """What no voice says, such as a dash at the end, still has its cues."""
        marks = rest_of(self._text, self._said).split()
        if not marks:
            return None
        start_s, end_s = self._speaker.words.end_s, self._speaker.words.end_s + _MARK_S
        return SpeechChunk(
            silence(_MARK_S, self._rate_hz),
            (VisemeCue(Viseme.SIL, start_s, end_s),),
            tuple(WordCue(mark, end_s, end_s) for mark in marks),
        )


def speaks(engine: TextToSpeech, language: str) -> bool:
    """Whether a voice knows the language; one that is still being loaded is taken at its word."""
    known = engine.capabilities.languages
    return not known or language in known


_AHEAD = 64
_NOTHING = SpeechChunk(AudioChunk(b""))

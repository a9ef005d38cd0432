"""The ports of a turn's stages with deadlines: each wraps an engine and fails with TIMEOUT where that keeps silent too long.

They are put round the engines themselves, not round what loads them: at a start everybody waits for the loading.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Sequence
from typing import Any

from holo_app.dialogue.deadlines import Patience, StageDeadlines, in_time, within
from holo_app.domain.audio import AudioChunk
from holo_app.domain.conversation import Message
from holo_app.domain.speech import Transcript
from holo_app.ports.end_of_turn import EndOfTurnModel
from holo_app.ports.llm import AnswerEvent, AnswerRequest, LanguageModel, TextDelta
from holo_app.ports.retriever import Grounding, Retriever
from holo_app.ports.stt import SpeechToText, SttCapabilities
from holo_app.ports.tts import SpeechChunk, TextToSpeech, TtsCapabilities

_RECOGNITION = "speech recognition"


class PunctualRetriever:
    """A Retriever that answers within its deadline or fails."""

    def __init__(self, retriever: Retriever, deadlines: StageDeadlines) -> None:
        self._retriever = retriever
        self._seconds = deadlines.retrieve_s

    async def retrieve(self, text: str, *, language: str, history: Sequence[Message] = ()) -> Grounding:
        return await within(
            self._retriever.retrieve(text, language=language, history=history), "retrieval", self._seconds
        )


class PunctualAnswerer:
    """A LanguageModel that says its first words within its deadline, and goes on, or fails."""

    def __init__(self, answerer: LanguageModel, deadlines: StageDeadlines) -> None:
        self._answerer = answerer
        self._patience = Patience(deadlines.first_text_s, deadlines.next_text_s)

    def answer(self, request: AnswerRequest) -> AsyncGenerator[AnswerEvent]:
        # a product or a fact alone is nothing that a customer could hear
        return in_time(self._answerer.answer(request), "answer", self._patience, says_something)

    async def aclose(self) -> None:
        await self._answerer.aclose()


class PunctualStt:
    """A SpeechToText that understands within its deadline or fails.

    One that streams waits for its speaker most of the time: whoever settles its words has the deadline (see Recognition).
    """

    def __init__(self, stt: SpeechToText, deadlines: StageDeadlines) -> None:
        self._stt = stt
        self._patience = Patience(deadlines.transcript_s, deadlines.transcript_s)

    @property
    def capabilities(self) -> SttCapabilities:
        return self._stt.capabilities

    def transcribe(self, audio: AsyncIterator[AudioChunk], *, language: str) -> AsyncGenerator[Transcript]:
        transcripts = self._stt.transcribe(audio, language=language)
        return transcripts if self.capabilities.streaming else in_time(transcripts, _RECOGNITION, self._patience)

    async def aclose(self) -> None:
        await self._stt.aclose()


class PunctualTts:
    """A TextToSpeech that makes its first sound within its deadline, and goes on, or fails."""

    def __init__(self, tts: TextToSpeech, deadlines: StageDeadlines) -> None:
        self._tts = tts
        self._patience = Patience(deadlines.first_sound_s, deadlines.next_sound_s)

    @property
    def capabilities(self) -> TtsCapabilities:
        return self._tts.capabilities

    def synthesize(self, text: str, *, voice: str, language: str) -> AsyncGenerator[SpeechChunk]:
        return in_time(self._tts.synthesize(text, voice=voice, language=language), "speech synthesis", self._patience)

    async def aclose(self) -> None:
        await self._tts.aclose()


class PunctualEndOfTurn:
    """An EndOfTurnModel that scores within its deadline or fails."""

    def __init__(self, model: EndOfTurnModel, deadlines: StageDeadlines) -> None:
        self._model = model
        self._seconds = deadlines.end_of_turn_s

    async def probability(self, utterance: AudioChunk) -> float:
        return await within(self._model.probability(utterance), "end of turn", self._seconds)


async def settled(words: Coroutine[Any, Any, str], deadlines: StageDeadlines) -> str:
    """The words of an engine that streams. Raises: what `words` raises. ProviderError: TIMEOUT."""
    return await within(words, _RECOGNITION, deadlines.transcript_s)


def says_something(event: object) -> bool:
    """Whether a customer could hear it."""
    return isinstance(event, TextDelta) and bool(event.text.strip())

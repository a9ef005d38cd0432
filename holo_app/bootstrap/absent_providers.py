"""What stands in for a provider that cannot be made: it fails with the reason, so that staff are told of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator

from holo_app.bootstrap.substitutes import then_fail
from holo_app.domain.audio import AudioChunk
from holo_app.domain.speech import Transcript
from holo_app.errors import FailureCategory, HoloError, ProviderError
from holo_app.ports.chat import ChatEvent, ChatRequest
from holo_app.ports.stt import SttCapabilities
from holo_app.ports.tts import SpeechChunk, TtsCapabilities

_ANY = frozenset({"en", "de", "fr"})
"""It is to be asked, so that it can say why it fails."""


def absence(name: str, error: HoloError) -> ProviderError:
    """Why a provider cannot be made, as a failure of its own: whatever is missing, a person must bring it."""
    if isinstance(error, ProviderError):
        return ProviderError(name, error.category, error.detail)
    return ProviderError(name, FailureCategory.AUTH, str(error))


class AbsentStt:
    """A SpeechToText."""

    def __init__(self, error: ProviderError) -> None:
        self._error = error

    @property
    def capabilities(self) -> SttCapabilities:
        return SttCapabilities(self._error.provider, _ANY, streaming=False)

    def transcribe(self, audio: AsyncIterator[AudioChunk], *, language: str) -> AsyncGenerator[Transcript]:
        del audio, language
        return then_fail(self._error)

    async def aclose(self) -> None:
        """Nothing to free."""


class AbsentTts:
    """A TextToSpeech."""

    def __init__(self, error: ProviderError) -> None:
        self._error = error

    @property
    def capabilities(self) -> TtsCapabilities:
        return TtsCapabilities(self._error.provider, _ANY, ())

    def synthesize(self, text: str, *, voice: str, language: str) -> AsyncGenerator[SpeechChunk]:
        del text, voice, language
        return then_fail(self._error)

    async def aclose(self) -> None:
        """Nothing to free."""


class AbsentChat:
    """A ChatModel."""

    def __init__(self, error: ProviderError) -> None:
        self._error = error

    @property
    def name(self) -> str:
        return self._error.provider

    def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        del request
        return then_fail(self._error)

    async def models(self) -> list[str]:
        raise self._error

    async def aclose(self) -> None:
        """Nothing to free."""

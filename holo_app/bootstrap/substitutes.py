"""What stands in where an engine is missing: it fails as the port says, so that the loop names the trouble and goes on."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from typing import TypeVar

from holo_app.domain.audio import CAPTURE_RATE_HZ, AudioChunk
from holo_app.domain.speech import Transcript
from holo_app.errors import ProviderError
from holo_app.ports.echo import checked_echo_frame
from holo_app.ports.stt import SttCapabilities
from holo_app.ports.tts import SpeechChunk, TtsCapabilities

T = TypeVar("T")


async def then_fail(error: ProviderError, delivered: Iterable[T] = ()) -> AsyncGenerator[T]:
    """What was delivered, then the failure."""
    for item in delivered:
        yield item
    raise error


class MissingStt:
    """Understands nothing, and says why; typing still works. languages: those for which it is asked all the same."""

    def __init__(self, error: ProviderError, *, name: str = "missing", languages: frozenset[str] = frozenset()) -> None:
        self._error = error
        self._name = name
        self._languages = languages

    @property
    def capabilities(self) -> SttCapabilities:
        return SttCapabilities(self._name, self._languages, streaming=False)

    def transcribe(self, audio: AsyncIterator[AudioChunk], *, language: str) -> AsyncGenerator[Transcript]:
        del audio, language
        return then_fail(self._error)

    async def aclose(self) -> None:
        """Nothing to free."""


class MissingTts:
    """Says nothing, and says why; captions still come. languages: those for which it is asked all the same."""

    def __init__(self, error: ProviderError, *, name: str = "missing", languages: frozenset[str] = frozenset()) -> None:
        self._error = error
        self._name = name
        self._languages = languages

    @property
    def capabilities(self) -> TtsCapabilities:
        return TtsCapabilities(self._name, self._languages, ())

    def synthesize(self, text: str, *, voice: str, language: str) -> AsyncGenerator[SpeechChunk]:
        del text, voice, language
        return then_fail(self._error)

    async def aclose(self) -> None:
        """Nothing to free."""


class DeafVad:
    """Never hears speech: the last resort where no detector can be loaded; touch and typing still work."""

    @property
    def frame_samples(self) -> int:
        return CAPTURE_RATE_HZ // 50

    def probability(self, pcm: bytes) -> float:
        del pcm
        return 0.0

    def reset(self) -> None:
        """Nothing is remembered."""


class NoEcho:
    """An EchoCanceller that leaves everything as it is: where no library for it is installed, or a headset is used."""

    def played(self, frame: bytes) -> None:
        checked_echo_frame(frame)

    def cleaned(self, frame: bytes) -> bytes:
        return checked_echo_frame(frame)

    def reset(self) -> None:
        """Nothing is remembered."""

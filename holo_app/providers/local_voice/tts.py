"""A voice in a child process as a TextToSpeech: the side of the pipe that lives in the kiosk."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

from wyoming.error import Error
from wyoming.event import Event
from wyoming.tts import Synthesize, SynthesizeVoice

from holo_app.domain.audio import AudioChunk
from holo_app.domain.speech import VisemeCue, WordCue
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.tts import SpeechChunk, TtsCapabilities
from holo_app.providers.local_voice.events import SPOKEN_WORDS, SentenceTimes
from holo_app.providers.local_voice.spoken_form import spoken_words
from holo_app.providers.local_voice.visemes import viseme_cues
from holo_app.providers.supervision.child import ChildSettings, SupervisedChild
from holo_app.providers.wyoming.client import WyomingConnection, connection, ping
from holo_app.providers.wyoming.messages import AudioChunk as WyomingAudio
from holo_app.providers.wyoming.messages import AudioStop


@dataclass(frozen=True, slots=True)
class VoiceProcess:
    """A voice and the process that speaks with it.

    provider: in capabilities, errors and logs. voices: what it can be asked for; a character that names another one is spoken
    with the first. command: starts the server (`local_voice.server`); the option --folder is added. language: BCP 47 primary
    tag. patience_s: how long a sentence waits for a server that is not up. start_s: how long that may take at most.
    """

    provider: str
    voices: tuple[str, ...]
    command: tuple[str, ...]
    language: str = "en"
    patience_s: float = 8.0
    start_s: float = 30.0


class VoiceProcessTts:
    """A TextToSpeech whose engine runs in a child process, started ahead and again whenever it dies.

    Construct it on the event loop that it is used on. `warm_up` starts the child; so does the first sentence.
    """

    def __init__(self, process: VoiceProcess) -> None:
        self._process = process
        self._name = name = process.provider
        self._folder = Path(tempfile.mkdtemp(prefix="holo-"))
        self._kept = ChildSettings(name, (*process.command, "--folder", str(self._folder)), process.start_s)
        self._child = SupervisedChild(self._kept, lambda address: ping(name, address))

    @property
    def capabilities(self) -> TtsCapabilities:
        return TtsCapabilities(self._name, frozenset({self._process.language}), self._process.voices)

    @property
    def server_pid(self) -> int | None:
        """The process id of the server, while one runs."""
        return self._child.pid

    async def synthesize(self, text: str, *, voice: str, language: str) -> AsyncGenerator[SpeechChunk]:
        if language != self._process.language:
            raise ProviderError(self._name, FailureCategory.BAD_REQUEST, f"language {language} is not spoken")
        words = text.split()
        spoken = spoken_words(words)
        if not any(letter.isalnum() for word in spoken for letter in word):
            return
        asked = SynthesizeVoice(voice if voice in self._process.voices else self._process.voices[0])
        request = Synthesize(" ".join(spoken), asked, context={SPOKEN_WORDS: spoken})
        address = await self._child.address(self._process.patience_s)
        speech = _Speech(self._name, words)
        try:
            async with connection(self._name, address) as server:
                await server.send(request.event())
                while (chunk := await speech.next_chunk(server)) is not None:
                    yield chunk
        except ProviderError as error:
            if error.category is FailureCategory.UNAVAILABLE:
                self._child.suspect()
            raise

    async def warm_up(self) -> None:
        """Start the server and wait until it has spoken once for itself. Raises: ProviderError: it cannot."""
        await self.server_address()

    async def server_address(self) -> str:
        """Where the server listens, for other clients, once it does. It changes when the server dies. Raises: ProviderError."""
        return await self._child.address(self._kept.start_timeout_s)

    async def aclose(self) -> None:
        await self._child.aclose()
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)


class _Speech:
    """Puts the server's events together into chunks: the times of a sentence go with its first sound."""

    def __init__(self, provider: str, words: list[str]) -> None:
        self._provider = provider
        self._words = words
        self._times: SentenceTimes | None = None

    async def next_chunk(self, server: WyomingConnection) -> SpeechChunk | None:
        """The next piece of speech, or None at its end. Raises: ProviderError."""
        while True:
            event = await server.receive()
            if SentenceTimes.is_type(event.type):
                self._times = self._checked(event)
            elif WyomingAudio.is_type(event.type):
                return self._chunk(WyomingAudio.from_event(event))
            elif AudioStop.is_type(event.type):
                return None
            elif Error.is_type(event.type):
                raise ProviderError(self._provider, FailureCategory.BAD_RESPONSE, Error.from_event(event).text)

    def _checked(self, event: Event) -> SentenceTimes:
        try:
            times = SentenceTimes.from_event(event)
        except (KeyError, TypeError, ValueError) as error:
            raise ProviderError(self._provider, FailureCategory.BAD_RESPONSE, repr(error)) from error
        if any(not 0 <= word.word < len(self._words) for word in times.words):
            raise ProviderError(self._provider, FailureCategory.BAD_RESPONSE, "a word is timed that is not in the text")
        return times

    def _chunk(self, audio: WyomingAudio) -> SpeechChunk:
        times, self._times = self._times, None
        sound = AudioChunk(audio.audio, audio.rate)
        if times is None:
            return SpeechChunk(sound)
        words = tuple(
            WordCue(self._words[word.word], word.start / audio.rate, word.end / audio.rate) for word in times.words
        )
        visemes: tuple[VisemeCue, ...] = viseme_cues(times, audio.rate)
        return SpeechChunk(sound, visemes, words)

"""Azure's speech recognition, while somebody speaks.

Source: Microsoft's JavaScript Speech SDK 1.52.0; the native SDK 1.53.0 speaks to the same emulator. No live service was called.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from holo_app.domain.audio import BYTES_PER_SAMPLE, AudioChunk
from holo_app.domain.speech import Transcript
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.clock import Clock
from holo_app.ports.meter import Meter
from holo_app.ports.stt import SttCapabilities
from holo_app.providers.azure.frames import Frame, json_frame, read_frame, sound_frame
from holo_app.providers.azure.service import NAME, AzureAccess, azure_socket, speech_config
from holo_app.providers.hearing.metering import Listened
from holo_app.providers.hearing.sound import Frames, check_language, first_sound
from holo_app.providers.http.json_values import JsonObject, inside, number_in, text_in
from holo_app.providers.locales import Locales
from holo_app.providers.sockets.socket import Socket

_PATH = "/speech/recognition/conversation/cognitiveservices/v1"
_MODEL = "conversation"
_FRAME_S = 0.1
"""Of sound in one message, as Microsoft's own client sends it."""

_NOTHING_HEARD = frozenset({"NoMatch", "InitialSilenceTimeout", "BabbleTimeout", "EndOfDictation"})
_FAILURES = {
    "Error": FailureCategory.UNAVAILABLE,
    "TooManyRequests": FailureCategory.RATE_LIMITED,
    "BadRequest": FailureCategory.BAD_REQUEST,
    "Forbidden": FailureCategory.AUTH,
}


class AzureStt:
    """A SpeechToText. own_locales: such as `en-GB`, in place of the usual one of a language."""

    def __init__(self, access: AzureAccess, meter: Meter, clock: Clock, *, own_locales: Sequence[str] = ()) -> None:
        self._access = access
        self._meter = meter
        self._clock = clock
        self._locales = Locales(own_locales)
        self._closed = False

    @property
    def capabilities(self) -> SttCapabilities:
        return SttCapabilities(NAME, self._locales.languages, streaming=True)

    async def transcribe(self, audio: AsyncIterator[AudioChunk], *, language: str) -> AsyncGenerator[Transcript]:
        if self._closed:
            raise ProviderError(NAME, FailureCategory.UNAVAILABLE, "it was closed")
        check_language(NAME, language, self._locales.languages)
        first = await first_sound(audio)
        if first is None:
            yield Transcript("", language, final=True)
            return
        with Listened(self._meter, self._clock, NAME, _MODEL) as account:
            heard = _Heard(language)
            query = {"language": self._locales.of(language), "format": "detailed"}
            async with azure_socket(self._access, _PATH, query) as socket:
                turn = _Turn(socket, self._clock, account, first.rate_hz)
                await turn.begin()
                sending = asyncio.create_task(turn.send(first, audio))
                try:
                    while (frame := await _next_frame(socket, turn)).path != "turn.end" or await turn.goes_on():
                        if heard.push(frame):
                            yield heard.partial()
                finally:
                    await _ended(sending)
            yield heard.final()

    async def aclose(self) -> None:
        self._closed = True


class _Turn:
    """What goes to the service: the sound of one utterance, in a turn or, where the service ends one early, in several."""

    def __init__(self, socket: Socket, clock: Clock, account: Listened, rate_hz: int) -> None:
        self._socket = socket
        self._clock = clock
        self._account = account
        self._rate_hz = rate_hz
        self._frames = Frames(NAME, rate_hz, _FRAME_S)
        self._id = ""
        self._whole = False
        self.problem: Exception | None = None

    async def begin(self) -> None:
        """Say who speaks, and begin the first turn."""
        source = {"samplerate": self._rate_hz, "bitspersample": 8 * BYTES_PER_SAMPLE, "channelcount": 1}
        config = speech_config(audio={"source": {"type": "Stream", **source}})
        await self._socket.send(json_frame("speech.config", uuid4().hex, config, self._clock.utc()))
        await self._next()

    async def goes_on(self) -> bool:
        """The service ended the turn. Whether another was begun, because there is more to hear."""
        if self._whole:
            return False
        await self._next()
        return True

    async def send(self, first: AudioChunk, rest: AsyncIterator[AudioChunk]) -> None:
        """Send the sound as it comes, then its end. Where that fails the connection is closed, and `problem` says why."""
        try:
            await self._sound(first)
            async for chunk in rest:
                await self._sound(chunk)
            if left := self._frames.rest(least_s=0):
                await self._send(left)
            self._whole = True
            await self._socket.send(sound_frame(self._id, b"", self._clock.utc()))
        except (
            Exception
        ) as error:  # a task ends here; whoever reads the answers finds the connection closed, and looks why
            self.problem = error
            await self._socket.close()

    async def _next(self) -> None:
        turn = uuid4().hex
        context = {"phraseDetection": {"mode": "CONVERSATION"}, "phraseOutput": {"format": "Detailed"}}
        await self._socket.send(json_frame("speech.context", turn, context, self._clock.utc()))
        header = _riff_header(self._rate_hz)
        await self._socket.send(sound_frame(turn, header, self._clock.utc(), "audio/x-wav"))
        self._id = turn
        if self._whole:  # the end went to the turn before, meanwhile
            await self._socket.send(sound_frame(turn, b"", self._clock.utc()))

    async def _sound(self, chunk: AudioChunk) -> None:
        for frame in self._frames.push(chunk):
            await self._send(frame)

    async def _send(self, sound: bytes) -> None:
        await self._socket.send(sound_frame(self._id, sound, self._clock.utc()))
        self._account.sent(self._frames.seconds(sound))


@dataclass(slots=True)
class _Heard:
    """The words so far: phrases that are settled, and the beginning of the next."""

    language: str
    phrases: list[str] = field(default_factory=list)
    confidence: float | None = None
    beginning: str = ""

    def push(self, frame: Frame) -> bool:
        """Whether the words grew. Raises: ProviderError: the service failed, or its message is broken."""
        match frame.path:
            case "speech.hypothesis" | "speech.fragment":
                self.beginning = text_in(frame.json(NAME), "Text")
                return bool(self.beginning)
            case "speech.phrase":
                self._phrase(frame.json(NAME))
        return False

    def partial(self) -> Transcript:
        """What was understood so far."""
        return Transcript(" ".join([*self.phrases, self.beginning]), self.language, final=False)

    def final(self) -> Transcript:
        """What was understood in the end; as sure as its least sure phrase."""
        return Transcript(" ".join(self.phrases), self.language, final=True, confidence=self.confidence)

    def _phrase(self, phrase: JsonObject) -> None:
        self.beginning = ""
        status = text_in(phrase, "RecognitionStatus")
        if status in _FAILURES:
            raise ProviderError(NAME, _FAILURES[status], f"the recognition ended with {status}")
        if status in _NOTHING_HEARD:
            return
        if status != "Success":
            raise ProviderError(NAME, FailureCategory.BAD_RESPONSE, "a phrase has no known status")
        best = inside(phrase, "NBest", 0)
        text = (text_in(best, "Display") or text_in(phrase, "DisplayText")).strip()
        if not text:
            return
        self.phrases.append(text)
        sure = number_in(best, "Confidence")
        if sure is not None:
            self.confidence = min(max(sure, 0.0), 1.0 if self.confidence is None else self.confidence)


async def _next_frame(socket: Socket, turn: _Turn) -> Frame:
    message = await socket.receive()
    if message is not None:
        return read_frame(NAME, message)
    if turn.problem is not None:
        raise turn.problem
    raise ProviderError(NAME, FailureCategory.CANCELLED_BY_PEER, "the answer has no end")


async def _ended(sending: asyncio.Task[None]) -> None:
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)


def _riff_header(rate_hz: int) -> bytes:
    """The header of a WAV file whose length nobody knows yet."""
    form = struct.pack("<HHIIHH", 1, 1, rate_hz, rate_hz * BYTES_PER_SAMPLE, BYTES_PER_SAMPLE, 8 * BYTES_PER_SAMPLE)
    return b"RIFF" + bytes(4) + b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + bytes(4)

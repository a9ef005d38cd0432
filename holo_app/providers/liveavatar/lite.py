"""LITE: a voice of ours speaks, LiveAvatar moves the mouth to it; told through a WebSocket of its own."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from typing import Final

import numpy as np
import soxr

from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.tts import SpeechChunk, TextToSpeech
from holo_app.providers.http.json_values import JsonObject, text_in
from holo_app.providers.livekit_room.room import Message
from holo_app.providers.livekit_room.vendor import Saying, Sign, Tell, Told
from holo_app.providers.sockets.socket import Socket, open_socket

RATE_HZ: Final = 24_000
"""Another rate would sound garbled, and nobody would say so."""
_FIRST_PIECE_S: Final = 0.6
_PIECE_S: Final = 1.0
_CONNECTED_S: Final = 6.0
_SIGNS: Final = {
    "agent.speak_started": Sign.STARTED,
    "agent.speak_ended": Sign.ENDED,
    "agent.speak_interrupted": Sign.ENDED,
}


class LiteControl:
    """A Control. voice: whose speech is sent, and whose words and visemes are kept; it is not closed with this."""

    brings_cues = True

    def __init__(self, provider: str, url: str, voice: TextToSpeech, tell: Tell) -> None:
        self._provider = provider
        self._url = url
        self._voice = voice
        self._tell = tell
        self._stack = AsyncExitStack()
        self._socket: Socket | None = None
        self._connected = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None
        self._failure: ProviderError | None = None
        self._sent = 0

    async def open(self) -> None:
        if not self._url:
            raise ProviderError(self._provider, FailureCategory.BAD_RESPONSE, "a LITE session without a socket")
        self._socket = await self._stack.enter_async_context(open_socket(self._provider, self._url))
        self._reader = asyncio.create_task(self._read(self._socket), name=f"{self._provider}-lite")
        try:
            # what is sent before it says so is dropped without a word
            async with asyncio.timeout(_CONNECTED_S):
                await self._connected.wait()
        except TimeoutError:
            raise ProviderError(self._provider, FailureCategory.TIMEOUT, "the avatar does not listen") from None
        if self._failure is not None:
            raise self._failure

    async def say(self, saying: Saying) -> None:
        event_id = f"say-{saying.utterance}"
        speech = self._voice.synthesize(saying.text, voice=saying.voice, language=saying.language)
        async with aclosing(_pieces(speech, saying)) as pieces:
            async for pcm in pieces:
                audio = base64.b64encode(pcm).decode("ascii")
                await self._send({"type": "agent.speak", "event_id": event_id, "audio": audio})
        await self._send({"type": "agent.speak_end", "event_id": event_id})

    async def hush(self) -> None:
        self._sent += 1
        await self._send({"type": "agent.interrupt", "event_id": f"hush-{self._sent}"})

    def heard(self, message: Message) -> None:
        """It says nothing in the room."""

    async def aclose(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        await self._stack.aclose()

    async def _send(self, message: JsonObject) -> None:
        if self._socket is None or self._failure is not None:
            raise self._failure or ProviderError(self._provider, FailureCategory.UNAVAILABLE, "it is not open")
        await self._socket.send(message)

    async def _read(self, socket: Socket) -> None:
        try:
            while (message := await socket.receive_json()) is not None:
                self._take(message)
            self._fail(ProviderError(self._provider, FailureCategory.CANCELLED_BY_PEER, "the socket was closed"))
        except ProviderError as error:
            self._fail(error)

    def _take(self, message: JsonObject) -> None:
        kind = text_in(message, "type")
        if kind == "session.state_updated":
            state = text_in(message, "state")
            if state == "connected":
                self._connected.set()
            elif state in {"closing", "closed"}:
                self._fail(ProviderError(self._provider, FailureCategory.CANCELLED_BY_PEER, f"the session is {state}"))
        elif kind in _SIGNS:
            head, _, number = text_in(message, "event_id").partition("-")
            self._tell(Told(_SIGNS[kind], int(number) if head == "say" and number.isdecimal() else None))
        elif kind == "error":
            detail = text_in(message, "error") or text_in(message, "error", "message")
            self._fail(ProviderError(self._provider, FailureCategory.UNAVAILABLE, detail[:200]))

    def _fail(self, error: ProviderError) -> None:
        if self._failure is None:
            self._failure = error
            self._connected.set()
            self._tell(error)


async def _pieces(speech: AsyncGenerator[SpeechChunk], saying: Saying) -> AsyncGenerator[bytes]:
    """The speech at RATE_HZ, in pieces of the length that is asked for."""
    waiting, least = bytearray(), round(_FIRST_PIECE_S * RATE_HZ) * 2
    to_rate: soxr.ResampleStream | None = None
    async with aclosing(speech) as chunks:
        async for chunk in chunks:
            saying.spoken(chunk)
            to_rate = to_rate or soxr.ResampleStream(chunk.audio.rate_hz, RATE_HZ, 1, dtype="int16")
            waiting += to_rate.resample_chunk(np.frombuffer(chunk.audio.pcm, "<i2")).tobytes()
            if len(waiting) >= least:
                yield bytes(waiting)
                waiting, least = bytearray(), round(_PIECE_S * RATE_HZ) * 2
    if to_rate is not None:
        waiting += to_rate.resample_chunk(np.zeros(0, np.int16), last=True).tobytes()
    if waiting:
        yield bytes(waiting)

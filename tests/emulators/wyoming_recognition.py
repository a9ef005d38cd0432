"""A real recognition server: a real model behind the protocol's own server. Like several others it hangs up after a turn."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

from wyoming.asr import Transcript
from wyoming.event import Event
from wyoming.server import AsyncEventHandler, AsyncServer

from holo_app.domain.audio import AudioChunk
from holo_app.ports.stt import SpeechToText
from holo_app.providers.wyoming.messages import AsrModel, AsrProgram, Attribution, Info
from holo_app.providers.wyoming.messages import AudioChunk as WyomingAudio
from tests.contracts.recording import as_stream

_MAKER = Attribution(name="Moonshine AI", url="https://moonshine.ai")
_MODEL = AsrModel("tiny", _MAKER, True, None, None, ["en"])
INFO = Info(asr=[AsrProgram("moonshine", _MAKER, True, None, "0.1.0", [_MODEL])])


class _Handler(AsyncEventHandler):
    def __init__(self, stt: SpeechToText, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        super().__init__(reader, writer)
        self._stt = stt
        self._heard: list[AudioChunk] = []

    async def run(self) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):  # the client has gone
            await super().run()
        with suppress(OSError):
            await self.writer.wait_closed()

    async def handle_event(self, event: Event) -> bool:
        match event.type:
            case "describe":
                await self.write_event(INFO.event())
            case "audio-chunk":
                sound = WyomingAudio.from_event(event)
                self._heard.append(AudioChunk(sound.audio, sound.rate))
            case "audio-stop":
                async for transcript in self._stt.transcribe(as_stream(*self._heard), language="en"):
                    await self.write_event(Transcript(transcript.text, language="en").event())
                return False
            case _:
                pass
        return True


@asynccontextmanager
async def recognition_server(stt: SpeechToText) -> AsyncIterator[str]:
    """A recogniser of English behind Wyoming; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    server = AsyncServer.from_uri(address)
    await server.start(partial(_Handler, stt))
    try:
        yield address
    finally:
        handlers = list(server._handlers)
        await server.stop()
        await asyncio.gather(*handlers)

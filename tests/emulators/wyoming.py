"""Wyoming speech servers, recognition and synthesis in one, around the protocol's own library. Source: wyoming 1.10.2."""

from __future__ import annotations

import asyncio
import json
import math
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from wyoming.asr import Transcript, TranscriptChunk, TranscriptStart, TranscriptStop
from wyoming.error import Error
from wyoming.event import Event, Eventable
from wyoming.ping import Ping, Pong
from wyoming.server import AsyncEventHandler

from holo_app.providers.wyoming.messages import (
    AsrModel,
    AsrProgram,
    Attribution,
    AudioChunk,
    AudioStart,
    AudioStop,
    Info,
    TtsProgram,
    TtsVoice,
)
from tests.emulators.faults import Fault
from tests.emulators.web import CutError, Emulator

TEXT = "It costs £149 – naïve, but true."
RATE_HZ = 16_000
_LOUD = 500
_MAKER = Attribution(name="nobody", url="")


@dataclass
class Asked:
    """One request: its first event, and the sound that came with it."""

    event: Event
    start: Event | None = None
    pcm: bytearray = field(default_factory=bytearray)


class WyomingEmulator(Emulator):
    """Hears `text` in whatever is loud enough, and says a tone for each word.

    streaming: it gives pieces of the transcript, the first while sound still comes. closes: it hangs up after each answer.
    Faults are of the next request that is not a question about what it is.
    """

    def __init__(self, text: str = TEXT, *, streaming: bool = True, closes: bool = False) -> None:
        super().__init__()
        self.text = text
        self.streaming = streaming
        self.closes = closes
        self.languages = ["en_GB", "de"]
        self.voices = {"alba": ["en_GB"], "thorsten": ["de"]}
        self.language: str | None = None
        self.channels = 1
        self.asked: list[Asked] = []
        self.described = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def base_url(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def info(self) -> Info:
        models = [AsrModel("tiny", _MAKER, True, None, None, self.languages)]
        voices = [TtsVoice(name, _MAKER, True, None, None, languages) for name, languages in self.voices.items()]
        return Info(
            asr=[AsrProgram("ears", _MAKER, True, None, "1", models, supports_transcript_streaming=self.streaming)],
            tts=[TtsProgram("mouth", _MAKER, True, None, "1", voices)],
        )

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.open_sockets += 1
        try:
            await _Handler(self, reader, writer).run()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has gone, or the test is over
        finally:
            self.open_sockets -= 1
            writer.close()
            await asyncio.gather(writer.wait_closed(), return_exceptions=True)
            self._tasks.discard(task)

    def pieces(self, asked: Asked) -> list[Eventable]:
        """The events of one answer, the first of them a result."""
        if asked.event.type == "synthesize":
            return [*self._speech(asked.event.data["text"]), AudioStop()]
        loud = any(abs(sample) > _LOUD for (sample,) in struct.iter_unpack("<h", asked.pcm))
        words = self.text.split(" ") if loud and self.streaming else []
        chunks = [TranscriptChunk(word + " ") for word in words]
        return [
            *chunks,
            *([TranscriptStop()] if words else []),
            Transcript(self.text if loud else "", None, self.language),
        ]

    def _speech(self, text: str) -> list[Eventable]:
        tones = [_tone(0.1 + 0.01 * len(word), 200 + 20 * place) for place, word in enumerate(text.split())]
        return [AudioChunk(RATE_HZ, 2, self.channels, _spread(tone, self.channels)) for tone in tones]


class _Handler(AsyncEventHandler):
    """One connection. Events wait in a queue, so that a client that goes is noticed while an answer hangs."""

    def __init__(self, emulator: WyomingEmulator, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        super().__init__(reader, writer)
        self._emulator = emulator
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._answering = asyncio.create_task(self._answer_all())

    async def handle_event(self, event: Event) -> bool:
        self._events.put_nowait(event)
        return True

    async def disconnect(self) -> None:
        self._answering.cancel()
        await asyncio.gather(self._answering, return_exceptions=True)

    async def _answer_all(self) -> None:
        with suppress(CutError, OSError):
            while True:
                await self._answer(await self._events.get())

    async def _answer(self, event: Event) -> None:
        match event.type:
            case "describe":
                self._emulator.described += 1
                await self.write_event(self._emulator.info().event())
            case "ping":
                await self.write_event(Pong(Ping.from_event(event).text).event())
            case "transcribe" | "synthesize":
                await self._request(Asked(event))
            case _:
                return
        if self._emulator.closes:
            self.writer.close()

    async def _request(self, asked: Asked) -> None:
        emulator = self._emulator
        emulator.asked.append(asked)
        fault = await emulator.next_fault()
        sender = _Sender(emulator, self.writer, fault)
        if fault is Fault.SERVER_ERROR:
            await sender.refuse(Error("out of memory", "oom").event())
        if fault is Fault.OVERLOADED:
            self.writer.transport.abort()
            raise CutError
        async with _open_answer(emulator):
            await self._hear(asked, sender)
            pieces = emulator.pieces(asked)
            if asked.event.type == "synthesize":
                await sender.send(AudioStart(RATE_HZ, 2, emulator.channels), counts=False)
            elif len(pieces) > 1 and not sender.sent:
                await sender.send(TranscriptStart(), counts=False)
            for piece in pieces[sender.sent :]:
                await sender.send(piece)
            await sender.flush()

    async def _hear(self, asked: Asked, sender: _Sender) -> None:
        while asked.event.type == "transcribe":
            event = await self._events.get()
            if event.type == "audio-start":
                asked.start = event
            elif event.type == "audio-chunk":
                asked.pcm += event.payload or b""
                pieces = self._emulator.pieces(asked)
                if len(pieces) > 1 and not sender.sent:
                    await sender.send(TranscriptStart(), counts=False)
                    await sender.send(pieces[0])
            elif event.type == "audio-stop":
                return


@asynccontextmanager
async def _open_answer(emulator: Emulator) -> AsyncIterator[None]:
    emulator.open_answers += 1
    try:
        yield
    finally:
        emulator.open_answers -= 1


class _Sender:
    """Puts events on the wire, as wrongly as the fault says. sent: how many results."""

    def __init__(self, emulator: WyomingEmulator, writer: asyncio.StreamWriter, fault: Fault | None) -> None:
        self._emulator = emulator
        self._writer = writer
        self._fault = fault
        self._kept = bytearray()
        self.sent = 0

    async def send(self, event: Eventable, *, counts: bool = True) -> None:
        if counts:
            await self._go_wrong()
            self.sent += 1
        if self._fault is Fault.UNKNOWN:
            await self._write(_inline(Event("surprise-of-tomorrow", {"deep": [1, None]}, b"\n{}\n")))
            await self._write(_inline(event.event()))
        else:
            await self._write(_framed(event.event()))

    async def refuse(self, event: Event) -> None:
        await self._write(_framed(event))
        await self._emulator.hold()

    async def flush(self) -> None:
        self._writer.write(bytes(self._kept))
        await self._writer.drain()

    async def _write(self, data: bytes) -> None:
        if self._fault is Fault.GLUED:
            self._kept += data
            return
        for piece in _bytes_of(data) if self._fault is Fault.SPLIT else [data]:
            self._writer.write(piece)
            await self._writer.drain()

    async def _go_wrong(self) -> None:
        match self._fault:
            case Fault.SILENT if self.sent == 0:
                await self._emulator.hold()
            case Fault.GARBLED if self.sent == 0:
                await self._write(b'{"nonsense": \n')
                await self._emulator.hold()
            case Fault.STALL if self.sent == 1:
                await self._emulator.hold()
            case Fault.FAILS_LATE if self.sent == 1:
                await self.refuse(Error("out of memory", "oom").event())
            case Fault.CUT if self.sent == 1:
                self._writer.transport.abort()
                raise CutError
            case Fault.ODD_CLOSE if self.sent == 1:
                self._writer.close()
                raise CutError
            case _:
                pass


def _framed(event: Event) -> bytes:
    """An event as the library writes it."""
    data = json.dumps(event.data, ensure_ascii=False).encode() if event.data else b""
    payload = event.payload or b""
    head: dict[str, Any] = {"type": event.type, "version": "1.10.2"}
    if data:
        head["data_length"] = len(data)
    if payload:
        head["payload_length"] = len(payload)
    return json.dumps(head).encode() + b"\n" + data + payload


def _inline(event: Event) -> bytes:
    """The same as a reader must also take it: data in the first line, and fields that nobody knows."""
    head = {
        "new_field": {"x": [1]},
        "type": event.type,
        "data": {**event.data, "new": None},
        "data_length": 0,
        "payload_length": len(event.payload or b""),
    }
    return json.dumps(head, ensure_ascii=False).encode() + b"\n" + (event.payload or b"")


def _bytes_of(data: bytes) -> Sequence[bytes]:
    return [data[place : place + 1] for place in range(len(data))]


def _tone(seconds: float, hertz: float) -> list[int]:
    count = round(seconds * RATE_HZ)
    return [round(9_000 * math.sin(2 * math.pi * hertz * place / RATE_HZ)) for place in range(count)]


def _spread(samples: Sequence[int], channels: int) -> bytes:
    return b"".join(struct.pack("<h", sample) * channels for sample in samples)

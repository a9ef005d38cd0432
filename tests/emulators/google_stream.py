"""Google's speech recognition by gRPC. Needs google-cloud-speech, whose own messages it speaks.

A relay on the loopback stands before the server, because a connection can be cut there. Source: google-cloud-speech 2.41.0.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

import grpc
import grpc.aio
from google.cloud.speech_v2.types import cloud_speech
from google.protobuf import any_pb2, duration_pb2
from google.rpc import error_details_pb2, status_pb2

from tests.emulators.faults import REFUSALS, WAIT_S, Fault
from tests.emulators.google import KEY, PROJECT
from tests.emulators.web import CutError, Emulator

_LARGEST_SOUND = 25_600
_STATUS = {
    Fault.UNAUTHORIZED: grpc.StatusCode.UNAUTHENTICATED,
    Fault.QUOTA: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Fault.RATE_LIMITED: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Fault.RATE_LIMITED_FOR: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Fault.BAD_REQUEST: grpc.StatusCode.INVALID_ARGUMENT,
    Fault.SERVER_ERROR: grpc.StatusCode.INTERNAL,
    Fault.OVERLOADED: grpc.StatusCode.UNAVAILABLE,
}
_UNKNOWN_FIELD = b"\xfa\x3e\x03new"
_GARBAGE = b"\xff\xff\xff"
Answer = cloud_speech.StreamingRecognizeResponse


class GoogleStreamEmulator(Emulator):
    """Hears `text` in whatever is no silence. configs: what streams began with. sounds: bytes of each message with sound."""

    def __init__(self, text: str = "How much is it – 149 or 199 pounds?") -> None:
        super().__init__()
        self.text = text
        self.configs: list[Any] = []
        self.sounds: list[int] = []
        self.metadata: dict[str, str] = {}
        self._server: Any = None
        self._inner_port = 0
        self._relay: asyncio.Server | None = None
        self._relayed: set[asyncio.StreamWriter] = set()
        self._piping: set[asyncio.Task[None]] = set()
        self._bytewise = False

    async def __aenter__(self) -> Self:
        self._server = grpc.aio.server()
        handler = grpc.stream_stream_rpc_method_handler(
            self._recognise,
            request_deserializer=cloud_speech.StreamingRecognizeRequest.deserialize,
            response_serializer=lambda answer: answer if isinstance(answer, bytes) else Answer.serialize(answer),
        )
        service = grpc.method_handlers_generic_handler("google.cloud.speech.v2.Speech", {"StreamingRecognize": handler})
        self._server.add_generic_rpc_handlers((service,))
        self._inner_port = self._server.add_insecure_port("127.0.0.1:0")
        await self._server.start()
        self._relay = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._relay.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        if self._relay is not None:
            self._relay.close()
        self._cut()
        await asyncio.gather(*self._piping, return_exceptions=True)
        await self._server.stop(None)

    async def _recognise(self, requests: AsyncIterator[Any], context: Any) -> AsyncIterator[Any]:
        self.open_answers += 1
        try:
            fault = await self.next_fault()
            self._bytewise = fault is Fault.SPLIT
            await self._admit(context, fault)
            async for answer in self._answers(requests, context, fault):
                yield answer
        except CutError:
            self._cut()
        finally:
            self.open_answers -= 1

    async def _admit(self, context: Any, fault: Fault | None) -> None:
        self.metadata = {name: value for name, value in context.invocation_metadata() if isinstance(value, str)}
        if self.metadata.get("x-goog-api-key") != KEY:
            fault = Fault.UNAUTHORIZED
        if fault not in REFUSALS:
            return
        details: list[Any] = []
        if fault is Fault.QUOTA:
            violation = error_details_pb2.QuotaFailure.Violation(subject="project", description="Audio per day")
            details.append(error_details_pb2.QuotaFailure(violations=[violation]))
        if fault is Fault.RATE_LIMITED_FOR:
            delay = duration_pb2.Duration(seconds=round(WAIT_S))
            details.append(error_details_pb2.RetryInfo(retry_delay=delay))
        await refuse(context, _STATUS[fault], "refused", details)

    async def _answers(self, requests: AsyncIterator[Any], context: Any, fault: Fault | None) -> AsyncIterator[Any]:
        begun = loud = False
        seconds = 0.0
        async for request in requests:
            if not begun:
                await self._begin(request, context)
                begun = True
                continue
            if len(request.audio) > _LARGEST_SOUND:
                text = "Audio chunk can be of a a maximum of 25600 bytes"
                await context.abort(grpc.StatusCode.INVALID_ARGUMENT, text)
            self.sounds.append(len(request.audio))
            rate_hz = self.configs[-1].config.explicit_decoding_config.sample_rate_hertz
            seconds += len(request.audio) / 2 / rate_hz
            if not loud and any(request.audio):
                loud = True
                yield await self._first(fault)
                await self._goes_wrong(context, fault)
                if fault is Fault.ODD_CLOSE:
                    return
        if loud:
            yield interim(self.text.lower())
        yield settled(self.text if loud else "", seconds)

    async def _begin(self, request: Any, context: Any) -> None:
        place = f"projects/{PROJECT}/locations/"
        if not request.recognizer.startswith(place) or "streaming_config" not in request or request.audio:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "The first message must hold a streaming_config.")
        self.configs.append(request.streaming_config)

    async def _first(self, fault: Fault | None) -> Any:
        if fault is Fault.SILENT:
            await self.hold()
        if fault is Fault.GARBLED:
            return _GARBAGE
        first = interim(" ".join(self.text.split()[:2]))
        return Answer.serialize(first) + _UNKNOWN_FIELD if fault is Fault.UNKNOWN else first

    async def _goes_wrong(self, context: Any, fault: Fault | None) -> None:
        if fault is Fault.STALL:
            await self.hold()
        if fault is Fault.CUT:
            raise CutError
        if fault is Fault.FAILS_LATE:
            await context.abort(grpc.StatusCode.INTERNAL, "Internal error encountered.")

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._inner_port)
        self._relayed |= {writer, inner_writer}
        for piping in (self._pipe(reader, inner_writer), self._pipe(inner_reader, writer, answers=True)):
            self._piping.add(asyncio.ensure_future(piping))

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool = False) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65_536):
                step = 1 if answers and self._bytewise else len(data)
                for at in range(0, len(data), step):
                    writer.write(data[at : at + step])
                    await writer.drain()
        writer.close()

    def _cut(self) -> None:
        """Break every connection."""
        while self._relayed:
            self._relayed.pop().transport.abort()


async def refuse(context: Any, code: Any, message: str, details: list[Any]) -> None:
    """End a call with a status, and with what Google says beside it."""
    packed = []
    for detail in details:
        entry = any_pb2.Any()
        entry.Pack(detail)
        packed.append(entry)
    status = status_pb2.Status(code=code.value[0], message=message, details=packed)
    trailing = (("grpc-status-details-bin", status.SerializeToString()),) if packed else ()
    await context.abort(code, message, trailing)


def interim(text: str) -> Any:
    """Words that are not settled."""
    result = cloud_speech.StreamingRecognitionResult(alternatives=[{"transcript": text}], is_final=False, stability=0.5)
    return Answer(results=[result])


def settled(text: str, seconds: float) -> Any:
    """The end of an utterance, and what is billed for it."""
    results = []
    if text:
        alternatives = [{"transcript": text, "confidence": 0.75}]
        results.append(
            cloud_speech.StreamingRecognitionResult(alternatives=alternatives, is_final=True, language_code="en-us")
        )
    return Answer(results=results, metadata={"total_billed_duration": timedelta(seconds=round(seconds))})

"""Calls to Google's recogniser by gRPC. Only `streaming` imports it, where Google's library is installed.

grpc's own asyncio interface is not used: where the service ends a call while something is being sent, it puts "Internal error
from Core" in place of the status, so that a refused key could not be told from a fault of the service.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import suppress
from typing import Any

import grpc
from google.cloud.speech_v2.types import cloud_speech
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.google.failures import BY_REASON, BY_STATUS, NAME, used_up
from holo_app.providers.google.recogniser import Begin

_METHOD = "/google.cloud.speech.v2.Speech/StreamingRecognize"
_DETAILS = "grpc-status-details-bin"
_UNREADABLE = "deserializing"
"""In the details of a status: the library itself ended the call."""

_LONGEST_DETAIL = 300
_OPTIONS = (
    # a network that is back is found within seconds; the second is also how long a connection may take
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.min_reconnect_backoff_ms", 3_000),
    ("grpc.max_reconnect_backoff_ms", 2_000),
    ("grpc.keepalive_time_ms", 30_000),
)


class RecogniserService:
    """A connection, shared by all calls; opened with the first. host: with its port."""

    def __init__(self, host: str, *, secure: bool) -> None:
        self._channel = (
            grpc.secure_channel(host, grpc.ssl_channel_credentials(), _OPTIONS)
            if secure
            else grpc.insecure_channel(host, _OPTIONS)
        )
        self._method = self._channel.stream_stream(
            _METHOD,
            request_serializer=cloud_speech.StreamingRecognizeRequest.serialize,
            response_deserializer=cloud_speech.StreamingRecognizeResponse.deserialize,
        )

    def call(self, headers: Mapping[str, str]) -> RecogniserCall:
        """Begin a call. Its end is to be waited for with `aclose`."""
        return RecogniserCall(self._method, headers)

    async def aclose(self) -> None:
        """Close the connection, and cancel what is under way."""
        await asyncio.to_thread(self._channel.close)


class RecogniserCall:
    """One utterance. A thread reads the answers; what is sent goes out in one of grpc's own."""

    def __init__(self, method: Any, headers: Mapping[str, str]) -> None:
        self._requests: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._answers: asyncio.Queue[Any] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        self._heard_all = False
        self._over = asyncio.Event()
        self._call = method(iter(self._requests.get, None), metadata=tuple(headers.items()))
        threading.Thread(target=self._read, name="google-answers", daemon=True).start()

    def begin(self, begin: Begin, rate_hz: int) -> None:
        """Say what is to be recognised: the first message."""
        decoding = cloud_speech.ExplicitDecodingConfig(
            encoding=cloud_speech.ExplicitDecodingConfig.AudioEncoding.LINEAR16,
            sample_rate_hertz=rate_hz,
            audio_channel_count=1,
        )
        config = cloud_speech.RecognitionConfig(
            explicit_decoding_config=decoding,
            model=begin.model,
            language_codes=[begin.locale],
            features=cloud_speech.RecognitionFeatures(enable_automatic_punctuation=True),
        )
        streaming = cloud_speech.StreamingRecognitionConfig(
            config=config,
            streaming_features=cloud_speech.StreamingRecognitionFeatures(interim_results=True),
        )
        self._requests.put(cloud_speech.StreamingRecognizeRequest(recognizer=begin.path, streaming_config=streaming))

    def sound(self, pcm: bytes) -> None:
        """Send sound: at most 25,600 bytes."""
        self._requests.put(cloud_speech.StreamingRecognizeRequest(audio=pcm))

    def no_more(self) -> None:
        """There is no more sound: the rest of the words may come."""
        self._heard_all = True
        self._requests.put(None)

    async def answers(self, sending: asyncio.Task[None]) -> AsyncGenerator[Any]:
        """What comes in (StreamingRecognizeResponse) until the service has said all.

        Raises: what `sending` raises. ProviderError.
        """
        sending.add_done_callback(self._given_up)
        while (answer := await self._answers.get()) is not None:
            if isinstance(answer, ProviderError):
                problem = sending.exception() if sending.done() and not sending.cancelled() else None
                raise problem or answer
            yield answer
        if not self._heard_all:
            raise ProviderError(NAME, FailureCategory.CANCELLED_BY_PEER, "it ended before the utterance did")

    async def aclose(self) -> None:
        """End it, and wait until its threads let go of it."""
        self._call.cancel()
        self._requests.put(None)
        await self._over.wait()

    def _read(self) -> None:
        """In a thread."""
        try:
            for answer in self._call:
                self._tell(answer)
            self._tell(None)
        except grpc.RpcError as error:
            self._tell(failure(error))
        with suppress(RuntimeError):  # the loop is closed, and nobody waits
            self._loop.call_soon_threadsafe(self._over.set)

    def _tell(self, answer: Any) -> None:
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._answers.put_nowait, answer)

    def _given_up(self, sending: asyncio.Task[None]) -> None:
        if sending.cancelled() or sending.exception() is not None:
            self._call.cancel()


def failure(error: Any) -> ProviderError:
    """What the status of a call (grpc.RpcError) means. RetryInfo and QuotaFailure come in a message of their own beside it."""
    category = BY_STATUS.get(error.code().name, FailureCategory.UNAVAILABLE)
    if _UNREADABLE in (error.details() or ""):
        category = FailureCategory.BAD_RESPONSE
    again_s = None
    quotas = [error.details() or ""]
    for detail in _details(error):
        if isinstance(detail, error_details_pb2.ErrorInfo):
            category = BY_REASON.get(detail.reason, category)
        elif isinstance(detail, error_details_pb2.RetryInfo):
            again_s = max(0.0, detail.retry_delay.ToTimedelta().total_seconds())
        elif isinstance(detail, error_details_pb2.QuotaFailure):
            quotas += [f"{violation.subject} {violation.description}" for violation in detail.violations]
    if category is FailureCategory.RATE_LIMITED and any(map(used_up, quotas)):
        category, again_s = FailureCategory.QUOTA, None
    detail_text = f"{error.code().name}: {error.details() or ''}"[:_LONGEST_DETAIL]
    return ProviderError(NAME, category, detail_text, retry_after_s=again_s)


def _details(error: Any) -> Iterator[Any]:
    for name, value in error.trailing_metadata() or ():
        if name != _DETAILS:
            continue
        try:
            status = status_pb2.Status.FromString(value)
        except DecodeError:
            return
        for packed in status.details:
            for kind in (error_details_pb2.ErrorInfo, error_details_pb2.RetryInfo, error_details_pb2.QuotaFailure):
                message = kind()
                if packed.Is(kind.DESCRIPTOR) and _unpacked(packed, message):
                    yield message


def _unpacked(packed: Any, message: Any) -> bool:
    try:
        return bool(packed.Unpack(message))
    except DecodeError:
        return False

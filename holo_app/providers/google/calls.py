"""Calls to Google's recogniser by gRPC. Only `streaming` imports it, where Google's library is installed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import suppress
from typing import Any

import grpc
import grpc.aio
from google.cloud.speech_v2.types import cloud_speech
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.google.failures import BY_REASON, BY_STATUS, NAME, used_up
from holo_app.providers.google.recogniser import Begin

_METHOD = "/google.cloud.speech.v2.Speech/StreamingRecognize"
_DETAILS = "grpc-status-details-bin"
_LONGEST_DETAIL = 300
_OVER = (grpc.aio.AioRpcError, asyncio.InvalidStateError)
"""What writing to a call raises that has ended."""

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
            grpc.aio.secure_channel(host, grpc.ssl_channel_credentials(), _OPTIONS)
            if secure
            else grpc.aio.insecure_channel(host, _OPTIONS)
        )
        self._method = self._channel.stream_stream(
            _METHOD,
            request_serializer=cloud_speech.StreamingRecognizeRequest.serialize,
            response_deserializer=cloud_speech.StreamingRecognizeResponse.deserialize,
        )

    def call(self, headers: Mapping[str, str]) -> RecogniserCall:
        """Begin a call."""
        return RecogniserCall(self._method(metadata=tuple(headers.items())))

    async def aclose(self) -> None:
        """Close the connection, and cancel what is under way."""
        await self._channel.close()


class RecogniserCall:
    """One utterance. Raises, from every method: ProviderError."""

    def __init__(self, call: Any) -> None:
        self._call = call
        self._heard_all = False

    async def begin(self, begin: Begin, rate_hz: int) -> None:
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
        await self._write(cloud_speech.StreamingRecognizeRequest(recognizer=begin.path, streaming_config=streaming))

    async def sound(self, pcm: bytes) -> None:
        """Send sound: at most 25,600 bytes."""
        await self._write(cloud_speech.StreamingRecognizeRequest(audio=pcm))

    async def no_more(self) -> None:
        """There is no more sound: the rest of the words may come."""
        self._heard_all = True
        with suppress(*_OVER):
            await self._call.done_writing()

    async def answers(self, sending: asyncio.Task[None]) -> AsyncGenerator[Any]:
        """What comes in (StreamingRecognizeResponse) until the service has said all.

        Raises: what `sending` raises. ProviderError.
        """
        sending.add_done_callback(self._given_up)
        while (answer := await self._next(sending)) is not grpc.aio.EOF:
            if answer is None:  # to the library a message that it cannot read is no error
                raise ProviderError(NAME, FailureCategory.BAD_RESPONSE, "an answer cannot be read")
            yield answer
        if not self._heard_all:
            raise ProviderError(NAME, FailureCategory.CANCELLED_BY_PEER, "it ended before the utterance did")

    def cancel(self) -> None:
        """Nobody waits for the rest."""
        self._call.cancel()

    async def _next(self, sending: asyncio.Task[None]) -> Any:
        try:
            return await self._call.read()
        except grpc.aio.AioRpcError as error:
            raise failure(error) from error
        except asyncio.CancelledError:
            # so the library says, too, that the call was cancelled
            problem = sending.exception() if sending.done() and not sending.cancelled() else None
            if problem is not None:
                raise problem from None
            raise

    async def _write(self, request: Any) -> None:
        # whoever reads the answers is told why it is over
        with suppress(*_OVER):
            await self._call.write(request)

    def _given_up(self, sending: asyncio.Task[None]) -> None:
        if sending.cancelled() or sending.exception() is not None:
            self._call.cancel()


def failure(error: grpc.aio.AioRpcError) -> ProviderError:
    """What a status means. RetryInfo and QuotaFailure come in a message of their own beside it."""
    category = BY_STATUS.get(error.code().name, FailureCategory.UNAVAILABLE)
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


def _details(error: grpc.aio.AioRpcError) -> Iterator[Any]:
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

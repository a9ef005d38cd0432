"""Google's speech recognition by gRPC, while somebody speaks: the extra `google`.

Only the messages are taken from Google's library; tokens, failures and deadlines are ours, as everywhere.

Source: google-cloud-speech 2.41.0; its own client speaks to the same emulator. No live service was called.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from holo_app.domain.audio import AudioChunk
from holo_app.domain.speech import Transcript
from holo_app.domain.usage import Unit
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.clock import Clock
from holo_app.ports.meter import Meter
from holo_app.ports.stt import SttCapabilities
from holo_app.providers.google.access import GoogleAccess
from holo_app.providers.google.failures import NAME
from holo_app.providers.google.recogniser import Begin, Recogniser, Settled
from holo_app.providers.hearing.metering import Listened
from holo_app.providers.hearing.sound import Frames, check_language, first_sound
from holo_app.providers.locales import Locales

if TYPE_CHECKING:
    from holo_app.providers.google.calls import RecogniserCall, RecogniserService

_FRAME_S = 0.1
"""Of sound in one message: 9,600 bytes at 48 kHz, where 25,600 are allowed."""


class GoogleStreamingStt:
    """A SpeechToText. address: `https://…`, or `http://…` for an emulator. The access is closed with this.

    Google's library is loaded with the first call, in a thread. Raises, from the first call: ProviderError(UNAVAILABLE): it
    is not installed.
    """

    def __init__(self, address: str, access: GoogleAccess, recogniser: Recogniser, meter: Meter, clock: Clock) -> None:
        self._address = address
        self._access = access
        self._recogniser = recogniser
        self._meter = meter
        self._clock = clock
        self._locales = Locales(recogniser.own_locales)
        self._service: RecogniserService | None = None
        self._loading = asyncio.Lock()
        self._closed = False

    @property
    def capabilities(self) -> SttCapabilities:
        return SttCapabilities(NAME, self._locales.languages, streaming=True)

    async def transcribe(self, audio: AsyncIterator[AudioChunk], *, language: str) -> AsyncGenerator[Transcript]:
        if self._closed:
            raise ProviderError(NAME, FailureCategory.UNAVAILABLE, "it was closed")
        check_language(NAME, language, self._locales.languages)
        begin = Begin(self._recogniser.path(), self._recogniser.model, self._locales.of(language))
        first = await first_sound(audio)
        if first is None:
            yield Transcript("", language, final=True)
            return
        with Listened(self._meter, self._clock, NAME, self._recogniser.model) as account:
            service = await self._opened()
            async with self._access.headers() as headers:
                call = service.call(headers)
                sending = asyncio.create_task(_send(call, begin, first, audio, account))
                heard = _Heard(language)
                try:
                    async with aclosing(call.answers(sending)) as answers:
                        async for answer in answers:
                            billed_s = answer.metadata.total_billed_duration.total_seconds()
                            account.measured({Unit.AUDIO_SECONDS: billed_s} if billed_s else {})
                            if heard.push(answer.results):
                                yield heard.partial()
                finally:
                    sending.cancel()
                    await asyncio.gather(sending, call.aclose(), return_exceptions=True)
            yield heard.final()

    async def warm_up(self) -> None:
        """Load Google's library. Raises: ProviderError(UNAVAILABLE): it is not installed."""
        await self._opened()

    async def aclose(self) -> None:
        self._closed = True
        service, self._service = self._service, None
        if service is not None:
            await service.aclose()
        await self._access.aclose()

    async def _opened(self) -> RecogniserService:
        async with self._loading:
            if self._service is None:
                service = await asyncio.to_thread(_loaded)
                host, secure = host_of(self._address)
                self._service = service(host, secure=secure)
            return self._service


class _Heard:
    """The words so far: parts that are settled, and what comes after them."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._settled = Settled()
        self._unsettled: list[str] = []

    def push(self, results: Sequence[Any]) -> bool:
        """The results of one answer: StreamingRecognitionResult. Whether there are words that are not settled."""
        if results:
            self._unsettled = []
        for result in results:
            best = next(iter(result.alternatives), None)
            if best is None:
                continue
            if result.is_final:
                self._settled.add(best.transcript, best.confidence or None)
            else:
                self._unsettled.append(best.transcript)
        return any(text.strip() for text in self._unsettled)

    def partial(self) -> Transcript:
        """What was understood so far."""
        return self._settled.transcript(self._language, self._unsettled)

    def final(self) -> Transcript:
        """What was understood in the end. Raises: ProviderError: words were heard, and never settled."""
        if any(text.strip() for text in self._unsettled):
            raise ProviderError(NAME, FailureCategory.CANCELLED_BY_PEER, "the answer has no end")
        return self._settled.transcript(self._language)


async def _send(
    call: RecogniserCall, begin: Begin, first: AudioChunk, rest: AsyncIterator[AudioChunk], account: Listened
) -> None:
    """Send the sound as it comes, then its end. Raises: ProviderError: its sample rate changes."""
    frames = Frames(NAME, first.rate_hz, _FRAME_S)

    def send(pieces: Iterable[bytes]) -> None:
        for piece in pieces:
            call.sound(piece)
            account.sent(frames.seconds(piece))

    call.begin(begin, first.rate_hz)
    send(frames.push(first))
    async for chunk in rest:
        send(frames.push(chunk))
    if left := frames.rest(least_s=0):
        send([left])
    call.no_more()


def _loaded() -> type[RecogniserService]:
    try:
        from holo_app.providers.google.calls import RecogniserService  # noqa: PLC0415 - a second, and only for this one
    except ImportError as error:
        raise ProviderError(
            NAME, FailureCategory.UNAVAILABLE, "google-cloud-speech is not installed: it comes with the extra `google`"
        ) from error
    return RecogniserService


def host_of(address: str) -> tuple[str, bool]:
    """Host with port, and whether the connection is a secure one."""
    parts = urlsplit(address)
    return parts.netloc or parts.path, parts.scheme != "http"

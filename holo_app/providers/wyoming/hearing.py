"""One utterance to a recognition server and its transcript back, while it is still being spoken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass

from wyoming.asr import Transcribe
from wyoming.event import Event

from holo_app.domain.audio import BYTES_PER_SAMPLE, CAPTURE_RATE_HZ, AudioChunk
from holo_app.domain.speech import Transcript
from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.wyoming.client import WyomingConnection
from holo_app.providers.wyoming.failures import failure_of
from holo_app.providers.wyoming.messages import AudioChunk as WyomingAudio
from holo_app.providers.wyoming.messages import AudioStart, AudioStop


@dataclass(frozen=True, slots=True)
class Utterance:
    """What is to be transcribed. heard: told of each piece of sound that was sent. model: the server's; None: its choice."""

    provider: str
    audio: AsyncIterator[AudioChunk]
    language: str
    heard: Callable[[AudioChunk], None]
    model: str | None = None


async def transcripts(server: WyomingConnection, utterance: Utterance) -> AsyncGenerator[Transcript]:
    """Partial transcripts as the server gives them, each whole so far, and the final one last. Raises: ProviderError."""
    sending = asyncio.create_task(_send(server, utterance))
    try:
        text = ""
        while True:
            event = await _received(server, sending)
            match event.type:
                case "transcript-chunk":
                    text += _text(utterance.provider, event)
                    if text.strip():
                        yield Transcript(text.strip(), utterance.language, final=False)
                case "transcript":
                    said = _language(event) or utterance.language
                    yield Transcript(_text(utterance.provider, event).strip(), said, final=True)
                    return
                case "error":
                    raise failure_of(utterance.provider, event)
                case _:
                    pass  # its start and stop, and whatever else servers tell
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


async def _received(server: WyomingConnection, sending: asyncio.Task[None]) -> Event:
    """The next event; where the sound itself failed, that error in place of the hanging up that it led to."""
    try:
        return await server.receive()
    except ProviderError:
        if sending.done() and not sending.cancelled() and (error := sending.exception()) is not None:
            raise error from None
        raise


async def _send(server: WyomingConnection, utterance: Utterance) -> None:
    try:
        await _say_all(server, utterance)
    except BaseException:
        server.hang_up()
        raise


async def _say_all(server: WyomingConnection, utterance: Utterance) -> None:
    await server.send(Transcribe(utterance.model, utterance.language).event())
    rate_hz: int | None = None
    async for chunk in utterance.audio:
        if rate_hz is None:
            rate_hz = chunk.rate_hz
            await server.send(AudioStart(rate_hz, BYTES_PER_SAMPLE, 1).event())
        if chunk.rate_hz != rate_hz:
            raise ProviderError(
                utterance.provider, FailureCategory.BAD_REQUEST, "the sample rate changes within the utterance"
            )
        utterance.heard(chunk)
        if chunk.pcm:
            await server.send(WyomingAudio(rate_hz, BYTES_PER_SAMPLE, 1, chunk.pcm).event())
    if rate_hz is None:
        await server.send(AudioStart(CAPTURE_RATE_HZ, BYTES_PER_SAMPLE, 1).event())
    await server.send(AudioStop().event())


def _text(provider: str, event: Event) -> str:
    text = event.data.get("text")
    if not isinstance(text, str):
        raise ProviderError(provider, FailureCategory.BAD_RESPONSE, f"a {event.type} without text")
    return text


def _language(event: Event) -> str:
    """The primary tag of the language that the server heard; empty where it does not say."""
    said = event.data.get("language")
    return said.replace("_", "-").partition("-")[0].lower() if isinstance(said, str) else ""

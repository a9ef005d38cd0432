"""Google's own client as the judge of the emulator: it speaks to it unmodified."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.contracts.recording import question
from tests.emulators.faults import WAIT_S, Fault
from tests.emulators.google import KEY, PROJECT

pytest.importorskip("google.cloud.speech_v2")

METADATA = (("x-goog-api-key", KEY),)


@pytest.fixture
async def emulator() -> AsyncIterator[Any]:
    from tests.emulators.google_stream import GoogleStreamEmulator  # noqa: PLC0415 - only where it is installed

    async with GoogleStreamEmulator("How much is it?") as made:
        yield made


@pytest.fixture
async def client(emulator: Any) -> AsyncIterator[Any]:
    import grpc.aio  # noqa: PLC0415 - as above
    from google.cloud.speech_v2 import SpeechAsyncClient  # noqa: PLC0415 - as above
    from google.cloud.speech_v2.services.speech.transports import SpeechGrpcAsyncIOTransport  # noqa: PLC0415 - as above

    async with grpc.aio.insecure_channel(f"127.0.0.1:{emulator.port}") as channel:
        yield SpeechAsyncClient(transport=SpeechGrpcAsyncIOTransport(channel=channel))


async def requests(size: int = 3_200) -> AsyncIterator[Any]:
    from google.cloud.speech_v2.types import cloud_speech as messages  # noqa: PLC0415 - as above

    decoding = {"encoding": 1, "sample_rate_hertz": 16_000, "audio_channel_count": 1}
    config = messages.RecognitionConfig(explicit_decoding_config=decoding, language_codes=["en-US"], model="chirp_3")
    features = {"interim_results": True}
    yield messages.StreamingRecognizeRequest(
        recognizer=f"projects/{PROJECT}/locations/eu/recognizers/_",
        streaming_config=messages.StreamingRecognitionConfig(config=config, streaming_features=features),
    )
    pcm = question().pcm
    for at in range(0, len(pcm), size):
        yield messages.StreamingRecognizeRequest(audio=pcm[at : at + size])
        await asyncio.sleep(0)


async def test_it_hears(client: Any) -> None:
    answers = [answer async for answer in await client.streaming_recognize(requests(), metadata=METADATA)]

    heard = [(result.is_final, result.alternatives[0].transcript) for answer in answers for result in answer.results]
    assert heard == [(False, "How much"), (False, "how much is it?"), (True, "How much is it?")]
    assert answers[-1].metadata.total_billed_duration.total_seconds() == round(question().seconds)


async def test_it_is_told_what_is_wrong(client: Any, emulator: Any) -> None:
    from google.api_core.exceptions import InvalidArgument, ResourceExhausted  # noqa: PLC0415 - as above

    with pytest.raises(InvalidArgument, match="25600"):
        async for _ in await client.streaming_recognize(first_of(requests(30_000), 2), metadata=METADATA):
            pass
    emulator.fail_next(Fault.RATE_LIMITED_FOR)
    with pytest.raises(ResourceExhausted) as caught:
        async for _ in await client.streaming_recognize(first_of(requests(), 1), metadata=METADATA):
            pass
    assert caught.value.details[0].retry_delay.seconds == WAIT_S


async def first_of(all_of_them: AsyncIterator[Any], count: int) -> AsyncIterator[Any]:
    """What is refused must not be written to any more: grpc would forget why."""
    for _ in range(count):
        yield await anext(all_of_them)

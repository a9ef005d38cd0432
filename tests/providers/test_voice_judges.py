"""The makers' own clients, unmodified, talk to the emulators of voices: these follow the wire, not our clients."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import connect

from tests.emulators import cartesia as cartesia_emulator
from tests.emulators import elevenlabs as elevenlabs_emulator
from tests.emulators.cartesia import CartesiaEmulator
from tests.emulators.elevenlabs import ElevenLabsEmulator
from tests.emulators.faults import Fault
from tests.emulators.openai import KEY
from tests.emulators.openai_speech import OLD_SPEECH_MODEL, SPEECH_MODEL, USE, OpenAiSpeechEmulator
from tests.emulators.voice_sounds import CHARACTER_MS, spoken

TEXT = "It costs £149, and it is waterproof!"


@asynccontextmanager
async def openai_client(emulator: OpenAiSpeechEmulator) -> AsyncIterator[Any]:
    openai = pytest.importorskip("openai")
    async with openai.AsyncOpenAI(api_key=KEY, base_url=emulator.base_url, max_retries=0) as client:
        yield client


@asynccontextmanager
async def elevenlabs_client(emulator: ElevenLabsEmulator) -> AsyncIterator[Any]:
    elevenlabs = pytest.importorskip("elevenlabs.client")
    httpx = pytest.importorskip("httpx")
    async with httpx.AsyncClient() as http:
        yield elevenlabs.AsyncElevenLabs(api_key=elevenlabs_emulator.KEY, base_url=emulator.base_url, httpx_client=http)


async def test_openai_streams_bare_sound() -> None:
    async with (
        OpenAiSpeechEmulator() as emulator,
        openai_client(emulator) as client,
        client.audio.speech.with_streaming_response.create(
            model=OLD_SPEECH_MODEL, input=TEXT, voice="alloy", response_format="pcm"
        ) as answer,
    ):
        pieces = [piece async for piece in answer.iter_bytes()]

    assert b"".join(pieces) == spoken(TEXT)


async def test_openai_streams_events() -> None:
    async with (
        OpenAiSpeechEmulator() as emulator,
        openai_client(emulator) as client,
        client.audio.speech.with_streaming_response.create(
            model=SPEECH_MODEL, input=TEXT, voice="coral", response_format="pcm", stream_format="sse"
        ) as answer,
    ):
        lines = [line async for line in answer.iter_lines() if line.startswith("data: ")]
    events = [json.loads(line.removeprefix("data: ")) for line in lines]

    assert b"".join(b64decode(event["audio"]) for event in events[:-1]) == spoken(TEXT)
    assert {event["type"] for event in events[:-1]} == {"speech.audio.delta"}
    assert events[-1] == {"type": "speech.audio.done", "usage": USE}


async def test_openai_is_refused() -> None:
    openai = pytest.importorskip("openai")
    async with OpenAiSpeechEmulator() as emulator, openai_client(emulator) as client:
        emulator.fail_next(Fault.QUOTA)
        with pytest.raises(openai.RateLimitError) as caught:
            await client.audio.speech.create(model=SPEECH_MODEL, input=TEXT, voice="alloy", response_format="pcm")

    assert caught.value.code == "insufficient_quota"


@pytest.mark.parametrize("way", ["convert", "stream"])
async def test_elevenlabs_gets_sound(way: str) -> None:
    async with ElevenLabsEmulator() as emulator, elevenlabs_client(emulator) as client:
        pieces = [
            piece
            async for piece in getattr(client.text_to_speech, way)(
                elevenlabs_emulator.VOICE, text=TEXT, model_id="eleven_flash_v2_5", output_format="pcm_24000"
            )
        ]

    assert b"".join(pieces) == spoken(TEXT)


async def test_elevenlabs_gets_sound_with_times() -> None:
    async with ElevenLabsEmulator() as emulator, elevenlabs_client(emulator) as client:
        lines = [
            line
            async for line in client.text_to_speech.stream_with_timestamps(
                elevenlabs_emulator.VOICE, text=TEXT, model_id="eleven_flash_v2_5", output_format="pcm_24000"
            )
        ]

    assert b"".join(b64decode(line.audio_base_64) for line in lines) == spoken(TEXT)
    assert "".join(letter for line in lines for letter in line.alignment.characters) == TEXT
    assert lines[-1].alignment.character_end_times_seconds[-1] == len(TEXT) * CHARACTER_MS / 1000


async def test_elevenlabs_lists_voices_and_quota() -> None:
    async with ElevenLabsEmulator() as emulator, elevenlabs_client(emulator) as client:
        voices = await client.voices.search(page_size=100)
        subscription = await client.user.subscription.get()

    assert [voice.voice_id for voice in voices.voices] == [elevenlabs_emulator.VOICE, elevenlabs_emulator.OTHER_VOICE]
    assert subscription.character_limit == 100_000


async def test_elevenlabs_is_refused() -> None:
    errors = pytest.importorskip("elevenlabs.core.api_error")
    async with ElevenLabsEmulator() as emulator, elevenlabs_client(emulator) as client:
        emulator.fail_next(Fault.QUOTA)
        with pytest.raises(errors.ApiError) as caught:
            await anext(aiter(client.text_to_speech.stream(elevenlabs_emulator.VOICE, text=TEXT)))

    assert caught.value.status_code == 401
    assert caught.value.body["detail"]["status"] == "quota_exceeded"


@pytest.mark.filterwarnings("ignore:ConnectionClosed.code is deprecated")  # the client's own
async def test_elevenlabs_speaks_over_its_socket() -> None:
    elevenlabs = pytest.importorskip("elevenlabs.client")
    httpx = pytest.importorskip("httpx")

    def say(base_url: str) -> bytes:
        with httpx.Client() as http:
            client = elevenlabs.ElevenLabs(
                api_key=elevenlabs_emulator.KEY, base_url=base_url, httpx_client=http
            ).text_to_speech
            # it speaks TLS only; the rest of it is as it comes
            client._ws_base_url = base_url.replace("http", "ws")
            texts = iter(["It costs £149, ", "and it is ", "waterproof!"])
            return b"".join(client.convert_realtime(elevenlabs_emulator.VOICE, text=texts, output_format="pcm_24000"))

    async with ElevenLabsEmulator() as emulator:
        sound = await asyncio.to_thread(say, emulator.base_url)

    assert sound == spoken("It costs £149, and it is waterproof!")


async def test_elevenlabs_reads_and_writes_the_messages_of_many_contexts() -> None:
    types = pytest.importorskip("elevenlabs.types")
    asked = [
        types.InitializeConnectionMulti(context_id="c"),
        types.SendTextMulti(text=f"{TEXT} ", context_id="c", flush=True),
        types.CloseContext(context_id="c", close_context=True),
    ]
    async with ElevenLabsEmulator() as emulator:
        address = f"ws://127.0.0.1:{emulator.port}/v1/text-to-speech/{elevenlabs_emulator.VOICE}/multi-stream-input"
        async with connect(address, additional_headers={"xi-api-key": elevenlabs_emulator.KEY}) as socket:
            for message in asked:
                await socket.send(json.dumps(message.dict(exclude_none=True)))
            received: list[Any] = []
            while not received or "isFinal" not in received[-1]:
                received.append(json.loads(await socket.recv()))
    outputs = [types.AudioOutputMulti(**message) for message in received[:-1]]

    assert b"".join(b64decode(output.audio) for output in outputs) == spoken(TEXT)
    assert {output.context_id for output in outputs} == {"c"}
    assert "".join(letter for output in outputs for letter in output.alignment.chars) == TEXT
    assert all(output.alignment.char_start_times_ms[0] == 0 for output in outputs)
    assert types.FinalOutputMulti(**received[-1]).context_id == "c"


async def test_cartesia_gets_sound_words_and_phonemes() -> None:
    cartesia = pytest.importorskip("cartesia")
    async with (
        CartesiaEmulator() as emulator,
        cartesia.AsyncCartesia(
            api_key=cartesia_emulator.KEY,
            base_url=emulator.base_url,
            websocket_base_url=emulator.base_url.replace("http", "ws"),
        ) as client,
    ):
        voices = [voice.id async for voice in await client.voices.list(limit=2)]
        async with client.tts.websocket_connect() as socket:
            await socket.send(
                {
                    "context_id": "c",
                    "model_id": "sonic-3",
                    "transcript": TEXT,
                    "voice": {"mode": "id", "id": cartesia_emulator.VOICE},
                    "language": "en",
                    "output_format": {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 24_000},
                    "add_timestamps": True,
                    "add_phoneme_timestamps": True,
                    "continue": False,
                }
            )
            events: list[Any] = []
            while not events or events[-1].type != "done":
                events.append(await socket.recv())

    assert voices == [cartesia_emulator.VOICE, cartesia_emulator.OTHER_VOICE]
    assert b"".join(event.audio for event in events if event.type == "chunk") == spoken(TEXT)
    words = [word for event in events if event.type == "timestamps" for word in event.word_timestamps.words]
    assert words == TEXT.split()
    assert any(event.phoneme_timestamps.phonemes for event in events if event.type == "phoneme_timestamps")

"""The makers' own clients, unmodified, before the emulators of their recognition: do those follow the wire?"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from typing import Any

import pytest

from holo_app.providers.openai.transcription import wav
from tests.emulators import deepgram, openai
from tests.emulators.deepgram import DeepgramEmulator
from tests.emulators.openai_hearing import OpenAiHearingEmulator
from tests.providers.hearing import loud, spoken


async def test_openai_transcribes_an_upload() -> None:
    maker = pytest.importorskip("openai")
    async with OpenAiHearingEmulator() as emulator:
        async with maker.AsyncOpenAI(api_key=openai.KEY, base_url=emulator.base_url, max_retries=0) as client:
            file = ("utterance.wav", wav(loud()), "audio/wav")
            answers = await client.audio.transcriptions.create(
                model="gpt-transcribe", file=file, keywords=["Aurora"], languages=["en", "de"], stream=True
            )
            events = [event async for event in answers]
            whole = await client.audio.transcriptions.create(model="whisper-1", file=file, language="en")
        assert "".join(event.delta for event in events[:-1]) == events[-1].text == whole.text == emulator.text
        assert (events[-1].usage.input_tokens, events[-1].languages[0].code) == (12, "en")
        assert (emulator.forms[0]["keywords[]"], emulator.forms[0]["languages[]"]) == (["Aurora"], ["en", "de"])


async def test_openai_listens_live() -> None:
    maker = pytest.importorskip("openai")
    said = loud(1.0, 24_000)
    transcription = {"model": "gpt-live-transcribe", "language": "en"}
    heard = {
        "format": {"type": "audio/pcm", "rate": 24_000}, "transcription": transcription, "turn_detection": None
    }  # fmt: skip
    async with OpenAiHearingEmulator() as emulator:
        client = maker.AsyncOpenAI(api_key=openai.KEY, base_url=emulator.base_url, max_retries=0)
        async with client, client.realtime.connect(extra_query={"intent": "transcription"}) as connection:
            await connection.session.update(session={"type": "transcription", "audio": {"input": heard}})
            await connection.input_audio_buffer.append(audio=b64encode(said.pcm).decode())
            await connection.input_audio_buffer.commit()
            kinds = list[str]()
            async for event in connection:
                kinds.append(event.type)
                if event.type == "conversation.item.input_audio_transcription.completed":
                    break
        assert (event.transcript, event.usage.output_tokens) == (emulator.text, 7)
        assert kinds[:2] == ["session.created", "session.updated"]
        assert "conversation.item.input_audio_transcription.delta" in kinds
        assert emulator.requests[0].query == {"intent": "transcription"}


def _deepgram_client(maker: Any, emulator: DeepgramEmulator) -> Any:
    address = emulator.base_url.replace("http", "ws", 1)
    environment = pytest.importorskip("deepgram.environment").DeepgramClientEnvironment(
        base=emulator.base_url, production=address, agent=address, agent_rest=emulator.base_url
    )
    return maker.AsyncDeepgramClient(api_key=deepgram.KEY, environment=environment)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_deepgram_listens_live() -> None:
    maker = pytest.importorskip("deepgram")
    async with DeepgramEmulator() as emulator:
        client = _deepgram_client(maker, emulator)
        options = {"encoding": "linear16", "sample_rate": "16000", "interim_results": "true"}
        async with client.listen.v1.connect(model="nova-3", language="en", keyterm=["Aurora"], **options) as socket:
            await socket.send_keep_alive()
            for chunk in spoken():
                await socket.send_media(chunk.pcm)
            await socket.send_finalize()
            await socket.send_close_stream()
            async with asyncio.timeout(5):
                told = [await socket.recv() for _ in range(2)]
                while told[-1].type != "Metadata":
                    told.append(await socket.recv())
        finals = [result.channel.alternatives[0].transcript for result in told[:-1] if result.is_final]
        assert " ".join(filter(None, finals)) == emulator.text
        assert told[-1].duration == pytest.approx(1.6, abs=0.05)
        assert emulator.heard[0] == {"type": "KeepAlive"}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_deepgram_flux_tells_turns() -> None:
    maker = pytest.importorskip("deepgram")
    async with DeepgramEmulator() as emulator:
        client = _deepgram_client(maker, emulator)
        options = {"encoding": "linear16", "sample_rate": "16000", "eager_eot_threshold": "0.4", "eot_threshold": "0.7"}
        async with client.listen.v2.connect(model="flux-general-multi", language_hint=["en"], **options) as socket:
            for chunk in spoken():
                await socket.send_media(chunk.pcm)
            await socket.send_close_stream()
            async with asyncio.timeout(5):
                told = [message async for message in socket]
        assert told[0].type == "Connected"
        events = [message.event for message in told[1:]]
        assert [event for event in events if event != "Update"] == ["StartOfTurn", "EagerEndOfTurn", "EndOfTurn"]
        [over] = [message for message in told[1:] if message.event == "EndOfTurn"]
        assert (over.transcript, over.end_of_turn_confidence, over.trigger) == (emulator.text, 0.82, "model")
        assert over.languages == ["en"]

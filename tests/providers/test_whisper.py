"""Whisper across the pipe: what goes wrong there, and what plain Wyoming clients get."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import psutil
import pytest
from wyoming.client import AsyncClient
from wyoming.event import Event

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.audio import AudioChunk, silence
from holo_app.domain.usage import Unit
from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.whisper.engine import Heard, WhisperEngine, tidy
from holo_app.providers.whisper.server import WhisperService, main
from holo_app.providers.whisper.stt import WhisperSettings, WhisperStt
from holo_app.providers.wyoming.address import listen
from holo_app.providers.wyoming.messages import AudioChunk as WyomingAudio
from holo_app.providers.wyoming.messages import AudioStart, AudioStop, Info
from holo_app.providers.wyoming.serving import serve_connection
from holo_app.providers.wyoming_speech.stt import WyomingStt, WyomingSttSettings
from tests.contracts.optional_models import whisper_model
from tests.contracts.recording import QUESTION, as_stream, question
from tests.fakes.meter import FakeMeter


class ScriptedEngine(WhisperEngine):
    """Says how much it heard, without a model."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, str]] = []

    @property
    def languages(self) -> tuple[str, ...]:
        return ("en", "de")

    def hear(self, chunks: Sequence[AudioChunk], language: str) -> Heard:
        self.asked.append((sum(chunk.seconds for chunk in chunks), language))
        if language not in self.languages:
            raise ProviderError("whisper", FailureCategory.BAD_REQUEST, "no")
        return Heard(f"{len(chunks)} pieces", language)


@asynccontextmanager
async def serving(engine: WhisperEngine) -> AsyncIterator[AsyncClient]:
    """The server in this process, and the protocol's own client to it."""
    service = WhisperService(engine, Info())

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await serve_connection(service.session(), reader, writer)
        await writer.wait_closed()

    listener, address = await listen(serve, None)
    async with listener, AsyncClient.from_uri(address) as client:
        yield client


async def ask(client: AsyncClient, *events: Event) -> Event | None:
    for event in events:
        await client.write_event(event)
    return await client.read_event()


SOUND = [AudioStart(16_000, 2, 1).event(), WyomingAudio(16_000, 2, 1, bytes(3200)).event()]


async def test_utterances_on_one_connection_are_heard_in_turn() -> None:
    engine = ScriptedEngine()
    async with serving(engine) as client:
        first = await ask(client, Event("transcribe", {"language": "de_DE"}), *SOUND, SOUND[1], AudioStop().event())
        second = await ask(client, Event("odd"), Event("transcribe"), *SOUND, AudioStop().event())
        pong = await ask(client, Event("ping", {"text": "x"}))

    assert first == Event("transcript", {"text": "2 pieces", "language": "de"})
    assert second == Event("transcript", {"text": "1 pieces", "language": "en"})
    assert pong == Event("pong", {"text": "x"})
    assert [(round(seconds, 3), language) for seconds, language in engine.asked] == [(0.2, "de"), (0.1, "en")]


async def test_what_it_cannot_do_is_said_with_its_category() -> None:
    async with serving(ScriptedEngine()) as client:
        answer = await ask(client, Event("transcribe", {"language": "fi"}), *SOUND, AudioStop().event())

    assert answer is not None
    assert (answer.type, answer.data["code"]) == ("error", "bad_request")


@pytest.mark.parametrize(
    "event",
    [
        Event("audio-chunk", {}, b"ab"),
        WyomingAudio(16_000, 4, 1, bytes(4)).event(),
        Event("transcribe", {"language": 7}),
    ],
    ids=["bare", "32-bit", "odd-language"],
)
async def test_what_makes_no_sense_ends_its_connection_only(event: Event) -> None:
    async with serving(ScriptedEngine()) as client:
        assert await ask(client, event) is None


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (" How heavy\n is it?", "How heavy is it?"),
        (" [BLANK_AUDIO]", ""),
        ("(music playing)", ""),
        ("*sighs* Yes.", "Yes."),
        ("♪♪", ""),
        (" ...", ""),
    ],
)
def test_descriptions_of_what_is_no_speech_are_left_out(text: str, kept: str) -> None:
    assert tidy(text) == kept


def test_a_server_without_its_model_ends_and_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--model", str(tmp_path)]) == 1
    assert "whisper: unavailable" in capsys.readouterr().err


async def test_a_server_that_cannot_start_is_unavailable_and_counted(tmp_path: Path) -> None:
    meter = FakeMeter()
    stt = WhisperStt(WhisperSettings(tmp_path, server_command=("false",), patience_s=0.2), meter, SystemClock())
    with pytest.raises(ProviderError) as caught:
        [result async for result in stt.transcribe(as_stream(silence(1)), language="en")]
    await stt.aclose()

    assert caught.value.category is FailureCategory.UNAVAILABLE
    assert [use.units for use in meter.uses] == [{}]


@pytest.mark.models
async def test_a_death_is_told_and_the_next_utterance_is_heard() -> None:
    meter = FakeMeter()
    async with aclosing(WhisperStt(WhisperSettings(whisper_model()), meter, SystemClock())) as stt:
        await stt.warm_up()
        pid = stt.server_pid
        assert pid is not None

        async def killing() -> AsyncIterator[AudioChunk]:
            yield question()
            psutil.Process(pid).kill()
            yield question()

        with pytest.raises(ProviderError) as caught:
            [result async for result in stt.transcribe(killing(), language="en")]
        assert caught.value.category is FailureCategory.UNAVAILABLE

        await stt.warm_up()
        (result,) = [result async for result in stt.transcribe(as_stream(question()), language="en")]
        assert result.text == QUESTION.replace(",", "")
        assert stt.server_pid != pid
        assert [set(use.units) for use in meter.uses] == [{Unit.AUDIO_SECONDS}] * 2


@pytest.mark.models
async def test_it_serves_the_shop_too() -> None:
    async with aclosing(WhisperStt(WhisperSettings(whisper_model()), FakeMeter(), SystemClock())) as whisper:
        await whisper.warm_up()
        address = await whisper._child.address(1)
        stt = WyomingStt(WyomingSttSettings(address), FakeMeter(), SystemClock())
        (result,) = [result async for result in stt.transcribe(as_stream(question()), language="en")]
        assert result.text == QUESTION.replace(",", "")
        assert stt.capabilities.languages == {"en"}

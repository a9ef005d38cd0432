"""Piper across the pipe: what goes wrong there, and what plain Wyoming clients get."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import psutil
import pytest
import pytest_asyncio
from wyoming.error import Error
from wyoming.event import Event, async_read_event, async_write_event
from wyoming.tts import Synthesize

from holo_app.domain.audio import AudioChunk
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.tts import SpeechChunk
from holo_app.providers.local_voice.events import Phoneme, SentenceTimes, WordTime
from holo_app.providers.local_voice.speech import speak
from holo_app.providers.onnx.session import StopSwitch
from holo_app.providers.piper.server import main
from holo_app.providers.piper.tts import PiperSettings, PiperTts
from holo_app.providers.piper.voice import Voice
from holo_app.providers.wyoming.address import connect, listen
from holo_app.providers.wyoming.client import connection, ping
from holo_app.providers.wyoming.messages import AudioChunk as WyomingAudio
from holo_app.providers.wyoming.messages import AudioStart, AudioStop
from holo_app.resources import model_file
from tests.contracts.speech_checks import check_speech

needs_models = [pytest.mark.models, pytest.mark.asyncio(loop_scope="module")]
LONG = (
    "This sentence is long enough that it is still being worked on when something happens, and it goes on and on. " * 4
)

# what a person who started the kiosk would run; it says the voice process's id, then waits to be killed
KIOSK = """
import asyncio, sys
from pathlib import Path
from holo_app.providers.piper.tts import PiperSettings, PiperTts

async def main():
    tts = PiperTts(PiperSettings(Path(sys.argv[1]), Path(sys.argv[2])))
    await tts.warm_up()
    print(tts.server_pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def voice_files() -> tuple[Path, Path]:
    return (
        model_file("piper-joe", "en_US-joe-medium.onnx"),
        model_file("piper-joe", "en_US-joe-medium.onnx.json"),
    )


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def tts() -> AsyncIterator[PiperTts]:
    async with aclosing(PiperTts(PiperSettings(*voice_files()))) as made:
        await made.warm_up()
        yield made


async def say(tts: PiperTts, text: str) -> list[SpeechChunk]:
    async with aclosing(tts.synthesize(text, voice="joe", language="en")) as chunks:
        return [chunk async for chunk in chunks]


async def events(address: str, *requests: Event, until: str) -> list[Event]:
    """What a plain client gets."""
    async with connection("test", address) as server:
        for request in requests:
            await server.send(request)
        answers = [await server.receive()]
        while answers[-1].type != until:
            answers.append(await server.receive())
        return answers


class TestWithTheVoice:
    pytestmark = needs_models

    async def test_a_death_in_mid_sentence_is_told_and_the_next_sentence_is_spoken(self, tts: PiperTts) -> None:
        pid = tts.server_pid
        assert pid is not None
        async with aclosing(tts.synthesize(LONG, voice="joe", language="en")) as chunks:
            await anext(chunks)
            psutil.Process(pid).kill()
            with pytest.raises(ProviderError) as caught:
                [chunk async for chunk in chunks]
        assert caught.value.category is FailureCategory.UNAVAILABLE

        async with asyncio.timeout(8):
            check_speech("Here I am again.", await say(tts, "Here I am again."))
        assert tts.server_pid != pid

    async def test_a_plain_client_can_ask_what_it_is_and_have_it_speak(self, tts: PiperTts) -> None:
        address = await tts._child.address(10)
        await ping("test", address)

        (info,) = await events(address, Event("describe"), until="info")
        assert info.data["tts"][0]["voices"][0]["languages"] == ["en"]

        spoken = await events(address, Synthesize("Hello there. How are you?").event(), until="audio-stop")
        assert AudioStart.is_type(spoken[0].type)
        assert AudioStop.is_type(spoken[-1].type)
        seconds = sum(WyomingAudio.from_event(e).seconds for e in spoken if WyomingAudio.is_type(e.type))
        times = [SentenceTimes.from_event(e) for e in spoken if SentenceTimes.is_type(e.type)]
        assert len(times) == 2
        assert seconds == pytest.approx(times[-1].end / 22_050, abs=0.01)

    async def test_requests_on_one_connection_are_answered_in_turn(self, tts: PiperTts) -> None:
        address = await tts._child.address(10)

        answers = await events(address, Synthesize("Hello.").event(), Event("ping"), Event("odd"), until="pong")

        assert answers[-2].type == "audio-stop"

    async def test_a_request_that_makes_no_sense_ends_its_connection_only(self, tts: PiperTts) -> None:
        address = await tts._child.address(10)
        with pytest.raises(ProviderError):
            await events(address, Event("synthesize", {"no": "text"}), until="audio-stop")

        await ping("test", address)

    async def test_what_is_cut_off_makes_way_at_once(self, tts: PiperTts) -> None:
        cut_off = asyncio.create_task(say(tts, LONG))
        await say(tts, "Yes.")
        cut_off.cancel()
        await asyncio.gather(cut_off, return_exceptions=True)

        async with asyncio.timeout(4):
            check_speech("Next.", await say(tts, "Next."))


def _first_number(process: subprocess.Popen[bytes]) -> int:
    assert process.stdout is not None
    while not (line := process.stdout.readline().strip()).isdigit():
        assert line
    return int(line)


@pytest.mark.models
def test_the_voice_process_does_not_outlive_a_kiosk_that_was_killed() -> None:
    command = [sys.executable, "-c", KIOSK, *map(str, voice_files())]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as kiosk:
        voice = psutil.Process(_first_number(kiosk))
        kiosk.kill()

    # it is no child of ours, so that waiting for it takes its status from nobody
    voice.wait(10)


@pytest.mark.models
def test_every_symbol_of_a_sentence_has_its_time() -> None:
    voice = Voice(*voice_files(), threads=1)

    (sentence,) = speak(voice, ["149", "&", "pounds,", "—"], StopSwitch())

    times = sentence.times
    ends = [phoneme.end for phoneme in times.phonemes]
    assert ends == sorted(ends)
    assert ends[0] > 0
    assert ends[-1] <= times.end == sum(map(len, sentence.sound)) // 2
    assert [word.word for word in times.words] == [0, 1, 2, 3]
    assert times.words[3].start == times.words[3].end


@pytest.mark.models
def test_a_sentence_that_is_stopped_is_an_error() -> None:
    switch = StopSwitch()
    switch.stop()

    with pytest.raises(ProviderError):
        list(speak(Voice(*voice_files(), threads=1), ["Hello."], switch))


@pytest.mark.models
def test_settings_that_are_no_voice_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "voice.json").write_text('{"audio": {}}')

    with pytest.raises(ProviderError, match=r"voice\.json"):
        Voice(voice_files()[0], tmp_path / "voice.json", threads=1)


def test_a_server_without_its_voice_ends_and_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    voice = ["--model", str(tmp_path / "missing.onnx"), "--config", str(tmp_path / "missing.json")]

    assert main([*voice, "--name", "joe", "--language", "en"]) == 1
    assert "missing.json" in capsys.readouterr().err


TIMES = SentenceTimes(0, 200, (Phoneme("a", 100), Phoneme(".", 200)), (WordTime(0, 0, 100),))


@pytest.mark.parametrize(
    ("answers", "category"),
    [
        ([Error("out of memory").event()], FailureCategory.BAD_RESPONSE),
        ([Event("holo-phonemes", {"start": "x"})], FailureCategory.BAD_RESPONSE),
        ([SentenceTimes(0, 9, (), (WordTime(7, 0, 9),)).event()], FailureCategory.BAD_RESPONSE),
        ([TIMES.event()], FailureCategory.UNAVAILABLE),
    ],
    ids=["error", "damaged", "foreign-word", "ends-early"],
)
async def test_a_server_that_answers_badly_is_a_provider_error(
    tmp_path: Path, answers: list[Event], category: FailureCategory
) -> None:
    with pytest.raises(ProviderError) as caught:
        await _say_to_a_server_that(tmp_path, answers)
    assert caught.value.category is category


async def test_events_of_other_kinds_are_passed_over_and_times_go_with_the_first_sound(tmp_path: Path) -> None:
    audio = WyomingAudio(1000, 2, 1, bytes(200)).event()

    chunks = await _say_to_a_server_that(tmp_path, [Event("news"), TIMES.event(), audio, audio, AudioStop().event()])

    check_speech("Ah.", chunks)
    assert [chunk.audio for chunk in chunks] == [AudioChunk(bytes(200), 1000)] * 2
    assert chunks[1].words == ()


async def _say_to_a_server_that(folder: Path, answers: list[Event]) -> list[SpeechChunk]:
    """Have `Ah.` spoken by a server of our own, which answers a request with `answers` and then hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await async_read_event(reader)
        pong = request is not None and request.type == "ping"
        for answer in [Event("pong")] if pong else answers:
            await async_write_event(answer, writer)
        writer.close()
        await writer.wait_closed()

    listener, address = await listen(serve, folder)
    program = f"import sys; print('{address}', flush=True); sys.stdin.read()"
    settings = PiperSettings(Path("v"), Path("c"), server_command=(sys.executable, "-c", program))
    async with listener, aclosing(PiperTts(settings)) as tts:
        return await say(tts, "Ah.")


async def test_without_a_private_folder_or_with_a_long_path_the_loopback_is_used(tmp_path: Path) -> None:
    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    for folder in (None, tmp_path / ("long" * 30)):
        listener, address = await listen(serve, folder)
        async with listener:
            assert address.startswith("tcp://127.0.0.1:")
            with pytest.raises(ProviderError) as caught:
                await ping("test", address)
            assert caught.value.category is FailureCategory.UNAVAILABLE


@pytest.mark.parametrize("address", ["", "http://127.0.0.1:1", "tcp://127.0.0.1"])
async def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        await connect(address)


async def test_a_ping_that_is_answered_with_something_else_is_no_sign_of_life(tmp_path: Path) -> None:
    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await async_write_event(Event("info"), writer)
        writer.close()

    listener, address = await listen(serve, tmp_path)
    async with listener:
        with pytest.raises(ProviderError) as caught:
            await ping("test", address)
    assert caught.value.category is FailureCategory.BAD_RESPONSE

"""The child process that hears: a Wyoming server around Whisper."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from wyoming.asr import Transcribe, Transcript
from wyoming.error import Error
from wyoming.event import Event
from wyoming.ping import Ping, Pong

from holo_app.domain.audio import BYTES_PER_SAMPLE, AudioChunk
from holo_app.errors import FailureCategory, ProviderError
from holo_app.process import give_back_memory
from holo_app.providers.whisper.engine import Heard, WhisperEngine
from holo_app.providers.wyoming.description import primary
from holo_app.providers.wyoming.messages import AsrModel, AsrProgram, Attribution, Describe, Info
from holo_app.providers.wyoming.messages import AudioChunk as WyomingAudio
from holo_app.providers.wyoming.serving import run_child

_NAME = "whisper"


class WhisperService:
    """Hears for all connections, one utterance after the other."""

    def __init__(self, engine: WhisperEngine, info: Info) -> None:
        self.engine = engine
        self.info = info
        self._thread = ThreadPoolExecutor(1, _NAME)

    def session(self) -> _Session:
        """One connection's utterance."""
        return _Session(self)

    async def hear(self, chunks: Sequence[AudioChunk], language: str) -> Heard:
        """One utterance, which is never begun where nobody waits for it any more. Raises: ProviderError."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._hear, chunks, language)

    def _hear(self, chunks: Sequence[AudioChunk], language: str) -> Heard:
        try:
            return self.engine.hear(chunks, language)
        finally:
            give_back_memory()


class _Session:
    def __init__(self, service: WhisperService) -> None:
        self._service = service
        self._language = service.engine.languages[0]
        self._chunks: list[AudioChunk] = []

    async def answers(self, event: Event) -> AsyncGenerator[Event]:
        match event.type:
            case "ping":
                yield Pong(text=Ping.from_event(event).text).event()
            case kind if Describe.is_type(kind):
                yield self._service.info.event()
            case "transcribe":
                self._language = primary(Transcribe.from_event(event).language or self._service.engine.languages[0])
                self._chunks = []
            case "audio-start":
                self._chunks = []
            case "audio-chunk":
                self._chunks.append(_chunk(event))
            case "audio-stop":
                yield await self._transcript()
            case _:
                pass

    async def _transcript(self) -> Event:
        chunks, self._chunks = self._chunks, []
        try:
            heard = await self._service.hear(chunks, self._language)
        except ProviderError as error:
            return Error(text=str(error), code=error.category.value).event()
        return Transcript(heard.text, language=heard.language).event()


def _chunk(event: Event) -> AudioChunk:
    """Raises: KeyError, ValueError, ProviderError: it is no sound that is understood, which ends the connection."""
    sound = WyomingAudio.from_event(event)
    if (sound.width, sound.channels) != (BYTES_PER_SAMPLE, 1):
        raise ProviderError(_NAME, FailureCategory.BAD_REQUEST, "only 16-bit sound of one channel is understood")
    return AudioChunk(sound.audio, sound.rate)


def main(argv: Sequence[str] | None = None) -> int:
    """Run until the standard input ends. Returns the exit status: 1 if the model cannot be loaded."""
    parser = argparse.ArgumentParser(prog="whisper-server", description="Hears for the kiosk, in a process of its own.")
    parser.add_argument("--model", type=Path, required=True, help="the folder of a CTranslate2 Whisper model")
    parser.add_argument("--threads", type=int, default=2, help="processor threads for one utterance")
    parser.add_argument("--folder", type=Path, help="private folder for the socket; without one, a loopback port")
    options = parser.parse_args(argv)
    try:
        engine = WhisperEngine(options.model, threads=options.threads)
        engine.warm_up()
    except ProviderError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    run_child(WhisperService(engine, _describe(options.model.name, engine.languages)), options.folder)
    return 0


def _describe(name: str, languages: Sequence[str]) -> Info:
    maker = Attribution(name="OpenAI", url="https://github.com/openai/whisper")
    model = AsrModel(name, maker, True, "Whisper", None, languages=list(languages))
    return Info(asr=[AsrProgram(_NAME, maker, True, "Whisper by CTranslate2", None, models=[model])])


if __name__ == "__main__":
    sys.exit(main())

"""The child process that speaks: a Wyoming server around one Piper voice.

It listens on a private socket, writes its address as the one line of its standard output once it is ready, and ends when its
standard input does: so it never outlives the process that started it, however that ended.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import threading
import time
import traceback
from collections.abc import AsyncGenerator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from pathlib import Path

from wyoming.error import Error
from wyoming.event import Event, async_read_event, async_write_event
from wyoming.ping import Ping, Pong
from wyoming.tts import Synthesize

from holo_app.errors import ProviderError
from holo_app.process import give_back_memory
from holo_app.providers.onnx.session import StopSwitch
from holo_app.providers.piper.events import SPOKEN_WORDS, SentenceTimes
from holo_app.providers.piper.speech import TimedSentence, speak
from holo_app.providers.piper.voice import Voice
from holo_app.providers.wyoming.address import listen
from holo_app.providers.wyoming.messages import (
    Attribution,
    AudioChunk,
    AudioStart,
    AudioStop,
    Describe,
    Info,
    TtsProgram,
    TtsVoice,
)

_CHUNK_S = 0.1
_TIDY_EVERY_S = 60.0


class PiperServer:
    """Serves connections. One request after the other; a connection that closes ends its request within some 30 ms."""

    def __init__(self, voice: Voice, info: Info) -> None:
        self._voice = voice
        self._info = info
        self._thread = ThreadPoolExecutor(1, "piper")
        self._tidied_at = time.monotonic()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection until it closes."""
        requests: asyncio.Queue[Event] = asyncio.Queue()
        answering = asyncio.create_task(self._answer_all(requests, writer))
        try:
            while (event := await async_read_event(reader)) is not None:
                requests.put_nowait(event)
        except (OSError, asyncio.IncompleteReadError):
            pass  # the other side is gone, as below
        finally:
            answering.cancel()
            await asyncio.gather(answering, return_exceptions=True)
            writer.close()

    async def _answer_all(self, requests: asyncio.Queue[Event], writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                async with aclosing(self._answers(await requests.get())) as answers:
                    async for answer in answers:
                        await async_write_event(answer, writer)
        except OSError:
            pass  # the other side is gone
        except Exception:
            traceback.print_exc()
        finally:
            writer.close()

    async def _answers(self, event: Event) -> AsyncGenerator[Event]:
        if Ping.is_type(event.type):
            self._tidy()
            yield Pong(text=Ping.from_event(event).text).event()
        elif Describe.is_type(event.type):
            yield self._info.event()
        elif Synthesize.is_type(event.type):
            try:
                async with aclosing(self._speech(Synthesize.from_event(event))) as speech:
                    async for answer in speech:
                        yield answer
            except ProviderError as error:
                yield Error(text=str(error), code=error.category.value).event()

    def _tidy(self) -> None:
        """Somebody asks now and then whether we live: a good moment, unless it was one just now."""
        now = time.monotonic()
        if now - self._tidied_at >= _TIDY_EVERY_S:
            self._tidied_at = now
            self._thread.submit(give_back_memory)

    async def _speech(self, request: Synthesize) -> AsyncGenerator[Event]:
        rate_hz = self._voice.rate_hz
        yield AudioStart(rate_hz, 2, 1).event()
        async with aclosing(self._pieces(_spoken_words(request))) as pieces:
            async for piece in pieces:
                if isinstance(piece, SentenceTimes):
                    yield piece.event()
                    continue
                for start in range(0, len(piece), _chunk_bytes(rate_hz)):
                    yield AudioChunk(rate_hz, 2, 1, piece[start : start + _chunk_bytes(rate_hz)]).event()
        yield AudioStop().event()

    async def _pieces(self, words: Sequence[str]) -> AsyncGenerator[SentenceTimes | bytes]:
        """The times of each sentence, and its sound piece by piece, each made when the one before it is on its way."""
        loop = asyncio.get_running_loop()
        switch = StopSwitch()
        pieces = _flat(speak(self._voice, words, switch))
        try:
            while (piece := await loop.run_in_executor(self._thread, _next, pieces)) is not None:
                yield piece
        finally:
            switch.stop()


def _flat(sentences: Iterator[TimedSentence]) -> Iterator[SentenceTimes | bytes]:
    for sentence in sentences:
        yield sentence.times
        yield from sentence.sound


def _next(pieces: Iterator[SentenceTimes | bytes]) -> SentenceTimes | bytes | None:
    return next(pieces, None)


def _spoken_words(request: Synthesize) -> list[str]:
    words = (request.context or {}).get(SPOKEN_WORDS)
    if isinstance(words, list) and all(isinstance(word, str) for word in words):
        return words
    return request.text.split()


def _chunk_bytes(rate_hz: int) -> int:
    return 2 * round(rate_hz * _CHUNK_S)


def main(argv: Sequence[str] | None = None) -> int:
    """Run until the standard input ends. Returns the exit status: 1 if the voice cannot be loaded."""
    parser = argparse.ArgumentParser(prog="piper-server", description="Speaks for the kiosk, in a process of its own.")
    parser.add_argument("--model", type=Path, required=True, help="the voice (.onnx)")
    parser.add_argument("--config", type=Path, required=True, help="its settings (.onnx.json)")
    parser.add_argument("--name", required=True, help="what the voice is called")
    parser.add_argument("--language", required=True, help="the language that it speaks")
    parser.add_argument("--threads", type=int, default=2, help="processor threads for one sentence")
    parser.add_argument("--folder", type=Path, help="private folder for the socket; without one, a loopback port")
    options = parser.parse_args(argv)
    try:
        voice = Voice(options.model, options.config, threads=options.threads)
        voice.warm_up()
    except ProviderError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    server = PiperServer(voice, _describe(options.name, options.language))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    asyncio.run(_listen(server, options.folder))
    return 0


async def _listen(server: PiperServer, folder: Path | None) -> None:
    listener, address = await listen(server.serve, folder)
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()
    async with listener:
        await listener.serve_forever()


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def _describe(name: str, language: str) -> Info:
    maker = Attribution(name="Open Home Foundation", url="https://github.com/OHF-Voice/piper1-gpl")
    voice = TtsVoice(name, maker, True, f"Piper voice {name}", None, languages=[language])
    piper = TtsProgram("piper", maker, True, "Piper", None, voices=[voice])
    return Info(tts=[piper])


if __name__ == "__main__":
    sys.exit(main())

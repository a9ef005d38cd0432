"""LiveKit Agents with its Silero detector, without a room: own audio in and out. Runs in LiveKit's environment.

The first seconds in which it cannot be interrupted (a help for its echo canceller) are taken off: nothing echoes here.
Variants: "" as it comes; "fast" ends turns by silence after 0.3 s and is interrupted by 0.2 s of speech; "segmented"
recognises what the detector cuts out, as recognition on the device does, instead of the stream of all sound.
"""
# mypy: disable-error-code="misc"
# the framework is not installed where types are checked: its classes are Any there

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import aclosing
from typing import Any

from livekit import rtc
from livekit.agents import Agent, AgentSession, llm, stt, tts, utils
from livekit.agents.language import LanguageCode
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS
from livekit.agents.voice.io import AudioInput, AudioOutput, AudioOutputCapabilities
from livekit.plugins import silero

from tests.benchmarks.turn_taking.clips import RATE_HZ as CAPTURE_RATE_HZ
from tests.benchmarks.turn_taking.microphone import Microphone
from tests.benchmarks.turn_taking.script import Conversation
from tests.benchmarks.turn_taking.speaker import Queue, SoundCard
from tests.benchmarks.turn_taking.stubs import STT_S, Answers, Heard, StreamingRecogniser, heard_between, speech
from tests.benchmarks.turn_taking.voice import RATE_HZ
from tests.benchmarks.turn_taking.wire import Task, Tell, serve

_FAST = {
    "turn_detection": "vad",
    "endpointing": {"min_delay": 0.3, "max_delay": 2.5},
    "interruption": {"min_duration": 0.2},
}
_POLL_S = 0.005


class _Input(AudioInput):
    def __init__(self, microphone: Microphone) -> None:
        super().__init__(label="benchmark")
        self._microphone = microphone
        self._heard = utils.aio.Chan()

    async def __anext__(self) -> Any:
        return await self._heard.__anext__()

    async def listen(self) -> None:
        """Deliver the microphone's frames until cancelled."""
        async with aclosing(self._microphone.frames()) as frames:
            async for pcm, _ in frames:
                self._heard.send_nowait(rtc.AudioFrame(pcm, CAPTURE_RATE_HZ, 1, len(pcm) // 2))


class _Output(AudioOutput):
    """The play-out queue; it can pause, as LiveKit's own console and room outputs can."""

    def __init__(self, queue: Queue) -> None:
        super().__init__(label="benchmark", capabilities=AudioOutputCapabilities(pause=True), sample_rate=RATE_HZ)
        self._device = queue
        self._pushed_s: float | None = None
        self._draining: asyncio.Task[None] | None = None

    async def capture_frame(self, frame: Any) -> None:
        await super().capture_frame(frame)
        if self._pushed_s is None:
            self._pushed_s = 0.0
            self.on_playback_started(created_at=time.time())
        self._pushed_s += frame.duration
        self._device.write(bytes(frame.data))

    def flush(self) -> None:
        super().flush()
        if self._pushed_s is not None and self._draining is None:
            self._draining = asyncio.ensure_future(self._drain())

    def clear_buffer(self) -> None:
        unheard_s = self._device.clear()
        self._device.paused = False
        if self._draining is not None:
            self._draining.cancel()
        self._finish(unheard_s, interrupted=True)

    def pause(self) -> None:
        super().pause()
        self._device.paused = True

    def resume(self) -> None:
        super().resume()
        self._device.paused = False

    async def _drain(self) -> None:
        while (left_s := self._device.queued_s()) > 0:  # noqa: ASYNC110 - a thread empties it, and tells nobody
            await asyncio.sleep(max(_POLL_S, left_s))
        self._finish(0.0, interrupted=False)

    def _finish(self, unheard_s: float, *, interrupted: bool) -> None:
        pushed_s, self._pushed_s, self._draining = self._pushed_s, None, None
        if pushed_s is not None:
            self.on_playback_finished(playback_position=max(0.0, pushed_s - unheard_s), interrupted=interrupted)


def _event(text: str, *, final: bool) -> Any:
    kind = stt.SpeechEventType.FINAL_TRANSCRIPT if final else stt.SpeechEventType.INTERIM_TRANSCRIPT
    said = stt.SpeechData(text=text, language=LanguageCode("en"), confidence=0.95)
    return stt.SpeechEvent(type=kind, alternatives=[said])


class _StreamingStt(stt.STT):
    def __init__(self, microphone: Microphone) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=True))
        self._recogniser = StreamingRecogniser(microphone)

    async def _recognize_impl(self, *arguments: Any, **options: Any) -> Any:
        raise NotImplementedError

    def stream(self, *, conn_options: Any = DEFAULT_API_CONNECT_OPTIONS, **_: Any) -> Any:
        return _Transcripts(self, conn_options, self._recogniser)


class _Transcripts(stt.RecognizeStream):
    def __init__(self, engine: _StreamingStt, options: Any, recogniser: StreamingRecogniser) -> None:
        super().__init__(stt=engine, conn_options=options)
        self._recogniser = recogniser

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as group:
            async for frame in self._input_ch:
                if isinstance(frame, rtc.AudioFrame):
                    for heard in self._recogniser.feed(frame.samples_per_channel):
                        group.create_task(self._tell(heard))

    async def _tell(self, heard: Heard) -> None:
        await asyncio.sleep(heard.in_s)
        self._event_ch.send_nowait(_event(heard.text, final=heard.final))


class _SegmentedStt(stt.STT):
    """LiveKit itself cuts the sound for an engine that does not stream."""

    def __init__(self, microphone: Microphone) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=False, interim_results=False))
        self._microphone = microphone

    async def _recognize_impl(self, buffer: Any, **_: Any) -> Any:
        now = time.monotonic()
        seconds = sum(frame.duration for frame in (buffer if isinstance(buffer, list) else [buffer]))
        text = heard_between(self._microphone.said, now - seconds, now)
        await asyncio.sleep(STT_S)
        return _event(text, final=True)


class _Llm(llm.LLM):
    def __init__(self, answers: Answers) -> None:
        super().__init__()
        self.answers = answers

    def chat(
        self, *, chat_ctx: Any, tools: Any = None, conn_options: Any = DEFAULT_API_CONNECT_OPTIONS, **_: Any
    ) -> Any:
        return _Answer(self, chat_ctx=chat_ctx, tools=tools or [], conn_options=conn_options)


class _Answer(llm.LLMStream):
    async def _run(self) -> None:
        messages = (item for item in reversed(self._chat_ctx.items) if item.type == "message")
        text = next((item.text_content for item in messages if item.role == "user"), "")
        async with aclosing(self._llm.answers.tokens(text)) as tokens:
            async for token in tokens:
                delta = llm.ChoiceDelta(role="assistant", content=token)
                self._event_ch.send_nowait(llm.ChatChunk(id="stub", delta=delta))


class _Tts(tts.TTS):
    def __init__(self) -> None:
        super().__init__(capabilities=tts.TTSCapabilities(streaming=False), sample_rate=RATE_HZ, num_channels=1)

    def synthesize(self, text: str, *, conn_options: Any = DEFAULT_API_CONNECT_OPTIONS) -> Any:
        return _Speech(tts=self, input_text=text, conn_options=conn_options)


class _Speech(tts.ChunkedStream):
    async def _run(self, emitter: Any) -> None:
        emitter.initialize(
            request_id="stub", sample_rate=RATE_HZ, num_channels=1, mime_type="audio/pcm", frame_size_ms=20
        )
        async with aclosing(speech(self._input_text)) as words:
            async for _, pcm in words:
                emitter.push(pcm)
        emitter.flush()


async def hold(task: Task, tell: Tell) -> None:
    """Hold the conversation with a LiveKit agent session."""
    logging.basicConfig(level=logging.WARNING)
    microphone, queue = Microphone(), Queue()
    card = SoundCard(queue.render)
    session = AgentSession(
        stt=(_SegmentedStt if task.variant == "segmented" else _StreamingStt)(microphone),
        llm=_Llm(Answers(clip.text for clip in task.clips.questions)),
        tts=_Tts(),
        vad=silero.VAD.load(),
        turn_handling=_FAST if task.variant == "fast" else {},
        aec_warmup_duration=None,
    )
    hears = _Input(microphone)
    session.input.audio, session.output.audio = hears, _Output(queue)
    await session.start(Agent(instructions="Answer."))
    card.start()
    listening = asyncio.create_task(hears.listen())
    try:
        await microphone.started.wait()
        await tell(Conversation(microphone, card, task.clips).exchanges(task.rounds, short=task.short))
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await session.aclose()
        card.close()


if __name__ == "__main__":
    serve(hold)

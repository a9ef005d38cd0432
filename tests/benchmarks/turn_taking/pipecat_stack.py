"""Pipecat with its own detectors (Silero, Smart Turn) and its default turn strategies. Runs in Pipecat's environment.

Variants: "" recognises the stream of all sound, "segmented" what Pipecat's detector cuts out of it, as recognition on the
device does; "timeout" ends turns by silence (Pipecat's default length) instead of by Smart Turn.
"""
# mypy: disable-error-code="misc"
# the framework is not installed where types are checked: its classes are Any there

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress

from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    InterimTranscriptionFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    OutputAudioRawFrame,
    StartFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair, LLMUserAggregatorParams
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.llm_service import LLMService
from pipecat.services.settings import LLMSettings, STTSettings, TTSSettings
from pipecat.services.stt_service import SegmentedSTTService, STTService
from pipecat.services.tts_service import TTSService
from pipecat.transports.base_input import BaseInputTransport
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.base_transport import TransportParams
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.workers.runner import WorkerRunner

from tests.benchmarks.turn_taking.clips import RATE_HZ as CAPTURE_RATE_HZ
from tests.benchmarks.turn_taking.microphone import Microphone
from tests.benchmarks.turn_taking.script import Conversation
from tests.benchmarks.turn_taking.speaker import Queue, SoundCard
from tests.benchmarks.turn_taking.stubs import STT_S, Answers, Heard, StreamingRecogniser, heard_between, speech
from tests.benchmarks.turn_taking.voice import RATE_HZ
from tests.benchmarks.turn_taking.wire import Task, Tell, serve

_DEVICE_BUFFER_S = 0.04
_CHUNK_BYTES = 2 * RATE_HZ // 50
_STT_P99_S = 0.35
"""What Pipecat is told of the recogniser, so that it does not wait longer for a text than it must."""


class _Input(BaseInputTransport):
    def __init__(self, params: TransportParams, microphone: Microphone) -> None:
        super().__init__(params)
        self._microphone = microphone

    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)
        self.create_task(self._listen())

    async def _listen(self) -> None:
        async with aclosing(self._microphone.frames()) as frames:
            async for pcm, _ in frames:
                heard = InputAudioRawFrame(audio=pcm, sample_rate=CAPTURE_RATE_HZ, num_channels=1)
                await self.push_audio_frame(heard)


class _Output(BaseOutputTransport):
    def __init__(self, params: TransportParams, queue: Queue) -> None:
        super().__init__(params)
        self._device = queue

    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)

    async def write_audio_frame(self, frame: OutputAudioRawFrame) -> bool:
        # a device with a small buffer holds its writer back, as Pipecat's own local transport does
        self._device.write(frame.audio)
        await asyncio.sleep(max(0.0, self._device.queued_s() - _DEVICE_BUFFER_S))
        return True


class _StreamingStt(STTService):
    def __init__(self, microphone: Microphone) -> None:
        super().__init__(ttfs_p99_latency=_STT_P99_S, settings=STTSettings(model="stub", language=None))
        self._recogniser = StreamingRecogniser(microphone)

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None]:
        for heard in self._recogniser.feed(len(audio) // 2):
            self.create_task(self._tell(heard))
        yield None

    async def _tell(self, heard: Heard) -> None:
        await asyncio.sleep(heard.in_s)
        if heard.final:
            await self.push_frame(TranscriptionFrame(heard.text, "customer", "", finalized=True))
        else:
            await self.push_frame(InterimTranscriptionFrame(heard.text, "customer", ""))


class _SegmentedStt(SegmentedSTTService):
    def __init__(self, microphone: Microphone) -> None:
        super().__init__(
            ttfs_p99_latency=_STT_P99_S,
            trailing_silence_secs=0,
            settings=STTSettings(model="stub", language=None),
        )
        self._microphone = microphone

    @property
    def wants_wav_segments(self) -> bool:
        return False

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None]:
        now = time.monotonic()
        text = heard_between(self._microphone.said, now - len(audio) / 2 / CAPTURE_RATE_HZ, now)
        await asyncio.sleep(STT_S)
        yield TranscriptionFrame(text, "customer", "") if text else None


class _Llm(LLMService):
    def __init__(self, answers: Answers) -> None:
        names = ("system_instruction", "temperature", "max_tokens", "top_p", "top_k", "frequency_penalty")
        others = ("presence_penalty", "seed", "user_turn_completion_config")
        unset = dict.fromkeys([*names, *others])
        super().__init__(settings=LLMSettings(model="stub", filter_incomplete_user_turns=False, **unset))
        self._answers = answers

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, LLMContextFrame):
            await self._answer(frame.context.get_messages()[-1]["content"])
        else:
            await self.push_frame(frame, direction)

    async def _answer(self, text: str) -> None:
        await self.push_frame(LLMFullResponseStartFrame())
        async with aclosing(self._answers.tokens(text)) as tokens:
            async for token in tokens:
                await self._push_llm_text(token)
        await self.push_frame(LLMFullResponseEndFrame())


class _Tts(TTSService):
    def __init__(self) -> None:
        super().__init__(
            sample_rate=RATE_HZ,
            push_start_frame=True,
            push_stop_frames=True,
            settings=TTSSettings(model="stub", voice="hum", language=None),
        )

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None]:
        async with aclosing(speech(text)) as words:
            async for _, pcm in words:
                for start in range(0, len(pcm), _CHUNK_BYTES):
                    chunk = pcm[start : start + _CHUNK_BYTES]
                    yield TTSAudioRawFrame(audio=chunk, sample_rate=RATE_HZ, num_channels=1, context_id=context_id)


def _pipeline(task: Task, microphone: Microphone, queue: Queue) -> Pipeline:
    params = TransportParams(
        audio_in_enabled=True,
        audio_out_enabled=True,
        audio_in_sample_rate=CAPTURE_RATE_HZ,
        audio_out_sample_rate=RATE_HZ,
    )
    by_silence = UserTurnStrategies(stop=[SpeechTimeoutUserTurnStopStrategy()])
    turns = LLMUserAggregatorParams(
        vad_analyzer=SileroVADAnalyzer(),
        user_turn_strategies=by_silence if task.variant == "timeout" else UserTurnStrategies(),
    )
    context = LLMContextAggregatorPair(LLMContext(messages=[]), user_params=turns)
    answers = Answers(clip.text for clip in task.clips.questions)
    stt = (_SegmentedStt if task.variant == "segmented" else _StreamingStt)(microphone)
    hears = [_Input(params, microphone), stt, context.user()]
    return Pipeline([*hears, _Llm(answers), _Tts(), _Output(params, queue), context.assistant()])


async def hold(task: Task, tell: Tell) -> None:
    """Hold the conversation with a Pipecat pipeline."""
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    microphone, queue = Microphone(), Queue()
    card = SoundCard(queue.render)
    rates = PipelineParams(audio_in_sample_rate=CAPTURE_RATE_HZ, audio_out_sample_rate=RATE_HZ)
    worker = PipelineWorker(_pipeline(task, microphone, queue), params=rates, idle_timeout_secs=None, enable_rtvi=False)
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    card.start()
    running = asyncio.create_task(runner.run())
    try:
        await microphone.started.wait()
        await tell(Conversation(microphone, card, task.clips).exchanges(task.rounds, short=task.short))
    finally:
        await worker.cancel()
        with suppress(asyncio.CancelledError):
            await running
        card.close()


if __name__ == "__main__":
    serve(hold)

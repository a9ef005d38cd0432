"""Our own voice loop: real detectors and the product's turn settings, stubs for recognition, answers and voice."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, suppress
from datetime import timedelta

from holo_app.audio.queued import QueuedSpeaker
from holo_app.bootstrap.clock import SystemClock
from holo_app.bootstrap.languages import kiosk_languages, language_files
from holo_app.bootstrap.speech import Hearing, load_hearing
from holo_app.bootstrap.turn_settings import turn_settings, turn_words
from holo_app.config import Settings
from holo_app.dialogue.answering import Answering
from holo_app.dialogue.ear import Ear
from holo_app.dialogue.engine import TurnEngine
from holo_app.dialogue.loop import LoopParts, VoiceLoop
from holo_app.dialogue.notices import Notice
from holo_app.dialogue.recorder import Recorder
from holo_app.dialogue.reply import Voice
from holo_app.dialogue.troubles import TroubleBoard
from holo_app.domain.audio import AudioChunk
from holo_app.domain.character import Character
from holo_app.domain.conversation import Message
from holo_app.domain.speech import Transcript, WordCue
from holo_app.ports.llm import AnswerDone, AnswerEvent, AnswerRequest, TextDelta
from holo_app.ports.microphone import CaptureEvent, MicFrame
from holo_app.ports.retriever import Grounding
from holo_app.ports.stt import SttCapabilities
from holo_app.ports.tts import SpeechChunk, TtsCapabilities
from holo_app.providers.silero.vad import SileroVad
from holo_app.storage.store import memory_store
from tests.benchmarks.turn_taking.microphone import Microphone
from tests.benchmarks.turn_taking.script import Conversation
from tests.benchmarks.turn_taking.speaker import SoundCard
from tests.benchmarks.turn_taking.stubs import FIRST_PARTIAL_S, PARTIAL_EVERY_S, STT_S, Answers, heard_between, speech
from tests.benchmarks.turn_taking.voice import RATE_HZ, Samples
from tests.benchmarks.turn_taking.wire import Task, Tell, serve

_LANGUAGES = frozenset({"en"})
_CHARACTER = Character("hum", "Hum", "host", "You hum.", ("friendly",), "hum", "hum", "en", "Hello.")


class _Microphone:
    """The benchmark's microphone behind our port."""

    def __init__(self, microphone: Microphone) -> None:
        self._microphone = microphone

    async def frames(self) -> AsyncGenerator[CaptureEvent]:
        async with aclosing(self._microphone.frames()) as frames:
            async for pcm, at in frames:
                yield MicFrame(AudioChunk(pcm), at)

    async def aclose(self) -> None:
        """Nothing to free."""


class _Speaker(QueuedSpeaker):
    """Our mixer on the benchmark's sound card, which takes samples from a thread of its own as a real one does."""

    @property
    def available(self) -> bool:
        return True

    def render(self, out: Samples, at: float) -> None:
        self._mixer.render(out, at)


class _Recognition:
    """Knows what was said in the sound that it is given, which ends now.

    streaming: the text is there STT_S after the last of it was said, and parts of it before, as for the frameworks; else
    STT_S after it was asked for.
    """

    def __init__(self, microphone: Microphone, *, streaming: bool) -> None:
        self._microphone = microphone
        self._streaming = streaming

    @property
    def capabilities(self) -> SttCapabilities:
        return SttCapabilities("stub", _LANGUAGES, self._streaming)

    async def transcribe(self, audio: AsyncIterator[AudioChunk], *, language: str) -> AsyncGenerator[Transcript]:
        seconds, told = 0.0, FIRST_PARTIAL_S
        async for chunk in audio:
            seconds += chunk.seconds
            if self._streaming and seconds >= told:
                told = seconds + PARTIAL_EVERY_S
                now = time.monotonic()
                yield Transcript(heard_between(self._microphone.said, now - seconds, now), language, final=False)
        now = time.monotonic()
        text = heard_between(self._microphone.said, now - seconds, now)
        spoken = [said.ended_at for said in self._microphone.said if said.ended_at <= now]
        begun_at = spoken[-1] if self._streaming and spoken else now
        await asyncio.sleep(max(0.0, begun_at + STT_S - now))
        yield Transcript(text, language, final=True)

    async def aclose(self) -> None:
        """Nothing to free."""


class _Answerer:
    """The stub language model behind our port."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    async def answer(self, request: AnswerRequest) -> AsyncGenerator[AnswerEvent]:
        async with aclosing(self._answers.tokens(request.text)) as tokens:
            async for token in tokens:
                yield TextDelta(token)
        yield AnswerDone("stub")

    async def aclose(self) -> None:
        """Nothing to free."""


class _NoShop:
    """A retriever that finds nothing, at once."""

    async def retrieve(self, text: str, *, language: str, history: Sequence[Message] = ()) -> Grounding:
        del text, language, history
        return Grounding()


class _Tts:
    """The humming voice behind our port."""

    @property
    def capabilities(self) -> TtsCapabilities:
        return TtsCapabilities("stub", _LANGUAGES, ("hum",))

    async def synthesize(self, text: str, *, voice: str, language: str) -> AsyncGenerator[SpeechChunk]:
        del voice, language
        start_s = 0.0
        async with aclosing(speech(text)) as words:
            async for word, pcm in words:
                audio = AudioChunk(pcm, RATE_HZ)
                end_s = start_s + audio.seconds
                yield SpeechChunk(audio, words=(WordCue(word, start_s, end_s),))
                start_s = end_s

    async def aclose(self) -> None:
        """Nothing to free."""


def _ignore(notice: Notice) -> None:
    """There is no screen."""


async def _in_place(work: Callable[[], None]) -> None:
    work()


async def _detectors() -> Hearing:
    """The product's detectors; a substitute for one of them would falsify every figure."""
    hearing = await load_hearing(TroubleBoard(_ignore))
    # the sound is recognised by the stub
    await hearing.stt.aclose()
    if not isinstance(hearing.vad, SileroVad) or hearing.end_of_turn is None:
        raise RuntimeError("Silero VAD or Smart Turn cannot be loaded: are the models fetched?")
    return hearing


async def hold(task: Task, tell: Tell) -> None:
    """Hold the conversation with the voice loop."""
    clock, microphone, hearing = SystemClock(), Microphone(), await _detectors()
    speaker = _Speaker(clock, RATE_HZ)
    card = SoundCard(speaker.render)
    troubles, words, store = TroubleBoard(_ignore), turn_words(), memory_store()
    answers = Answers(clip.text for clip in task.clips.questions)
    stt, tts = _Recognition(microphone, streaming=task.variant != "segmented"), _Tts()
    parts = LoopParts(
        microphone=_Microphone(microphone),
        ear=Ear(hearing.vad),
        stt=stt,
        end_of_turn=hearing.end_of_turn,
        answering=Answering(_NoShop(), [_Answerer(answers)], clock),
        voice=Voice(tts, speaker, clock, lambda text, _: text, _ignore, troubles),
        recorder=Recorder(store, _ignore, troubles, transcript_ttl=timedelta(hours=1), run_blocking=_in_place),
        character=_CHARACTER,
        words=words,
        languages=kiosk_languages(_CHARACTER.language, language_files(), stt, tts),
    )
    loop = VoiceLoop(parts, TurnEngine(turn_settings(Settings()), words["en"]), _ignore)
    # as the product does: a full collection walks all that is loaded
    gc.freeze()
    card.start()
    running = asyncio.create_task(loop.run())
    try:
        await microphone.started.wait()
        await tell(Conversation(microphone, card, task.clips).exchanges(task.rounds, short=task.short))
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        card.close()
        await speaker.aclose()
        store.close()


if __name__ == "__main__":
    serve(hold)

"""The voice loop: runs the turn engine's commands against microphone, models, speaker and database.

Runs on its own thread and asyncio loop. Only `submit` may be called from other threads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import assert_never

import structlog

from holo_app.dialogue import commands as cmd
from holo_app.dialogue import events as ev
from holo_app.dialogue.answering import Answering, Question
from holo_app.dialogue.deadlines import StageDeadlines
from holo_app.dialogue.ear import Ear
from holo_app.dialogue.engine import TurnEngine
from holo_app.dialogue.hearing import Recognition
from holo_app.dialogue.inputs import KioskInput, LanguageChosen
from holo_app.dialogue.languages import Languages
from holo_app.dialogue.notices import (
    CustomerCaption,
    LanguageUsed,
    LoopReady,
    MicLevel,
    Notice,
    ProductsShown,
    StateChanged,
    TurnFinished,
)
from holo_app.dialogue.recorder import Recorder
from holo_app.dialogue.reply import Voice
from holo_app.dialogue.room_level import dbfs, power_of
from holo_app.dialogue.turn import Turn, TurnTimes
from holo_app.dialogue.turn_words import TurnWords
from holo_app.dialogue.visit import CUSTOMER_STAGES, Visit
from holo_app.domain.character import Character
from holo_app.domain.conversation import Message, Stage
from holo_app.domain.kiosk import Trouble
from holo_app.errors import DeviceError
from holo_app.ports.end_of_turn import EndOfTurnModel
from holo_app.ports.microphone import CaptureEvent, DeviceBack, DeviceLost, MicFrame, Microphone
from holo_app.ports.stt import SpeechToText

log = structlog.get_logger(__name__)

_TICK_S = 0.1
_LEVEL_EVERY_S = 0.1
_TIDY_EVERY_S = 60.0
_DUCK_DB, _DUCK_S = -20.0, 0.01

Step = Callable[[ev.Event, Sequence[cmd.Command]], None]


@dataclass(frozen=True, slots=True)
class LoopParts:
    """What a voice loop is made of. words: turn-taking words by language; English must be there. draft_stt: see Recognition."""

    microphone: Microphone
    ear: Ear
    stt: SpeechToText
    end_of_turn: EndOfTurnModel | None
    answering: Answering
    voice: Voice
    recorder: Recorder
    character: Character
    words: Mapping[str, TurnWords]
    languages: Languages
    deadlines: StageDeadlines = StageDeadlines()
    draft_stt: SpeechToText | None = None


class VoiceLoop:
    """Hears, answers and speaks until it is cancelled or the microphone (a file) ends.

    trace: told each event with what the engine made of it; see `trace.Trace`.
    """

    def __init__(
        self, parts: LoopParts, engine: TurnEngine, publish: Callable[[Notice], None], trace: Step | None = None
    ) -> None:
        self._parts = parts
        self._trace = trace
        self._engine = engine
        self._publish = publish
        self._clock = parts.voice.clock
        self._troubles = parts.voice.troubles
        self._recognition = Recognition(
            parts.stt, parts.end_of_turn, self._clock, self._troubles, self._feed,
            deadlines=parts.deadlines, draft_stt=parts.draft_stt,
        )  # fmt: skip
        self._character = parts.character
        self._languages = parts.languages
        self._told: LanguageUsed | None = None
        self._visit: Visit | None = None
        self._turn: Turn | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self._quiet = asyncio.Event()
        self._levelled_at = 0.0
        self._ready = False
        self._tidied_at = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._follow_language()

    def submit(self, touched: KioskInput) -> None:
        """Tell what a person did at the screen. Safe from any thread; ignored before `run` and after it."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._touched, touched)

    async def run(self) -> None:
        """The whole life of the loop."""
        self._loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as group:
            writer = group.create_task(self._parts.recorder.run())
            ticker = group.create_task(self._tick())
            try:
                await self._listen()
                await self._finish_talking()
            finally:
                self._loop = None
                ticker.cancel()
                await self._wind_down()
                writer.cancel()

    # the microphone ------------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        try:
            async with aclosing(self._parts.microphone.frames()) as events:
                async for event in events:
                    self._captured(event)
        except DeviceError as error:
            self._troubles.begin(Trouble.NO_MICROPHONE, str(error))
            self._say_ready()
            await asyncio.Event().wait()  # touch and typing go on; only cancelling ends the loop

    def _captured(self, event: CaptureEvent) -> None:
        self._say_ready()
        match event:
            case MicFrame():
                self._hear(event)
            case DeviceLost(reason):
                self._parts.ear.forget()
                self._troubles.begin(Trouble.NO_MICROPHONE, reason)
            case DeviceBack():
                self._troubles.end(Trouble.NO_MICROPHONE)
            case _ as never:
                assert_never(never)

    def _say_ready(self) -> None:
        if not self._ready:
            self._ready = True
            log.info("loop_ready")
            self._publish(ProductsShown(self._parts.answering.on_display()))
            self._publish(LoopReady())

    def _hear(self, frame: MicFrame) -> None:
        self._recognition.feed(frame.audio)
        for scored in self._parts.ear.push(frame):
            self._feed(scored)
        if frame.captured_at - self._levelled_at >= _LEVEL_EVERY_S:
            self._levelled_at = frame.captured_at
            self._publish(MicLevel(dbfs(power_of(frame.audio.pcm))))

    async def _tick(self) -> None:
        self._tidy(starting=True)
        while True:
            await asyncio.sleep(_TICK_S)
            if self._clock.monotonic() - self._tidied_at >= _TIDY_EVERY_S:
                self._tidy(starting=False)
            self._feed(ev.Tick(self._clock.monotonic()))
            self._tell_language()
            if self._parts.voice.speaker.available:
                self._troubles.end(Trouble.NO_SPEAKER)
            else:
                self._troubles.begin(Trouble.NO_SPEAKER)

    def _tidy(self, *, starting: bool) -> None:
        self._tidied_at = self._clock.monotonic()
        self._parts.recorder.tidy(self._clock.utc(), starting=starting)

    async def _finish_talking(self) -> None:
        """The microphone ended: let a turn in progress come to its end."""
        while self._engine.busy:
            self._quiet.clear()
            await self._quiet.wait()

    async def _wind_down(self) -> None:
        await self._recognition.aclose()
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.reply.silence()
            await turn.cancel()
            self._finish(turn, interrupted=True)
        await asyncio.gather(*self._ending, return_exceptions=True)
        if self._visit is not None:
            self._parts.recorder.end(self._visit.conversation.id, self._clock.utc())
        await self._parts.recorder.flush()

    # the engine ----------------------------------------------------------------------------------------------------

    def _feed(self, event: ev.Event) -> None:
        if self._turn is not None:
            self._engine.saying = self._turn.reply.saying
        commands = self._engine.handle(event)
        if self._trace is not None:
            self._trace(event, commands)
        for command in commands:
            self._execute(command)
        if not self._engine.busy:
            self._quiet.set()

    def _touched(self, touched: KioskInput) -> None:
        if isinstance(touched, LanguageChosen):
            self._languages.choose(touched.language)
            self._follow_language()
            self._tell_language()
        self._feed(ev.Touched(self._clock.monotonic(), touched))

    def _follow_language(self) -> None:
        """Listen as the language in use asks for."""
        heard = self._languages.listened_for
        self._recognition.language = heard
        self._engine.words = self._parts.words.get(heard, self._parts.words["en"])

    def _tell_language(self) -> None:
        used = self._languages.used
        if used != self._told:
            self._told = used
            self._publish(used)

    def _readable(self) -> bool:
        """Whether the customer's words may be shown: not what a recogniser made of a language that it does not know."""
        typed = self._turn is not None and self._turn.times.end_of_speech_at is None
        return typed or self._languages.hears(self._languages.current)

    def _execute(self, command: cmd.Command) -> None:  # noqa: C901, PLR0912 - one flat table of commands reads best whole
        match command:
            case cmd.OpenUtterance(utterance):
                self._parts.ear.open()
                self._recognition.turn = self._clock.new_id()
                self._recognition.open(utterance, self._parts.ear.utterance())
            case cmd.CloseUtterance():
                self._parts.ear.close()
                self._recognition.close()
            case cmd.TranscribePartial(utterance):
                self._recognition.transcribe_partial(utterance, self._parts.ear.utterance())
            case cmd.Transcribe(utterance, snapshot):
                self._recognition.transcribe(utterance, snapshot, self._parts.ear.utterance())
            case cmd.ScoreEnd(utterance, snapshot):
                self._recognition.score(utterance, snapshot, self._parts.ear.utterance())
            case cmd.StartReply(number, text, ended_at):
                self._start(number, text, ended_at)
            case cmd.Greet(number):
                self._greet(number)
            case cmd.KeepReply(_, ended_at):
                self._running().times.end_of_speech_at = self._parts.ear.speech_ended_at(ended_at)
            case cmd.CommitReply():
                self._commit(self._running())
            case cmd.DiscardReply() | cmd.StopReply():
                self._drop(self._running(), heard=isinstance(command, cmd.StopReply))
            case cmd.Duck():
                self._parts.voice.speaker.set_gain_db(_DUCK_DB, ramp_s=_DUCK_S)
            case cmd.Unduck():
                self._parts.voice.speaker.set_gain_db(0.0)
            case cmd.Hold():
                self._parts.voice.speaker.pause()
            case cmd.Resume():
                self._parts.voice.speaker.resume()
            case cmd.ShowCustomer(text, final):
                self._publish(CustomerCaption(text if self._readable() else "", final))
            case cmd.ShowState(state):
                self._publish(StateChanged(state))
            case cmd.BeginVisit():
                self._begin_visit()
            case cmd.EndVisit():
                self._end_visit()
            case _ as never:
                assert_never(never)

    # turns ---------------------------------------------------------------------------------------------------------

    def _start(self, number: int, text: str, ended_at: float | None) -> None:
        if ended_at is not None:
            ended_at = self._parts.ear.speech_ended_at(ended_at)
        times = TurnTimes(self._clock.monotonic(), ended_at)
        if ended_at is not None:
            times.timings_ms[Stage.STT] = self._recognition.work_ms
        history = self._visit.history() if self._visit is not None else ()
        languages, heard_in = self._languages, self._recognition.heard_in
        language = languages.typed(text) if ended_at is None else languages.spoken(text, heard_in)
        question = Question(text, language, self._character, history)
        # what understanding it took was used for this turn too
        heard = None if ended_at is None else self._recognition.turn
        self._turn = Turn(number, question, times, asked=True, turn_id=heard or self._clock.new_id())
        self._turn.start(self._parts.answering, self._parts.voice, self._on_audible, self._on_over)

    def _greet(self, number: int) -> None:
        question = Question(self._character.greeting, self._character.language, self._character)
        times = TurnTimes(self._clock.monotonic(), None)
        self._turn = Turn(number, question, times, asked=False, turn_id=self._clock.new_id())
        self._parts.voice.speaker.set_gain_db(0.0)
        self._turn.start(None, self._parts.voice, self._on_audible, self._on_over)
        self._turn.reply.commit()

    def _running(self) -> Turn:
        if self._turn is None:
            raise RuntimeError("the engine speaks of a reply that does not run")
        return self._turn

    def _commit(self, turn: Turn) -> None:
        turn.times.since_speech(Stage.END_OF_TURN, self._clock.monotonic())
        self._parts.voice.speaker.set_gain_db(0.0)
        turn.reply.commit()

    def _on_audible(self, turn: Turn, at: float) -> None:
        if turn is not self._turn:
            return
        turn.audible = True
        turn.times.since_speech(Stage.END_OF_SPEECH_TO_FIRST_AUDIO, at)
        if turn.asked:
            turn.asked = self._languages.answered(understood=turn.understood)
            self._follow_language()
            self._tell_language()
        self._feed(ev.ReplyAudible(self._clock.monotonic(), turn.number))

    def _on_over(self, turn: Turn) -> None:
        if turn is not self._turn:
            return
        self._turn = None
        self._finish(turn, interrupted=False)
        self._feed(ev.ReplyEnded(self._clock.monotonic(), turn.number, turn.reply.answer.ends_visit))

    def _drop(self, turn: Turn, *, heard: bool) -> None:
        self._turn = None
        turn.reply.silence()
        if heard:
            self._finish(turn, interrupted=True)
        task = asyncio.ensure_future(turn.cancel())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    def _finish(self, turn: Turn, *, interrupted: bool) -> None:
        """Record what became of a turn; a reply that nobody heard and that was cut leaves no trace."""
        if self._visit is None or (interrupted and not turn.audible):
            return
        answer, heard = turn.reply.answer, turn.reply.heard()
        timings = turn.timings_ms()
        asked = turn.question.text if turn.asked else ""
        facts = tuple(answer.facts)
        finished = TurnFinished(asked, answer.text, heard, answer.skus, facts, timings, answer.provider, interrupted)
        log.info("turn_finished", turn=turn.number, interrupted=interrupted, timings_ms=timings, pii_text=asked)
        self._parts.recorder.record(finished, *self._messages(self._visit, turn, finished))

    def _messages(self, visit: Visit, turn: Turn, finished: TurnFinished) -> list[Message]:
        """The question (a greeting has none) and the answer, each with the times of its own stages."""
        language, answer = turn.question.language, turn.reply.answer
        timings = finished.timings_ms
        answer.timings_ms = {k: v for k, v in timings.items() if k not in CUSTOMER_STAGES}
        messages = []
        if turn.asked:
            messages.append(
                visit.customer_said(
                    turn.question.text,
                    language=language,
                    timings_ms={k: v for k, v in timings.items() if k in CUSTOMER_STAGES},
                    provider="" if turn.times.end_of_speech_at is None else self._parts.stt.capabilities.name,
                )
            )
        said, cut = finished.spoken, finished.interrupted
        messages.append(visit.character_said(answer, said, turn_id=turn.id, language=language, interrupted=cut))
        return messages

    # visits --------------------------------------------------------------------------------------------------------

    def _begin_visit(self) -> None:
        self._visit = Visit(self._clock, character_id=self._character.id, language=self._languages.current)
        self._parts.recorder.begin(self._visit.conversation)

    def _end_visit(self) -> None:
        if self._visit is not None:
            self._parts.recorder.end(self._visit.conversation.id, self._clock.utc())
        self._visit = None
        self._languages.leave()
        self._follow_language()
        self._tell_language()
        self._publish(CustomerCaption("", final=True))
        self._publish(ProductsShown(self._parts.answering.on_display()))

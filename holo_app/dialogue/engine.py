"""The turn engine: who has the floor, as a pure state machine.

Events go in, commands come out; no clock, no tasks, no I/O. All of turn-taking can be read and tested here, on virtual time.
See `events` and `commands` for the two vocabularies, `turn_start`, `turn_end` and `interruption` for the policies.
"""

from __future__ import annotations

import math
from typing import assert_never

from holo_app.dialogue import commands as cmd
from holo_app.dialogue import events as ev
from holo_app.dialogue import inputs
from holo_app.dialogue.addressee import Audience
from holo_app.dialogue.interruption import Verdict
from holo_app.dialogue.pauses import SpeakerPauses
from holo_app.dialogue.restraint import Restraint
from holo_app.dialogue.turn_start import OnsetDetector
from holo_app.dialogue.turn_state import Reply, TurnSettings, Utterance
from holo_app.dialogue.turn_words import TurnWords, echoes, is_noise, is_stop
from holo_app.domain.kiosk import KioskState

_NO_FRAMES_S = 0.3


class TurnEngine:
    """Decides when a turn starts, when it ends, what an interruption is, and when a visit is over."""

    def __init__(self, settings: TurnSettings, words: TurnWords) -> None:
        self.words = words
        self.saying = ""
        """What the character says, or said last: its echo must not be taken for a customer."""
        self._settings = settings
        self._onset = OnsetDetector(max(rule.window for rule in (settings.idle, settings.thinking, settings.speaking)))
        self._pauses = SpeakerPauses()
        self._restraint = Restraint(settings.duck_probability, settings.unduck_after_s)
        self._utterance: Utterance | None = None
        self._reply: Reply | None = None
        self._audience = Audience(settings.addressee)
        self._utterances = self._turns = 0
        self._visiting = False
        self._invited_until = self._active_at = 0.0
        self._frame_at = self._spoke_until = self._ended_voice_at = 0.0
        self._shown = KioskState.ATTRACT
        self._out: list[cmd.Command] = []

    @property
    def state(self) -> KioskState:
        """What the screen shows."""
        return self._shown

    @property
    def busy(self) -> bool:
        """Whether somebody speaks or is about to be answered."""
        return self._utterance is not None or self._reply is not None

    def handle(self, event: ev.Event) -> list[cmd.Command]:
        """Take one event; returns what is to be done about it, in order."""
        self._out = []
        match event:
            case ev.VoiceFrame():
                self._on_frame(event)
            case ev.PartialHeard():
                self._on_partial(event)
            case ev.Transcribed():
                self._on_transcribed(event)
            case ev.EndScored():
                self._on_scored(event)
            case ev.ReplyAudible():
                self._on_audible(event)
            case ev.ReplyEnded():
                self._on_reply_ended(event)
            case ev.Touched():
                self._on_touched(event)
            case ev.PeopleSeen():
                self._audience.present, self._audience.facing = event.present, event.facing
            case ev.Tick():
                self._on_tick(event)
            case _ as never:
                assert_never(never)
        self._show_state(event.at)
        return self._out

    # hearing -------------------------------------------------------------------------------------------------------

    def _on_frame(self, frame: ev.VoiceFrame) -> None:
        self._frame_at = frame.at
        self._audience.room_dbfs = frame.room_dbfs
        utterance = self._utterance
        if utterance is None:
            self._watch(frame)
            return
        utterance.loudest_dbfs = max(utterance.loudest_dbfs, frame.level_dbfs)
        if frame.probability < self._settings.release:
            utterance.run = 0
            self._silence_grows(utterance, frame.at)
            return
        utterance.run += 1
        if not utterance.cut and not (utterance.asked and utterance.run < self._settings.resume_frames):
            self._voice_goes_on(utterance, frame)

    def _watch(self, frame: ev.VoiceFrame) -> None:
        """Nobody speaks yet. Lowering the voice costs nothing, so that one frame is enough for it."""
        rule = self._settings.onset_rule(self._reply)
        if self._onset.push(frame.probability, rule):
            self._open(frame, since=frame.at - rule.window * frame.seconds)
        elif self._reply is not None and self._reply.audible:
            near = self._addressed(frame.level_dbfs)
            self._out += self._restraint.watch(frame.probability if near else 0.0, frame.at)

    def _open(self, frame: ev.VoiceFrame, *, since: float) -> None:
        self._utterances += 1
        utterance = self._utterance = Utterance(self._utterances, onset_at=since, last_voice_at=frame.at)
        utterance.voiced_s, utterance.loudest_dbfs = frame.at - since, frame.level_dbfs
        utterance.partial_at = frame.at
        self._out.append(cmd.OpenUtterance(utterance.number))
        reply = self._reply
        if reply is not None and reply.audible:
            utterance.interrupts = True
            self._hold_back(utterance, frame.at)
        elif reply is not None:
            # The turn was ended too early: nothing of the reply was heard, so the customer simply goes on.
            utterance.prefix = reply.text
            self._pauses.went_on_after(since - self._ended_voice_at)
            self._drop_reply()

    def _voice_goes_on(self, utterance: Utterance, frame: ev.VoiceFrame) -> None:
        utterance.voiced_s += frame.seconds
        self._pauses.went_on_after(frame.at - utterance.last_voice_at - frame.seconds)
        utterance.last_voice_at = frame.at
        if utterance.asked:
            utterance.voice_returned()
        if utterance.interrupts:
            self._judge_interruption(utterance, frame.at)
        if frame.at - utterance.onset_at >= self._settings.longest_turn_s:
            utterance.cut = True
            self._ask(utterance)
            return
        self._ask_partial(utterance, frame)

    def _ask_partial(self, utterance: Utterance, frame: ev.VoiceFrame) -> None:
        every_s = self._settings.probe_every_s if utterance.interrupts else self._settings.partial_every_s
        if frame.probability < self._settings.sure_voice:
            every_s *= 2  # the end may be near, and the whole question must not wait for a part of it
        if utterance.partial_pending or frame.at - utterance.partial_at < every_s:
            return
        utterance.partial_pending = True
        utterance.partial_at = frame.at
        self._out.append(cmd.TranscribePartial(utterance.number))

    def _silence_grows(self, utterance: Utterance, at: float) -> None:
        silence, reask = at - utterance.last_voice_at, self._settings.reask_s
        if not utterance.asked:
            if silence >= self._settings.speculate_after_s:
                self._ask(utterance)
        elif utterance.reasked < len(reask) and silence >= reask[utterance.reasked]:
            utterance.reasked += 1
            self._out.append(cmd.ScoreEnd(utterance.number, utterance.snapshot))
        self._end_if_over(utterance, at)

    def _ask(self, utterance: Utterance) -> None:
        utterance.asked = True
        self._out.append(cmd.Transcribe(utterance.number, utterance.snapshot))

    def _hold_back(self, utterance: Utterance, at: float) -> None:
        if not utterance.held and self._addressed(utterance.loudest_dbfs):
            utterance.held = True
            self._out += self._restraint.hold(at)

    def _judge_interruption(self, utterance: Utterance, at: float) -> None:
        self._hold_back(utterance, at)
        policy = self._settings.interruption
        verdict = policy.while_voiced(utterance.voiced_s, utterance.partial, self.saying, self.words)
        if verdict is Verdict.STOP and self._addressed(utterance.loudest_dbfs):
            utterance.interrupts = False
            self._drop_reply()
        elif self._restraint.held_for_s(at) >= policy.longest_hold_s:
            self._out += self._restraint.let_go()

    def _addressed(self, level_dbfs: float) -> bool:
        speaking = self._reply is not None and self._reply.audible
        return self._audience.addressed_by(level_dbfs, invited=self._frame_at < self._invited_until, speaking=speaking)

    # what recognition says -----------------------------------------------------------------------------------------

    def _on_partial(self, event: ev.PartialHeard) -> None:
        utterance = self._utterance
        if utterance is None or utterance.number != event.utterance:
            return
        utterance.partial_pending = False
        utterance.partial = event.text
        if utterance.interrupts:
            self._judge_interruption(utterance, event.at)
        else:
            utterance.partial_at = event.at  # a slow machine is asked less often
        if not utterance.interrupts and event.text.strip():
            self._out.append(cmd.ShowCustomer(f"{utterance.prefix} {event.text}".strip(), final=False))

    def _on_transcribed(self, event: ev.Transcribed) -> None:
        utterance = self._current(event.utterance, event.snapshot)
        if utterance is None:
            # the voice went on meanwhile: these are its words so far
            self._on_partial(ev.PartialHeard(event.at, event.utterance, event.text))
            return
        utterance.text = event.text.strip()
        if not self._addressed(utterance.loudest_dbfs) or (
            is_noise(utterance.text, self.words) and not utterance.interrupts
        ):
            self._close(utterance)
            return
        if utterance.interrupts:
            hummed_s = utterance.voiced_s if event.hums else math.inf
            judged = self._settings.interruption.when_over(utterance.text, self.saying, self.words, hummed_s=hummed_s)
            if judged is Verdict.GO_ON:
                self._end_if_over(utterance, event.at)
                return
            utterance.interrupts = False
            self._drop_reply()
        elif utterance.onset_at <= self._spoke_until and echoes(utterance.text, self.saying):
            self._close(utterance)
            return
        if is_stop(utterance.whole_text(), self.words):
            self._close(utterance)
            self._active_at = event.at
            return
        self._speculate(utterance)
        if not self._settings.ending.reads_sure(utterance.whole_text(), self.words):
            self._out.append(cmd.ScoreEnd(utterance.number, utterance.snapshot))
        self._end_if_over(utterance, event.at)

    def _on_scored(self, event: ev.EndScored) -> None:
        utterance = self._current(event.utterance, event.snapshot)
        if utterance is not None:
            utterance.scored, utterance.sounds_done = True, event.probability
            self._end_if_over(utterance, event.at)

    def _current(self, number: int, snapshot: int) -> Utterance | None:
        utterance = self._utterance
        known = utterance is not None and (utterance.number, utterance.snapshot) == (number, snapshot)
        return utterance if known else None

    # turns ---------------------------------------------------------------------------------------------------------

    def _speculate(self, utterance: Utterance) -> None:
        """Prepare the answer to what was said so far, unless more is sure to come."""
        text = utterance.whole_text()
        if self._reply is not None and self._reply.text == text:
            self._out.append(cmd.KeepReply(self._reply.turn, utterance.last_voice_at))
            return
        self._drop_reply()
        if text:
            if not self._settings.ending.trails_off(text, self.words):
                self._start_reply(text, utterance.last_voice_at)
            self._out.append(cmd.ShowCustomer(text, final=False))

    def _start_reply(self, text: str, end_of_speech_at: float | None) -> Reply:
        self._turns += 1
        self._reply = Reply(self._turns, text)
        self._out.append(cmd.StartReply(self._turns, text, end_of_speech_at))
        return self._reply

    def _end_if_over(self, utterance: Utterance, at: float) -> None:
        silence = at - utterance.last_voice_at
        if utterance.text is None or utterance.interrupts:
            # what meant nothing so far may be a word that was cut in two
            patience = self._settings.give_up_s if utterance.text is None else self._settings.go_on_after_s
            if utterance.asked and silence >= patience:
                self._close(utterance)
            return
        text, ending = utterance.whole_text(), self._settings.ending
        required = ending.required_silence_s(text, utterance.sounds_done, self.words, self._pauses.stretch)
        if not utterance.scored and not ending.reads_sure(text, self.words):
            required = max(required, self._settings.await_score_s)
        if utterance.cut or silence >= required:
            self._end_turn(utterance, at)

    def _end_turn(self, utterance: Utterance, at: float) -> None:
        self._ended_voice_at = utterance.last_voice_at
        text, addressed = utterance.whole_text(), self._addressed(utterance.loudest_dbfs)
        if addressed and text:
            self._audience.answered(utterance.loudest_dbfs)
            self._commit(self._reply or self._start_reply(text, utterance.last_voice_at), at)
        self._close(utterance)

    def _commit(self, reply: Reply, at: float) -> None:
        self._active_at = at
        self._begin_visit()
        reply.committed = True
        self._out += [cmd.ShowCustomer(reply.text, final=True), cmd.CommitReply(reply.turn)]

    def _close(self, utterance: Utterance) -> None:
        """Forget the utterance; a silent one leaves no caption behind."""
        self._utterance = None
        self._onset.reset()
        self._out += self._restraint.let_go()
        if self._reply is not None and not self._reply.committed:
            self._drop_reply()
        self._out.append(cmd.CloseUtterance(utterance.number))
        if self._reply is None:
            self._out.append(cmd.ShowCustomer("", final=True))

    # replies -------------------------------------------------------------------------------------------------------

    def _on_audible(self, event: ev.ReplyAudible) -> None:
        reply = self._reply
        if reply is None or reply.turn != event.turn:
            return
        reply.audible = True
        self._active_at = event.at

    def _on_reply_ended(self, event: ev.ReplyEnded) -> None:
        if self._reply is None or self._reply.turn != event.turn:
            return
        self._reply = None
        self._out += self._restraint.let_go()
        if self._utterance is not None:
            self._utterance.interrupts = False
        self._active_at = self._spoke_until = event.at
        if event.ends_visit and self._utterance is None:
            self._end_visit()

    def _drop_reply(self) -> None:
        reply = self._reply
        if reply is None:
            return
        self._reply = None
        self._restraint.forget()
        self._out.append(cmd.StopReply(reply.turn) if reply.audible else cmd.DiscardReply(reply.turn))

    # people at the screen ------------------------------------------------------------------------------------------

    def _on_touched(self, event: ev.Touched) -> None:
        self._active_at = event.at
        match event.input:
            case inputs.TalkPressed():
                self._talk(event.at)
            case inputs.StopPressed():
                self._hush()
            case inputs.TextTyped(text):
                self._hush()
                self._commit(self._start_reply(text, None), event.at)
            case inputs.VisitEnded():
                self._end_visit()
            case inputs.LanguageChosen():
                self._begin_visit()
            case _ as never:
                assert_never(never)

    def _talk(self, at: float) -> None:
        first = not self._visiting
        self._begin_visit()
        self._drop_reply()
        if first and self._utterance is None:
            self._turns += 1
            self._reply = Reply(self._turns, "", committed=True)
            self._out.append(cmd.Greet(self._turns))
        self._invited_until = at + self._settings.invite_s

    def _hush(self) -> None:
        self._invited_until = 0.0
        self._drop_reply()
        if self._utterance is not None:
            self._close(self._utterance)

    def _begin_visit(self) -> None:
        if not self._visiting:
            self._visiting = True
            self._out.append(cmd.BeginVisit())

    def _end_visit(self) -> None:
        self._hush()
        if self._visiting:
            self._visiting = False
            self._pauses.forget()
            self._audience.left()
            self._out.append(cmd.EndVisit())

    def _on_tick(self, tick: ev.Tick) -> None:
        utterance = self._utterance
        if utterance is not None and tick.at - self._frame_at > _NO_FRAMES_S:
            # The microphone went quiet for good in mid-utterance: what was heard so far still deserves an answer.
            self._silence_grows(utterance, tick.at)
        if self._visiting and not self.busy and tick.at - self._active_at >= self._settings.idle_wipe_s:
            self._end_visit()

    # what the screen shows -----------------------------------------------------------------------------------------

    def _show_state(self, at: float) -> None:
        state = self._derive_state(at)
        if state is not self._shown:
            self._shown = state
            self._out.append(cmd.ShowState(state))

    def _derive_state(self, at: float) -> KioskState:
        if self._reply is not None and self._reply.committed:
            return KioskState.SPEAKING if self._reply.audible else KioskState.THINKING
        if self._utterance is not None or at < self._invited_until:
            return KioskState.LISTENING
        return KioskState.IDLE if self._visiting else KioskState.ATTRACT

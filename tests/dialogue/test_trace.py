"""A conversation as a human reads it; the whole story of an interrupted answer, line by line."""

from __future__ import annotations

import pytest

from holo_app.dialogue import commands as cmd
from holo_app.dialogue import events as ev
from holo_app.dialogue.inputs import TalkPressed
from holo_app.dialogue.trace import Trace
from holo_app.domain.kiosk import KioskState

STEPS: list[tuple[ev.Event, list[cmd.Command], list[str]]] = [
    (ev.Tick(0.0), [], []),
    (ev.VoiceFrame(1.0, 0.9, 0.032), [cmd.OpenUtterance(1)], ["1.000  > open utterance 1"]),
    (ev.PartialHeard(1.5, 1, "How much"), [cmd.ShowCustomer("How much", final=False)],
     ['1.500  < 1 so far: "How much"', '1.500  > caption "How much" …']),
    (ev.VoiceFrame(2.0, 0.0, 0.032), [cmd.Transcribe(1, 0), cmd.ScoreEnd(1, 0)],
     ["2.000  > transcribe 1 (pause 1)", "2.000  > ask for the end of 1 (pause 1)"]),
    (ev.Transcribed(2.1, 1, 0, "How much is it?"), [cmd.StartReply(1, "How much is it?", 1.9)],
     ['2.100  < 1 said: "How much is it?"', '2.100  > prepare reply 1 to "How much is it?"']),
    (ev.Transcribed(2.1, 1, 0, "", failed=True), [], ["2.100  < 1 could not be transcribed"]),
    (ev.EndScored(2.2, 1, 0, 0.91), [cmd.CloseUtterance(1), cmd.BeginVisit(), cmd.CommitReply(1)],
     ["2.200  < 1 sounds finished: 0.91", "2.200  > close utterance 1", "2.200  > a visit begins", "2.200  > speak reply 1"]),
    (ev.EndScored(2.2, 1, 0, None), [], ["2.200  < 1 cannot be scored"]),
    (ev.ReplyAudible(2.4, 1), [cmd.ShowState(KioskState.SPEAKING)],
     ["2.400  < reply 1 is heard", "2.400  > state speaking"]),
    (ev.VoiceFrame(3.0, 0.9, 0.032), [cmd.OpenUtterance(2), cmd.Duck(), cmd.TranscribePartial(2), cmd.Hold()],
     ["3.000  > open utterance 2", "3.000  > duck", "3.000  > transcribe so far 2", "3.000  > hold"]),
    (ev.PeopleSeen(3.05, True, None), [cmd.KeepReply(1, 3.0)],
     ["3.050  < people: present yes, facing unknown", "3.050  > keep reply 1"]),
    (ev.Tick(3.1), [cmd.Unduck(), cmd.Resume()], ["3.100  > back to full loudness", "3.100  > go on"]),
    (ev.Touched(4.0, TalkPressed()), [cmd.StopReply(1), cmd.Greet(2), cmd.DiscardReply(2)],
     ["4.000  < touch: TalkPressed", "4.000  > stop reply 1", "4.000  > greet as reply 2", "4.000  > discard reply 2"]),
    (ev.ReplyEnded(5.0, 2, ends_visit=True), [cmd.EndVisit()],
     ["5.000  < reply 2 is over, a goodbye", "5.000  > the visit ends"]),
]  # fmt: skip


def test_every_event_and_command_has_its_line() -> None:
    lines: list[str] = []
    trace = Trace(lambda line: lines.append(line.strip()))
    for event, commands, told in STEPS:
        lines.clear()
        trace.step(event, commands)
        assert lines == told


@pytest.mark.parametrize(("words", "told"), [(True, '< 1 said: "Hello there"'), (False, "< 1 said: (2 words)")])
def test_a_trace_may_leave_the_words_out(words: bool, told: str) -> None:
    lines: list[str] = []
    Trace(lines.append, words=words).step(ev.Transcribed(7.0, 1, 0, "Hello there"), [])
    assert lines == [f"    0.000  {told}"]

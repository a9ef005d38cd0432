"""What the turn engine was told and what it decided, line by line, for people: one conversation reads like a short story.

    1.216  > open utterance 1
    2.304  < 1 said: "How much is the blue jacket?"
    2.304  > prepare reply 1 to "How much is the blue jacket?"

`>` is what the engine wants done, `<` is what it was told. Frames and ticks are not told: only what came of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import assert_never

from holo_app.dialogue import commands as cmd
from holo_app.dialogue import events as ev


class Trace:
    """Writes each step of an engine as lines; time counts from the first one.

    write: takes one line without its end. Visitors' words stand in the lines only where `words` is true.
    """

    def __init__(self, write: Callable[[str], None], *, words: bool = True) -> None:
        self._write = write
        self._words = words
        self._began: float | None = None

    def step(self, event: ev.Event, commands: Sequence[cmd.Command]) -> None:
        """Tell what came in and what followed from it."""
        if self._began is None:
            self._began = event.at
        at = f"{event.at - self._began:9.3f}"
        told = self._event(event)
        if told:
            self._write(f"{at}  < {told}")
        for command in commands:
            self._write(f"{at}  > {self._command(command)}")

    def _event(self, event: ev.Event) -> str:  # noqa: PLR0911 - one flat table of events
        match event:
            case ev.PartialHeard(_, utterance, text):
                return f"{utterance} so far: {self._quoted(text)}"
            case ev.Transcribed(_, utterance, _, text, failed):
                return f"{utterance} could not be transcribed" if failed else f"{utterance} said: {self._quoted(text)}"
            case ev.EndScored(_, utterance, _, probability):
                sounds = "cannot be scored" if probability is None else f"sounds finished: {probability:.2f}"
                return f"{utterance} {sounds}"
            case ev.ReplyAudible(_, turn):
                return f"reply {turn} is heard"
            case ev.ReplyEnded(_, turn, ends_visit):
                return f"reply {turn} is over{', a goodbye' if ends_visit else ''}"
            case ev.Touched(_, touched):
                return f"touch: {type(touched).__name__}"
            case ev.PeopleSeen(_, present, facing):
                return f"people: present {_known(present)}, facing {_known(facing)}"
            case ev.VoiceFrame() | ev.Tick():
                return ""
            case _ as never:
                assert_never(never)

    def _command(self, command: cmd.Command) -> str:  # noqa: PLR0911 - one flat table of commands
        match command:
            case cmd.StartReply(turn, text, _):
                return f"prepare reply {turn} to {self._quoted(text)}"
            case cmd.KeepReply(turn, _):
                return f"keep reply {turn}"
            case cmd.ShowCustomer(text, final):
                return f"caption {self._quoted(text)}{'' if final else ' …'}"
            case cmd.ShowState(state):
                return f"state {state.value}"
            case cmd.Transcribe(utterance, snapshot) | cmd.ScoreEnd(utterance, snapshot):
                return f"{_PLAIN[type(command)]} {utterance} (pause {snapshot + 1})"
            case cmd.OpenUtterance(number) | cmd.TranscribePartial(number) | cmd.CloseUtterance(number):
                return f"{_PLAIN[type(command)]} {number}"
            case cmd.CommitReply(number) | cmd.DiscardReply(number) | cmd.StopReply(number) | cmd.Greet(number):
                return f"{_PLAIN[type(command)]} {number}"
            case cmd.Duck() | cmd.Unduck() | cmd.Hold() | cmd.Resume() | cmd.BeginVisit() | cmd.EndVisit():
                return _PLAIN[type(command)]
            case _ as never:
                assert_never(never)

    def _quoted(self, text: str) -> str:
        return f'"{text}"' if self._words else f"({len(text.split())} words)"


def _known(seen: bool | None) -> str:
    return {True: "yes", False: "no", None: "unknown"}[seen]


_PLAIN: dict[type[cmd.Command], str] = {
    cmd.OpenUtterance: "open utterance",
    cmd.TranscribePartial: "transcribe so far",
    cmd.Transcribe: "transcribe",
    cmd.ScoreEnd: "ask for the end of",
    cmd.CloseUtterance: "close utterance",
    cmd.CommitReply: "speak reply",
    cmd.DiscardReply: "discard reply",
    cmd.StopReply: "stop reply",
    cmd.Greet: "greet as reply",
    cmd.Duck: "duck",
    cmd.Unduck: "back to full loudness",
    cmd.Hold: "hold",
    cmd.Resume: "go on",
    cmd.BeginVisit: "a visit begins",
    cmd.EndVisit: "the visit ends",
}

"""A short language for who says what when, against the bare turn engine."""

from __future__ import annotations

from dataclasses import dataclass, field

from holo_app.dialogue import commands as cmd
from holo_app.dialogue import events as ev
from holo_app.dialogue.engine import TurnEngine
from holo_app.dialogue.inputs import KioskInput
from holo_app.dialogue.turn_state import TurnSettings
from holo_app.dialogue.turn_words import TurnWords

FRAME_S = 0.032

WORDS = TurnWords(
    backchannels=frozenset({"mhm", "yeah", "right", "i see"}),
    stops=frozenset({"stop", "wait", "hold on", "please"}),
    trailing=frozenset({"my", "the", "and", "for"}),
    asking=frozenset({"what"}),
    stranded=frozenset({"for"}),
    complete=frozenset({"yes", "no", "thank you"}),
    fillers=frozenset({"um", "uh"}),
)


@dataclass
class Floor:
    """Feeds frames at 32 ms and answers the engine's questions at once with what the script prepared.

    texts: what recognition understands, one per Transcribe; the last one is repeated. sounds_done: the answer to each ScoreEnd.
    """

    texts: list[str] = field(default_factory=lambda: ["How much is the blue jacket?"])
    partial: str | None = None
    sounds_done: float | None = 0.9
    settings: TurnSettings = field(default_factory=TurnSettings)
    answers_itself: bool = True
    now: float = 100.0
    level_dbfs: float = -20.0
    room_dbfs: float = -65.0

    def __post_init__(self) -> None:
        self.engine = TurnEngine(self.settings, WORDS)
        self.log: list[tuple[float, cmd.Command]] = []
        self._began = self.now
        self.turn = 0
        """The number of the latest reply."""

    def feed(self, event: ev.Event) -> list[cmd.Command]:
        out = self.engine.handle(event)
        self.log += [(round(self.now - self._began, 3), command) for command in out]
        for command in out:
            if isinstance(command, cmd.StartReply | cmd.Greet):
                self.turn = command.turn
            if self.answers_itself:
                self._answer(command)
        return out

    def voice(self, seconds: float, probability: float = 0.95) -> None:
        for _ in range(round(seconds / FRAME_S)):
            self.now += FRAME_S
            self.feed(ev.VoiceFrame(self.now, probability, FRAME_S, self.level_dbfs, self.room_dbfs))

    def quiet(self, seconds: float) -> None:
        self.voice(seconds, 0.02)

    def wait(self, seconds: float) -> None:
        """Time without any microphone frame."""
        for _ in range(round(seconds / 0.1)):
            self.now += 0.1
            self.feed(ev.Tick(self.now))

    def touch(self, touched: KioskInput) -> None:
        self.feed(ev.Touched(self.now, touched))

    def audible(self) -> None:
        self.feed(ev.ReplyAudible(self.now, self.turn))

    def reply_over(self, *, ends_visit: bool = False) -> None:
        self.feed(ev.ReplyEnded(self.now, self.turn, ends_visit))

    def asks(self, text: str = "How much is the blue jacket?") -> None:
        """A whole question up to its commit."""
        self.texts = [text]
        self.voice(1.0)
        self.quiet(1.5)

    def commands(self, *kinds: type[cmd.Command]) -> list[cmd.Command]:
        return [command for _, command in self.log if isinstance(command, kinds)]

    def names(self) -> list[str]:
        """The whole story, states spelled out, captions left out."""
        return [
            f"{type(c).__name__}:{c.state}" if isinstance(c, cmd.ShowState) else type(c).__name__
            for _, c in self.log
            if not isinstance(c, cmd.ShowCustomer)
        ]

    def when(self, kind: type[cmd.Command]) -> float:
        """When the first such command came, in seconds from the start."""
        return next(at for at, command in self.log if isinstance(command, kind))

    def clear(self) -> None:
        self.log.clear()
        self._began = self.now

    def _answer(self, command: cmd.Command) -> None:
        match command:
            case cmd.Transcribe(utterance, snapshot):
                text = self.texts.pop(0) if len(self.texts) > 1 else self.texts[0]
                self.feed(ev.Transcribed(self.now, utterance, snapshot, text))
            case cmd.ScoreEnd(utterance, snapshot):
                self.feed(ev.EndScored(self.now, utterance, snapshot, self.sounds_done))
            case cmd.TranscribePartial(utterance) if self.partial is not None:
                self.feed(ev.PartialHeard(self.now, utterance, self.partial))
            case _:
                pass

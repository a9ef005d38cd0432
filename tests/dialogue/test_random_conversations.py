"""Whatever customers, touches and faults do: nothing hangs, nothing leaks, one answer at a time, every start has an end.

A thousand conversations: `CONVERSATIONS=1000 pytest tests/dialogue/test_random_conversations.py`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from holo_app.dialogue import commands as cmd
from holo_app.dialogue import events as ev
from holo_app.dialogue import inputs
from holo_app.dialogue.trace import Trace
from holo_app.dialogue.turn_state import TurnSettings
from holo_app.domain.conversation import Role
from holo_app.errors import FailureCategory
from tests.dialogue.world import World, running
from tests.fakes.virtual_time import run_virtual

CONVERSATIONS = int(os.environ.get("CONVERSATIONS", "40"))
IDLE_WIPE_S = 8.0
SETTLED_S = 60.0
"""The longest line, its answer, and the quiet after which a visit ends."""

_LINES = (
    "How much is the blue jacket?",
    "Do you have it in my",
    "um and the",
    "Stop",
    "wait I meant the red one",
    "mhm",
    "yeah right",
    "Thank you",
    "",
    "It costs 89 pounds. We have four",
    "zero seven seven",
)


@dataclass(frozen=True)
class Act:
    """One thing that happens, and how long it is until the next."""

    kind: str
    text: str
    seconds: float
    then_s: float


_times = st.sampled_from([0.0, 0.05, 0.1, 0.25, 0.4, 0.7, 1.1, 2.0, 5.0, 12.0])
_acts = st.builds(
    Act,
    st.sampled_from(
        ["say"] * 8
        + ["torn"] * 3
        + ["talk", "stop", "type", "language", "leave", "unplug", "no_speaker", "stt", "tts", "answer", "slow", "heal"]
    ),
    st.sampled_from(_LINES),
    st.sampled_from([0.08, 0.2, 0.5, 1.0, 1.6, 3.0, 28.0]),
    _times,
)


@dataclass
class Rules:
    """The grammar of commands: what may follow what."""

    lines: list[str] = field(default_factory=list)
    utterance: int | None = None
    reply: int | None = None
    committed: bool = False
    ducked: bool = False
    held: bool = False
    visiting: bool = False

    def __post_init__(self) -> None:
        self._trace = Trace(self.lines.append)

    def step(self, event: ev.Event, commands: Sequence[cmd.Command]) -> None:
        self._trace.step(event, commands)
        if isinstance(event, ev.ReplyEnded) and event.turn == self.reply:
            assert self.committed
            self._over()
        for command in commands:
            self._check(command)

    def _check(self, command: cmd.Command) -> None:  # noqa: C901 - one flat table of commands
        match command:
            case cmd.OpenUtterance(number):
                assert self.utterance is None
                self.utterance = number
            case cmd.CloseUtterance(number):
                assert self.utterance == number
                self.utterance = None
            case cmd.Transcribe(number) | cmd.ScoreEnd(number) | cmd.TranscribePartial(number):
                assert self.utterance == number
            case cmd.StartReply(number) | cmd.Greet(number):
                assert self.reply is None, "two answers at once"
                self.reply, self.committed = number, isinstance(command, cmd.Greet)
            case cmd.CommitReply(number):
                assert self.reply == number
                assert not self.committed
                self.committed = True
            case cmd.DiscardReply(number) | cmd.StopReply(number):
                assert self.reply == number
                self._over()
            case cmd.Duck():
                assert self.reply is not None
                self.ducked = True
            case cmd.Unduck():
                self.ducked = False
            case cmd.Hold():
                assert self.ducked
                assert not self.held
                self.held = True
            case cmd.Resume():
                assert self.held
                self.held = False
            case cmd.BeginVisit() | cmd.EndVisit():
                assert self.visiting == isinstance(command, cmd.EndVisit)
                self.visiting = not self.visiting
            case cmd.ShowState() | cmd.ShowCustomer():
                pass

    def _over(self) -> None:
        self.reply, self.committed, self.ducked, self.held = None, False, False, False


async def _do(world: World, act: Act) -> None:  # noqa: C901, PLR0912 - one flat table of acts
    assert world.loop is not None
    match act.kind:
        case "say" | "torn":
            world.microphone.hear(world.script.say(act.text, act.seconds, complete=act.kind == "say"))
        case "talk":
            world.loop.submit(inputs.TalkPressed())
        case "stop":
            world.loop.submit(inputs.StopPressed())
        case "type":
            world.loop.submit(inputs.TextTyped(act.text or "Hello"))
        case "language":
            world.loop.submit(inputs.LanguageChosen("de" if act.seconds < 1 else "en"))
        case "leave":
            world.loop.submit(inputs.VisitEnded())
        case "unplug":
            world.microphone.unplug(act.seconds)
        case "no_speaker":
            world.speaker.unplug()
        case "stt":
            world.stt.failure = FailureCategory.UNAVAILABLE
        case "tts":
            world.tts.failure = FailureCategory.UNAVAILABLE
        case "answer":
            world.answerer.failure = FailureCategory.UNAVAILABLE
        case "slow":
            world.stt.delay_s, world.answerer.first_s, world.tts.first_chunk_s = act.seconds, act.seconds, act.seconds
            world.retriever.delay_s = world.end_of_turn.delay_s = act.seconds
        case _:
            world.stt.failure = world.tts.failure = world.answerer.failure = None
            world.stt.delay_s, world.answerer.first_s, world.tts.first_chunk_s = 0.12, 0.02, 0.14
            world.retriever.delay_s, world.end_of_turn.delay_s = 0.01, 0.06
            world.speaker.replug()
    await asyncio.sleep(act.then_s)


async def _hold(acts: Sequence[Act], rules: Rules) -> None:
    async with running(settings=TurnSettings(idle_wipe_s=IDLE_WIPE_S), trace=rules.step) as world:
        await world.keep_fillers()
        for act in acts:
            await _do(world, act)
        world.speaker.replug()
        await asyncio.sleep(SETTLED_S)
        assert (rules.utterance, rules.reply, rules.ducked, rules.held) == (None, None, False, False), (
            "somebody waits for ever"
        )
        assert not rules.visiting, "an empty shop has no visitor"
        messages = world.messages()
        assert all(message.heard or message.interrupted for message in messages), "what nobody heard is not history"
        assert all(message.text.startswith(message.heard.rstrip(" …")) for message in messages)
        assert sum(message.role is Role.CHARACTER for message in messages) == len(world.turns)


@given(st.lists(_acts, min_size=1, max_size=14))
# a failure tells its own story, and shrinking it takes minutes
@settings(
    max_examples=CONVERSATIONS,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
def test_any_conversation_comes_to_its_end(acts: list[Act]) -> None:
    rules = Rules()
    try:
        run_virtual(_hold(acts, rules))
    except BaseException:
        print("\n".join(rules.lines))  # noqa: T201 - the story of what failed
        raise

"""Does the kiosk answer itself, and can it be interrupted, where its microphone hears its loudspeaker?

    python -m tests.benchmarks.echo.conversation [--short] [--minutes 10] [--known SECONDS] [--clips FOLDER] [--traces FOLDER]
                                                  [--slower 1]

Holds real conversations with the whole embedded stack in simulated rooms, in real time: the minutes are shared by three rooms
with the echo 10 dB quieter than, as loud as and 6 dB louder than the customer, who asks something from time to time and
interrupts every other answer. In each of them the kiosk begins without having heard itself before, unless --known says for how
long it has. Simulated rooms flatter every canceller: loudspeakers bend sound in more ways, and people move.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from holo_app.dialogue.notices import TurnFinished
from holo_app.domain.kiosk import KioskState
from tests.benchmarks.room.air import Said
from tests.benchmarks.room.customers import Clip, demo_clips, piper, recordings, said, synthesised
from tests.benchmarks.room.journal import Committed, Journal
from tests.benchmarks.room.shop import Echo, Room, Visit, visiting
from tests.benchmarks.room.slow_motion import hold
from tests.benchmarks.speech.word_errors import word_error_rate
from tests.fakes.rooms import BOOTH, HALL, ROOMS, SHOP, EchoPath, Floats
from tests.fakes.rooms import Room as RoomKind

QUESTIONS = (
    "Tell me about the Hearth kettle.",
    "What do you sell?",
    "What can you recommend for a hike?",
    "Tell me about the Eagle watch.",
    "Which backpacks do you have?",
    "Tell me about the tent.",
)
"""Their answers are long."""

BARGE_INS = (
    "Wait, when do you close today?",
    "Stop.",
    "How much is the mini kettle?",
    "No, I would like to see a backpack.",
    "Wait, wait.",
    "Do you have any headphones?",
)
INTO_S = (0.5, 1.5, 2.5, 1.0)
_DELAYS_S = {BOOTH: 0.02, SHOP: 0.12, HALL: 0.25}
_DRIFTS_PPM = {BOOTH: -100.0, SHOP: 100.0, HALL: 60.0}
_STAMP_ERRORS_S = {BOOTH: 0.05, SHOP: -0.03, HALL: 0.02}
_LOUDER_DB = (-10.0, 0.0, 6.0)
_VOICE = "You can return everything within thirty days; please keep the receipt, and ask my colleagues at the counter."

_ANSWER_WITHIN_S = 6.0
_REST_WITHIN_S = 25.0
_STOP_WITHIN_S = 1.5
_LATE_S = 0.3
_NEAR_S = 1.5
_WRONG = 0.5


@dataclass(frozen=True)
class Talk:
    """What customers say here. voice: a sample of the kiosk's own."""

    questions: list[Clip]
    barge_ins: list[Clip]
    voice: Floats


@dataclass
class Cell:
    """One room at one loudness, after its conversation. stopped_s: barge-in → silence, None where the answer went on."""

    name: str
    began_at: float = 0.0
    seconds: float = 0.0
    asked: int = 0
    answered: int = 0
    self_answers: list[Committed] = field(default_factory=list)
    false_stops: list[tuple[float, TurnFinished]] = field(default_factory=list)
    stopped_s: list[float | None] = field(default_factory=list)
    wrong: list[tuple[str, str]] = field(default_factory=list)
    texts: int = 0

    @property
    def recall(self) -> tuple[int, int]:
        """Barge-ins that stopped an answer, and all of them."""
        return sum(s is not None for s in self.stopped_s), len(self.stopped_s)


class Conversation:
    """One customer in one room."""

    def __init__(self, visit: Visit, talk: Talk, cell: Cell) -> None:
        self._visit = visit
        self._journal: Journal = visit.journal
        self._talk = talk
        self._cell = cell

    async def hold(self, seconds: float, first: int) -> None:
        """Ask and interrupt for so long; `first` chooses where in the lines to begin."""
        begins = self._cell.began_at = self._visit.clock.monotonic()
        for number in itertools.count(first):
            await self._round(number, interrupt=number % 2 == 1)
            # an answer to its end, and one that is interrupted, at least
            if number > first and self._visit.clock.monotonic() - begins >= seconds:
                break
        self._cell.seconds = self._visit.clock.monotonic() - begins
        self._judge()

    async def _round(self, number: int, *, interrupt: bool) -> None:
        cell, visit = self._cell, self._visit
        question = visit.say(self._talk.questions[number % len(self._talk.questions)])
        cell.asked += 1
        await visit.pass_until(question.ends)
        if await self._journal.until(lambda: self._answering(question.ends - 0.5), _ANSWER_WITHIN_S):
            cell.answered += 1
            if interrupt:
                await self._interrupt(number)
        await visit.rest(within_s=_REST_WITHIN_S)

    def _answering(self, since: float) -> bool:
        return self._journal.state is KioskState.SPEAKING and self._journal.state_since >= since

    async def _interrupt(self, number: int) -> None:
        visit = self._visit
        into_s = INTO_S[number // 2 % len(INTO_S)]
        clip = self._talk.barge_ins[number // 2 % len(self._talk.barge_ins)]
        barge_in = visit.say(clip, in_s=into_s)
        await visit.pass_until(barge_in.begins)
        if not self._journal.state_since < barge_in.begins or self._journal.state is not KioskState.SPEAKING:
            # the answer was over, or was cut, before anybody interrupted it
            await visit.pass_until(barge_in.ends)
            return
        await visit.pass_until(barge_in.ends)
        await self._journal.until(lambda: self._cut(barge_in) is not None, _STOP_WITHIN_S)
        cut = self._cut(barge_in)
        self._cell.stopped_s.append(None if cut is None else cut - barge_in.begins)
        visit.journal.tell(visit.clock.monotonic(), "the answer went on" if cut is None else "the answer was stopped")

    def _cut(self, barge_in: Said) -> float | None:
        """When the answer fell silent because of a barge-in."""
        cuts = [at for at, turn in self._journal.finished(barge_in.begins) if turn.interrupted]
        if not cuts:
            return None
        return max((p.until for p in self._visit.speaker.played if p.at < cuts[0]), default=cuts[0])

    def _judge(self) -> None:
        cell, everything = self._cell, self._visit.air.said
        for turn in self._journal.committed():
            overlapping = [s for s in everything if s.begins < turn.at and s.ends > turn.opened - _LATE_S]
            if not overlapping:
                cell.self_answers.append(turn)
                continue
            cell.texts += 1
            text = overlapping[-1].text
            if word_error_rate([text], [turn.text]) > _WRONG:
                cell.wrong.append((text, turn.text))
        cell.false_stops = [
            (at, turn)
            for at, turn in self._journal.finished()
            if turn.interrupted and not any(s.begins < at and s.ends > at - _NEAR_S for s in everything)
        ]


async def measure(folder: Path | None, traces: Path | None, *, minutes: float, known_s: float, short: bool) -> None:
    """Print a line for each room and loudness, and the sums."""
    talk = await _talk(folder)
    rooms: list[tuple[RoomKind, float]] = [(SHOP, 0.0)] if short else list(itertools.product(ROOMS, _LOUDER_DB))
    cells = []
    for number, (room, louder_db) in enumerate(rooms):
        cell = Cell(f"{room.name} {louder_db:+.0f} dB")
        path = EchoPath(room, _DELAYS_S[room], _DRIFTS_PPM[room])
        echo = Echo(path, louder_db, talk.voice, _STAMP_ERRORS_S[room], known_s=known_s)
        async with visiting(Room(echo=echo)) as visit:
            # every cell begins with an answer that nobody interrupts
            await Conversation(visit, talk, cell).hold(60 * minutes / len(rooms), 2 * number)
            if traces is not None:
                await asyncio.to_thread(_keep, traces, cell, visit)
        cells.append(cell)
        _print(cell)
    _sum(cells)


async def _talk(folder: Path | None) -> Talk:
    tts = piper()
    try:
        questions, barge_ins = await synthesised(tts, QUESTIONS), await synthesised(tts, BARGE_INS, (1.24, 1.3, 1.18))
        voice = await said(tts, _VOICE)
    finally:
        await tts.aclose()
    if folder is not None:
        # other voices: every other interruption is a shop question from the folder
        others = recordings(folder, "shop_kokoro")
        barge_ins = [clip for pair in zip(barge_ins, others, strict=False) for clip in pair]
    return Talk([*questions, *demo_clips()[2:3]], barge_ins, voice)


def _keep(folder: Path, cell: Cell, visit: Visit) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{cell.name.replace(' ', '_')}.txt"
    path.write_text("\n".join(visit.journal.lines) + "\n", encoding="utf-8")


def _print(cell: Cell) -> None:
    stopped, barge_ins = cell.recall
    times = sorted(s for s in cell.stopped_s if s is not None)
    median = f"{1000 * times[len(times) // 2]:.0f} ms" if times else "-"
    sys.stdout.write(
        f"{cell.name:12} {cell.seconds:5.0f} s  answered {cell.answered}/{cell.asked}  "
        f"self-answers {len(cell.self_answers)}  false stops {len(cell.false_stops)}  "
        f"barge-ins {stopped}/{barge_ins} (silent after {median})  wrong texts {len(cell.wrong)}/{cell.texts}\n"
    )
    for line in _problems(cell):
        sys.stdout.write(f"    {line}\n")
    sys.stdout.flush()


def _problems(cell: Cell) -> Iterator[str]:
    for turn in cell.self_answers:
        yield f'answered itself after {turn.at - cell.began_at:.0f} s: "{turn.text}"'
    for at, cut in cell.false_stops:
        yield f'stopped for nobody after {at - cell.began_at:.0f} s, having said: "{cut.spoken}"'
    yield from (f'"{text}" was taken for "{heard}"' for text, heard in cell.wrong)


def _sum(cells: list[Cell]) -> None:
    stopped, barge_ins = (sum(cell.recall[i] for cell in cells) for i in (0, 1))
    sys.stdout.write(
        f"total {sum(cell.seconds for cell in cells) / 60:.1f} min: "
        f"self-answers {sum(len(cell.self_answers) for cell in cells)}, "
        f"false stops {sum(len(cell.false_stops) for cell in cells)}, barge-ins {stopped}/{barge_ins}, "
        f"wrong texts {sum(len(cell.wrong) for cell in cells)}/{sum(cell.texts for cell in cells)}\n"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="one room, two questions")
    parser.add_argument("--minutes", type=float, default=10.0, help="of all rooms together; %(default)s")
    parser.add_argument("--known", type=float, default=0.0, help="seconds that the kiosk has heard itself before")
    parser.add_argument("--clips", type=Path, help="a folder of recorded customers")
    parser.add_argument(
        "--slower", type=float, default=1.0, help="slow motion, for a busy machine; %(default)s: real time"
    )
    parser.add_argument("--traces", type=Path, help="write what the engine did in each room to this folder")
    options = parser.parse_args()
    hold(
        measure(
            options.clips,
            options.traces,
            minutes=0.0 if options.short else options.minutes,
            known_s=options.known,
            short=options.short,
        ),
        slower=options.slower,
    )

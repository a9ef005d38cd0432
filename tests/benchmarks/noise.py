"""What the din of a shop does to the kiosk: turns that nobody asked for, and customers who are misunderstood.

    python -m tests.benchmarks.noise [--short] [--minutes 10] [--part nobody|sounds|customers] [--snr DB] [--clips FOLDER]
                                     [--music FILE] [--traces FOLDER]

The whole embedded stack in real time. Nobody: minutes of babble and music without a customer. Sounds: coughs, laughter, doors.
Customers: questions over babble and music; right is an answer that states what the answer to the same text, typed, does.
Babble is made of the rig's own voices or of the folder's; music is made up, unless a file is given.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from holo_app.audio.wav import read_wav
from holo_app.dialogue.inputs import TextTyped, VisitEnded
from holo_app.domain.kiosk import KioskState
from tests.benchmarks.room.air import CUSTOMER_RMS
from tests.benchmarks.room.customers import Clip, demo_clips, floats, piper, recordings, synthesised
from tests.benchmarks.room.noises import SINGLE, babble, loud, music
from tests.benchmarks.room.shop import Room, Visit, visiting
from tests.benchmarks.room.slow_motion import hold
from tests.fakes.rooms import Floats

QUESTIONS = (
    "How much is the mini kettle?",
    "Tell me about the Hearth kettle.",
    "Which backpacks do you have?",
    "When do you close today?",
    "Can I return it if I don't like it?",
    "Do you have any headphones?",
    "What watches do you have?",
    "How much is the two person tent?",
)
_GOSSIP = (
    "I told her that we should have gone on Saturday, but she never listens to anybody.",
    "Did you see the game last night? They played so badly in the second half.",
    "Let me just send him a message, he is waiting for us at the entrance.",
    "We still need milk, bread, some apples and something nice for the weekend.",
    "My sister has exactly the same one at home, and it broke after a year.",
    "Come here, sweetheart, do not touch that, please.",
)
_CUSTOMERS = (1.16, 1.08, 1.12)
_PEOPLE = (1.3, 1.12, 1.24, 1.06, 1.18, 1.36)
_NOBODY_DBFS = {"babble": (-25.0, -30.0, -35.0), "music": (-25.0, -35.0)}
_SNR_DB = (20.0, 10.0, 5.0)
_VOICES = ("shop_kokoro", "shop_piperjoe")
_SOUND_RMS = 2 * CUSTOMER_RMS
_BETWEEN_S = 3.0
_ANSWER_WITHIN_S = 8.0
_CUSTOMER_DBFS = -26.0


@dataclass(frozen=True)
class Din:
    """What can be heard around: each (N,) without end."""

    babble: Floats
    music: Floats

    def of(self, kind: str, dbfs: float) -> Floats:
        """That kind, that loud."""
        return loud(self.babble if kind == "babble" else self.music, dbfs)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a question. Facts and products tell the answer; where it states none, its words do."""

    heard: str
    answer: str
    states: tuple[str, ...]

    def same_answer(self, other: Outcome) -> bool:
        """Whether a customer was told the same."""
        return self.states == other.states if self.states or other.states else self.answer == other.answer


async def nobody(visit: Visit, din: Din, *, minutes: float, short: bool) -> int:
    """Din without a customer. Returns the turns that were committed."""
    levels = [(kind, dbfs) for kind, all_dbfs in _NOBODY_DBFS.items() for dbfs in (all_dbfs[:1] if short else all_dbfs)]
    share_s, total = 60 * minutes / len(levels), 0
    for kind, dbfs in levels:
        visit.air.background = din.of(kind, dbfs)
        begins = visit.clock.monotonic()
        await visit.pass_until(begins + share_s)
        turns = visit.journal.committed(begins)
        total += len(turns)
        _tell(
            f"nobody, {kind} at {dbfs:.0f} dBFS, {share_s:.0f} s: turns {len(turns)}, "
            f"utterances opened {len(visit.journal.opened(begins))}",
            [f'a turn: "{turn.text}"' for turn in turns],
        )
        visit.air.background = None
        await _leave(visit)
    return total


async def single_sounds(visit: Visit, *, each: int) -> int:
    """Coughs, doors and the like in silence. Returns the turns that were committed."""
    total = 0
    for kind, make in list(SINGLE.items())[: None if each > 1 else 1]:
        begins = visit.clock.monotonic()
        for seed in range(each):
            sound = make(100 + seed)
            visit.say(Clip(f"({kind})", loud(sound, 0.0) * _SOUND_RMS))
            await visit.pass_until(visit.clock.monotonic() + len(sound) / 16000 + _BETWEEN_S)
        turns = visit.journal.committed(begins)
        total += len(turns)
        _tell(
            f"{kind} x {each}: turns {len(turns)}, utterances opened {len(visit.journal.opened(begins))}",
            [f'a turn: "{turn.text}"' for turn in turns],
        )
        await _leave(visit)
    return total


async def customers(visit: Visit, din: Din, clips: list[Clip], snr_db: Sequence[float], *, short: bool) -> None:
    """The same customers in silence and in the din, so far above it."""
    right = [await _typed(visit, clip.text) for clip in clips]
    conditions = [("babble", 10.0)] if short else list(itertools.product(("babble", "music"), snr_db))
    for kind, snr in [("silence", math.inf), *conditions]:
        visit.air.background = None if kind == "silence" else din.of(kind, _CUSTOMER_DBFS - snr)
        wrong = []
        for clip, wanted in zip(clips, right, strict=True):
            outcome = await _ask(visit, clip)
            if outcome is None or wanted is None or not outcome.same_answer(wanted):
                wrong.append(f'"{clip.text}" was {_became(outcome)}')
        visit.air.background = None
        where = "in silence" if kind == "silence" else f"over {kind} at {snr:.0f} dB"
        _tell(f"customers {where}: right {100 * (1 - len(wrong) / len(clips)):.0f} % of {len(clips)}", wrong)


async def _typed(visit: Visit, text: str) -> Outcome | None:
    """What a new visitor is told who types that. None: no answer came."""
    await _leave(visit)
    begins = visit.clock.monotonic()
    visit.loop.submit(TextTyped(text))
    return await _answer(visit, begins)


async def _ask(visit: Visit, clip: Clip) -> Outcome | None:
    """Ask as a new visitor. None: no answer came."""
    await _leave(visit)
    said = visit.say(clip, in_s=0.3)
    # an answer to what was said before its end may have been started too early: the last one counts
    await visit.pass_until(said.ends)
    return await _answer(visit, said.begins)


async def _answer(visit: Visit, asked_at: float) -> Outcome | None:
    """The answer to what was asked then, of which the visitor hears only the beginning."""
    journal = visit.journal

    def answering() -> bool:
        return journal.state is KioskState.SPEAKING and journal.state_since >= asked_at

    came = await journal.until(answering, _ANSWER_WITHIN_S)
    if came:
        # what is said right after the start of an answer takes it back
        await visit.pass_until(visit.clock.monotonic() + 0.5)
    visit.loop.submit(VisitEnded())
    if not came or not await journal.until(lambda: bool(journal.finished(asked_at)), 2.0):
        return None
    turn = journal.finished(asked_at)[-1][1]
    return Outcome(turn.heard, turn.answer, tuple(sorted({*turn.products, *turn.facts})))


def _became(outcome: Outcome | None) -> str:
    return "not answered" if outcome is None else f'taken for "{outcome.heard}": {outcome.answer[:60]}'


async def _leave(visit: Visit) -> None:
    """The next customer is another one."""
    visit.loop.submit(VisitEnded())
    await visit.pass_until(visit.clock.monotonic() + 0.4)


def _tell(line: str, details: list[str]) -> None:
    sys.stdout.write("".join([f"{line}\n", *(f"    {detail}\n" for detail in details)]))
    sys.stdout.flush()


async def _clips(folder: Path | None, *, short: bool) -> tuple[list[Clip], list[Floats]]:
    """The questions, and the voices of the babble."""
    tts = piper()
    try:
        questions = await synthesised(tts, QUESTIONS[: 1 if short else None], _CUSTOMERS)
        gossip = [] if folder else await synthesised(tts, _GOSSIP[: 2 if short else None], _PEOPLE)
    finally:
        await tts.aclose()
    if folder is None:
        return questions + ([] if short else demo_clips()[:1]), [clip.sound for clip in gossip]
    voices = [clip.sound for clip in recordings(folder) if clip.seconds > 1.5]
    recorded = [clip for voice in _VOICES for clip in recordings(folder, voice)]
    return questions + demo_clips()[:1] + recorded, voices


async def measure(options: argparse.Namespace) -> None:
    """Print a line for each condition."""
    short: bool = options.short
    clips, voices = await _clips(options.clips, short=short)
    song = music() if options.music is None else floats(await asyncio.to_thread(read_wav, options.music))
    din = Din(babble(voices), song)
    wanted: Callable[[str], bool] = lambda part: options.part in (None, part)  # noqa: E731 - reads as the question it is
    async with visiting(Room()) as visit:
        if wanted("sounds"):
            turns = await single_sounds(visit, each=1 if short else 4)
            _tell(f"single sounds: turns {turns}", [])
        if wanted("customers"):
            await customers(visit, din, clips, options.snr or _SNR_DB, short=short)
        if wanted("nobody"):
            minutes = 0.05 if short else options.minutes
            turns = await nobody(visit, din, minutes=minutes, short=short)
            _tell(f"nobody, {minutes:g} min: turns {turns}", [])
        if options.traces is not None:
            await asyncio.to_thread(_keep, options.traces, visit)


def _keep(folder: Path, visit: Visit) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "noise.txt").write_text("\n".join(visit.journal.lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="a glimpse of each part, half a minute")
    parser.add_argument("--minutes", type=float, default=10.0, help="of din without a customer; %(default)s")
    parser.add_argument("--part", choices=("nobody", "sounds", "customers"), help="only this one")
    parser.add_argument(
        "--snr", type=float, nargs="+", help="how far customers are above the din, in dB; all that are of use"
    )
    parser.add_argument("--clips", type=Path, help="a folder of recorded customers, with manifest.tsv")
    parser.add_argument("--music", type=Path, help="a WAV file instead of the rig's own music")
    parser.add_argument(
        "--slower", type=float, default=1.0, help="slow motion, for a busy machine; %(default)s: real time"
    )
    parser.add_argument("--traces", type=Path, help="write what the engine did to this folder")
    arguments = parser.parse_args()
    hold(measure(arguments), slower=arguments.slower)

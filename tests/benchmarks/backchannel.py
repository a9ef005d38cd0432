"""Does an answer go on over a "mhm", and does the kiosk know what was heard of an answer that was cut?

    python -m tests.benchmarks.backchannel [--short] [--rounds 20] [--clips FOLDER] [--slower 1] [--traces FOLDER]

The whole embedded stack in real time. Going on: a customer hums, agrees, coughs or laughs into a long answer; every sample of
the answer must leave the loudspeaker once and in order, and a recogniser must find its words in it. Heard: a customer
interrupts at different moments; the words that the kiosk says were heard are compared with a transcript of what left the
loudspeaker. A cut goes through a word: of the counts with and without the last 120 ms, either is right. FOLDER holds more of
such sounds as WAV files of 16 kHz, by what they are: mhm.wav, cough.wav, laughter.wav …
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from holo_app.audio.resample import samples_of
from holo_app.audio.virtual import Played
from holo_app.audio.wav import read_wav
from holo_app.dialogue.notices import TurnFinished
from holo_app.domain.audio import CAPTURE_RATE_HZ, AudioChunk
from holo_app.domain.kiosk import KioskState
from holo_app.ports.stt import SpeechToText
from holo_app.providers.moonshine.stt import MoonshineStt
from holo_app.resources import model_folder
from tests.benchmarks.room.customers import Clip, clip_of, floats, piper, synthesised
from tests.benchmarks.room.heard_words import difference, words_heard
from tests.benchmarks.room.noises import cough, hum, laughter
from tests.benchmarks.room.shop import Room, Visit, visiting
from tests.benchmarks.room.slow_motion import hold

QUESTIONS = (
    "Tell me about the Hearth kettle.",
    "What do you sell?",
    "What can you recommend for a hike?",
    "Tell me about the Eagle watch.",
)
"""Their answers are long."""

AGREEING = ("Yeah.", "Right.", "Uh-huh.", "Okay.")
BARGE_INS = (
    "Wait, when do you close today?",
    "Stop.",
    "How much is the mini kettle?",
    "No, I would like to see a backpack.",
)
_ANSWER_WITHIN_S = 8.0
_SAME_SAMPLE_S = 0.6 / CAPTURE_RATE_HZ
_TOSS_UP_S = 0.12
_MISHEARD = 0.2
_TAIL = bytes(2 * CAPTURE_RATE_HZ // 4)


@dataclass(frozen=True, slots=True)
class Spoken:
    """An answer and what left the loudspeaker of it."""

    what: str
    turn: TurnFinished
    stretches: tuple[Played, ...]
    audio: AudioChunk

    @property
    def skipped(self) -> list[str]:
        """Where content was lost or came twice."""
        pairs = zip(self.stretches, self.stretches[1:], strict=False)
        return [
            f"{'lost' if after.start_s > before.end_s else 'twice'} {abs(after.start_s - before.end_s):.3f} s"
            for before, after in pairs
            if abs(after.start_s - before.end_s) > _SAME_SAMPLE_S
        ]


@dataclass
class Script:
    """Asks for long answers and says something into each."""

    visit: Visit
    questions: list[Clip]
    rounds: int = 0

    async def disturb(self, clip: Clip | None, into_s: float) -> Spoken | None:
        """One answer with that sound in it. None: there was none, or it was over before."""
        visit, journal = self.visit, self.visit.journal
        await visit.rest()
        question = visit.say(self.questions[self.rounds % len(self.questions)])
        self.rounds += 1
        await visit.pass_until(question.ends)

        def answering() -> bool:
            return journal.state is KioskState.SPEAKING and journal.state_since >= question.begins

        if not await journal.until(answering, _ANSWER_WITHIN_S):
            return None
        began_at = journal.state_since
        if clip is not None:
            said = visit.say(clip, in_s=into_s)
            await visit.pass_until(said.ends)
            if [at for at, _ in journal.finished(began_at) if at < said.begins]:
                return None
        await journal.until(lambda: bool(journal.finished(began_at)), 40.0)
        ended_at, turn = journal.finished(began_at)[0]
        # what is queued in the device is heard even so
        await visit.pass_until(ended_at + 0.1)
        stretches = [p for p in visit.speaker.heard(began_at - 0.5, ended_at + 0.1) if p.at < ended_at]
        what = "nothing" if clip is None else clip.text
        return Spoken(what, turn, tuple(stretches), visit.speaker.content(stretches))


@dataclass(frozen=True)
class Judge:
    """Counts words by a recogniser of its own."""

    stt: SpeechToText

    async def going_on(self, spoken: Spoken) -> str | None:
        """What is wrong with an answer that was to go on. None: nothing."""
        turn = spoken.turn
        if turn.interrupted:
            return f'was stopped after "{turn.spoken}"'
        if spoken.skipped:
            return f"{', '.join(spoken.skipped)} of the answer"
        errors, heard = await self.misheard(spoken)
        if errors <= _MISHEARD:
            return None
        return f'{100 * errors:.0f} % of the words are missing or too many: "{heard}" of "{turn.answer}"'

    async def misheard(self, spoken: Spoken) -> tuple[float, str]:
        """The share of the answer's words that a recogniser does not find, and what it understood."""
        heard = await self._understood(spoken.audio)
        return difference(spoken.turn.answer, heard), heard

    async def ledger_error(self, spoken: Spoken) -> tuple[int, int, str]:
        """By how many words the kiosk is wrong about what was heard: beyond doubt, to the letter; and the evidence."""
        turn = spoken.turn
        toss_up = 2 * round(_TOSS_UP_S * CAPTURE_RATE_HZ)
        heard = await self._understood(spoken.audio)
        earlier = await self._understood(AudioChunk(spoken.audio.pcm[: max(0, len(spoken.audio.pcm) - toss_up)]))
        most = words_heard(turn.answer, heard)[1]
        # the recogniser may find more words in the shorter recording than in the longer one, which holds as many at least
        fewest = min(words_heard(turn.answer, earlier)[0], most)
        claimed = len(turn.spoken.split())
        beyond = max(0, fewest - claimed, claimed - most)
        return beyond, abs(claimed - most), f'claims "…{turn.spoken[-40:]}", holds "…{heard[-40:]}"'

    async def _understood(self, audio: AudioChunk) -> str:
        async def once() -> AsyncIterator[AudioChunk]:
            yield AudioChunk(audio.pcm + _TAIL)

        if not np.any(samples_of(audio)):
            return ""
        async with aclosing(self.stt.transcribe(once(), language="en")) as transcripts:
            return [transcript.text async for transcript in transcripts][-1]


async def measure(options: argparse.Namespace) -> None:
    """Print a line for each sound, and the sums."""
    rounds = 1 if options.short else options.rounds
    questions, sounds, barge_ins = await _clips(options.clips)
    async with visiting(Room()) as visit:
        script = Script(visit, questions)
        plain = [await script.disturb(None, 0.0) for _ in questions[: 0 if options.short else None]]
        over = [await script.disturb(sounds[n % len(sounds)], 0.5 + 0.45 * (n % 7)) for n in range(rounds)]
        cut = [await script.disturb(barge_ins[n % len(barge_ins)], 0.3 + 0.21 * (n % 17)) for n in range(rounds)]
        if options.traces is not None:
            await asyncio.to_thread(_keep, options.traces, visit)
    stt = await asyncio.to_thread(MoonshineStt, model_folder("moonshine-tiny-en"))
    try:
        judge = Judge(stt)
        for spoken in filter(None, plain):
            _tell(f"undisturbed: {100 * (await judge.misheard(spoken))[0]:.0f} % of the words are not found")
        await _tell_going_on(judge, over)
        await _tell_heard(judge, cut)
    finally:
        await stt.aclose()


async def _tell_going_on(judge: Judge, over: list[Spoken | None]) -> None:
    went_on = 0
    answers = [spoken for spoken in over if spoken is not None]
    for spoken in answers:
        problem = await judge.going_on(spoken)
        went_on += problem is None
        _tell(f"{spoken.what:12} {'went on' if problem is None else problem}")
    _tell(f"backchannel: {went_on}/{len(answers)} went on without a lost or repeated word")


async def _tell_heard(judge: Judge, cut: list[Spoken | None]) -> None:
    answers = [spoken for spoken in cut if spoken is not None and spoken.turn.interrupted]
    total = to_the_letter = 0
    for spoken in answers:
        beyond, exact, evidence = await judge.ledger_error(spoken)
        total, to_the_letter = total + beyond, to_the_letter + exact
        _tell(f"cut {spoken.audio.seconds:5.2f} s into the answer: {beyond} ({exact}) words off   {evidence}")
    _tell(f"barge-ins that cut the answer: {len(answers)}/{sum(spoken is not None for spoken in cut)}")
    _tell(f"heard-text ledger: {total} words off in {len(answers)} barge-ins ({to_the_letter} with the cut words)")


async def _clips(folder: Path | None) -> tuple[list[Clip], list[Clip], list[Clip]]:
    tts = piper()
    try:
        questions = await synthesised(tts, QUESTIONS)
        sounds = await synthesised(tts, AGREEING)
        barge_ins = await synthesised(tts, BARGE_INS, (1.24, 1.3, 1.18))
    finally:
        await tts.aclose()
    # the voice would spell "mhm"
    sounds[0:0] = [clip_of("(mhm)", hum(21))]
    sounds[2:2] = [clip_of("(cough)", cough(31)), clip_of("(mhm)", hum(22))]
    sounds[5:5] = [clip_of("(laughter)", laughter(41))]
    if folder is not None:
        wavs = sorted(await asyncio.to_thread(lambda: list(folder.glob("*.wav"))))
        sounds += [clip_of(f"{wav.stem}.wav", floats(read_wav(wav))) for wav in wavs if wav.stem in _KNOWN]
    return questions, sounds, barge_ins


_KNOWN = frozenset({"mhm", "yeah", "right", "uhhuh", "okay", "cough", "laughter"})


def _keep(folder: Path, visit: Visit) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "backchannel.txt").write_text("\n".join(visit.journal.lines) + "\n", encoding="utf-8")


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="one round of each")
    parser.add_argument("--rounds", type=int, default=20, help="of each part; %(default)s")
    parser.add_argument("--clips", type=Path, help="a folder of recorded sounds")
    parser.add_argument(
        "--slower", type=float, default=1.0, help="slow motion, for a busy machine; %(default)s: real time"
    )
    parser.add_argument("--traces", type=Path, help="write what the engine did to this folder")
    arguments = parser.parse_args()
    hold(measure(arguments), slower=arguments.slower)

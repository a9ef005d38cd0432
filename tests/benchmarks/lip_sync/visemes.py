"""How often the figure shows the mouth of the sound that is heard: `python -m tests.benchmarks.lip_sync.visemes`.

Twenty sentences of the embedded voice, whose engine tells how long each of its phonemes lasts, go the way that they go in the
kiosk: cues, then the face, one pose per frame on the audio's clock. The truth is made from the phonemes alone, by a table of
its own.

The rule. A frame shows the shape of the greatest weight; a mouth whose shapes add up to less than 0.15 is closed. The frame is
right if that shape belongs to a phoneme that sounds at the frame's instant, will sound within 60 ms (mouths move first) or has
sounded within the last 45 ms; a closed mouth is right in, or that near to, silence. 'strict' allows no window at all.
'closures' is the share of p, b, m, f and v in which the lips or teeth meet: weight of 0.75 or more in some frame of the sound.
'shifted' is the same measure with the sound 250 ms late: what a measure gives to a mouth that only moves.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from holo_app.domain.avatar import Mood
from holo_app.domain.speech import Viseme, VisemeCue
from holo_app.hologram.animation import FaceAnimator
from holo_app.providers.local_voice.events import SentenceTimes
from holo_app.providers.local_voice.speech import speak
from holo_app.providers.local_voice.spoken_form import spoken_words
from holo_app.providers.local_voice.visemes import viseme_cues
from holo_app.providers.onnx.session import StopSwitch
from holo_app.providers.piper.voice import Voice
from holo_app.resources import model_file
from tests.benchmarks.speech.round_trip import SENTENCES

TARGET = 0.95
FRAME_RATES = (30, 60)
_LEADS_S, _LASTS_S = 0.060, 0.045
_CLOSED = 0.15
_MEETS = 0.75
_LATE_S = 0.25
_PAUSE_S = 0.06
_LIPS = frozenset({Viseme.PP, Viseme.FF})

# the Oculus viseme reference, phoneme by phoneme, for the IPA of American English
_MOUTH_OF = {
    **dict.fromkeys("pbm", Viseme.PP),
    **dict.fromkeys("fv", Viseme.FF),
    **dict.fromkeys("θð", Viseme.TH),
    **dict.fromkeys("tdɾ", Viseme.DD),
    **dict.fromkeys("kɡgŋ", Viseme.KK),
    **dict.fromkeys("ʃʒ", Viseme.CH),
    **dict.fromkeys("sz", Viseme.SS),
    **dict.fromkeys("nl", Viseme.NN),
    **dict.fromkeys("ɹrɚɝɜ", Viseme.RR),
    **dict.fromkeys("aɑæʌɐ", Viseme.AA),
    **dict.fromkeys("eɛə", Viseme.E),
    **dict.fromkeys("iɪᵻj", Viseme.I),
    **dict.fromkeys("oɔɒ", Viseme.O),
    **dict.fromkeys("uʊw", Viseme.U),
}
_AFFRICATES = {("t", "ʃ"), ("d", "ʒ")}
_SHAPELESS = frozenset("hʔ")
_STRESS = frozenset("ˈˌ")
_LONG = "ː"


@dataclass(frozen=True, slots=True)
class Sounding:
    """One phoneme's mouth, or None where any mouth is right; seconds of the sentence's audio."""

    mouth: Viseme | None
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence: what sounds, and the cues that the kiosk makes of it."""

    truth: tuple[Sounding, ...]
    cues: tuple[VisemeCue, ...]

    @property
    def seconds(self) -> float:
        return self.truth[-1].end_s


@dataclass(slots=True)
class Score:
    """Frames that were right, frames in all; closures that were reached, closures in all."""

    right: int = 0
    strict: int = 0
    shifted: int = 0
    frames: int = 0
    met: int = 0
    closures: int = 0

    @property
    def accuracy(self) -> float:
        return self.right / self.frames

    @property
    def closure(self) -> float:
        return self.met / max(self.closures, 1)

    def line(self, fps: int) -> str:
        return (
            f"{fps} fps: {self.accuracy:.1%} of {self.frames} frames right (strict {self.strict / self.frames:.1%}, "
            f"shifted {self.shifted / self.frames:.1%}), closures {self.closure:.1%} of {self.closures}"
        )


def truth_of(times: SentenceTimes, rate_hz: int) -> list[Sounding]:
    """What the engine says that sounds when."""
    symbols = [phoneme.symbol for phoneme in times.phonemes]
    edges = [times.start / rate_hz, *(phoneme.end / rate_hz for phoneme in times.phonemes)]
    truth = [Sounding(Viseme.SIL, edges[-1], times.end / rate_hz)]
    for place in reversed(range(len(symbols))):
        start_s, end_s = edges[place : place + 2]
        # in the time of a stress mark its vowel sounds already: of the energy of "s" 0.9 lies above 3.5 kHz, of the mark's 0.01
        stress = symbols[place] in _STRESS
        truth.append(Sounding(truth[-1].mouth if stress else _mouth(symbols, place, end_s - start_s), start_s, end_s))
    return truth[::-1]


def _mouth(symbols: Sequence[str], place: int, seconds: float) -> Viseme | None:
    symbol = symbols[place]
    if tuple(symbols[place : place + 2]) in _AFFRICATES:
        return Viseme.CH
    if symbol in _MOUTH_OF:
        return _MOUTH_OF[symbol]
    if symbol == _LONG or (symbol == " " and seconds <= _PAUSE_S):
        return _mouth(symbols, place - 1, 0.0) if place else Viseme.SIL
    return None if symbol in _SHAPELESS else Viseme.SIL


def sentences(voice: Voice, texts: Sequence[str]) -> Iterator[Spoken]:
    """Each text as the kiosk's voice says it."""
    for text in texts:
        truth: list[Sounding] = []
        cues: list[VisemeCue] = []
        for sentence in speak(voice, spoken_words(text.split()), StopSwitch()):
            for _ in sentence.sound:
                pass
            truth += truth_of(sentence.times, voice.rate_hz)
            cues += viseme_cues(sentence.times, voice.rate_hz)
        yield Spoken(tuple(truth), tuple(cues))


def score(spoken: Spoken, fps: int, into: Score) -> None:
    """Pose the face for every frame of the sentence and judge each."""
    face = FaceAnimator(seed=1)
    face.schedule(spoken.cues)
    frames = [(k / fps, face.pose(k / fps, k / fps, Mood.SPEAKING).visemes) for k in range(int(spoken.seconds * fps))]
    for at_s, weights in frames:
        shown = shown_mouth(weights)
        into.frames += 1
        into.right += is_right(spoken.truth, shown, at_s)
        into.strict += is_right(spoken.truth, shown, at_s, leads_s=0.0, lasts_s=0.0)
        into.shifted += is_right(spoken.truth, shown, at_s - _LATE_S)
    for sound in spoken.truth:
        inside = [weights for at_s, weights in frames if sound.start_s <= at_s <= sound.end_s]
        if sound.mouth in _LIPS and inside:
            into.closures += 1
            into.met += any(weights.get(sound.mouth, 0.0) >= _MEETS for weights in inside)


def shown_mouth(weights: Mapping[Viseme, float]) -> Viseme:
    """The shape that a viewer sees."""
    if sum(weights.values()) < _CLOSED:
        return Viseme.SIL
    return max(weights, key=lambda mouth: weights[mouth])


def is_right(
    truth: Sequence[Sounding], shown: Viseme, at_s: float, *, leads_s: float = _LEADS_S, lasts_s: float = _LASTS_S
) -> bool:
    """Whether a shape belongs to what sounds around an instant; before and after the sentence it is silent."""
    if shown is Viseme.SIL and not truth[0].start_s + lasts_s < at_s < truth[-1].end_s - leads_s:
        return True
    return any(
        sound.mouth in {shown, None} for sound in truth if sound.start_s - leads_s <= at_s <= sound.end_s + lasts_s
    )


def measure(texts: Sequence[str], frame_rates: Sequence[int] = FRAME_RATES) -> dict[int, Score]:
    """The scores by frame rate. Raises: ProviderError: the voice cannot be loaded."""
    voice = Voice(
        model_file("piper-joe", "en_US-joe-medium.onnx"),
        model_file("piper-joe", "en_US-joe-medium.onnx.json"),
        threads=1,
    )
    scores = {fps: Score() for fps in frame_rates}
    for spoken in sentences(voice, texts):
        for fps, into in scores.items():
            score(spoken, fps, into)
    return scores


def main() -> int:
    """Print a line per frame rate; 1 where one misses the target."""
    parser = argparse.ArgumentParser(description="Share of frames with the right mouth.")
    parser.add_argument("--sentences", type=int, default=len(SENTENCES), help="how many of them")
    scores = measure(SENTENCES[: parser.parse_args().sentences])
    for fps, result in scores.items():
        print(result.line(fps))
    return int(any(result.accuracy < TARGET for result in scores.values()))


if __name__ == "__main__":
    sys.exit(main())

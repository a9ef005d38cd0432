"""Mouths for voices that tell less than phonemes: `python -m tests.benchmarks.lip_sync.shapes`.

Sentences of the embedded voice go through the track that cloud voices go through: once with the times of their words, whose
letters then move the mouth, and once with nothing but their sound, in pieces of 100 ms. Both mouths are held against the
phonemes that were spoken, by the rule of `visemes`. 'words' is how far the middles of words, guessed from the sound, are from
the true ones.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from holo_app.domain.speech import VisemeCue, WordCue
from holo_app.providers.lip_shapes.timed import Timed
from holo_app.providers.lip_shapes.track import SpeechTrack
from holo_app.providers.local_voice.speech import speak
from holo_app.providers.local_voice.spoken_form import spoken_words
from holo_app.providers.onnx.session import StopSwitch
from holo_app.providers.piper.voice import Voice
from holo_app.resources import model_file
from tests.benchmarks.lip_sync.sentences import SENTENCES
from tests.benchmarks.lip_sync.visemes import Score, Sounding, Spoken, score, truth_of

_FPS = 60
_PIECE_S = 0.1


@dataclass(frozen=True, slots=True)
class Recorded:
    """A sentence as it was spoken. words: their true times."""

    text: str
    pcm: bytes
    rate_hz: int
    truth: tuple[Sounding, ...]
    words: tuple[Timed, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """Scores of both mouths; mean and greatest error of guessed words, in seconds."""

    letters: Score
    loudness: Score
    mean_s: float
    worst_s: float


def measure(texts: Sequence[str]) -> Result:
    """Raises: ProviderError: the voice cannot be loaded."""
    letters, loudness = Score(), Score()
    errors: list[float] = []
    for said in recorded(texts):
        known, _ = streamed(said, with_words=True)
        heard, words = streamed(said, with_words=False)
        score(Spoken(said.truth, tuple(known)), _FPS, letters)
        score(Spoken(said.truth, tuple(heard)), _FPS, loudness)
        pairs = zip(words, said.words, strict=True)
        errors += [abs(cue.start_s + cue.end_s - true.start_s - true.end_s) / 2 for cue, true in pairs]
    return Result(letters, loudness, sum(errors) / len(errors), max(errors))


def recorded(texts: Sequence[str]) -> Iterator[Recorded]:
    """Each text in the embedded voice."""
    folder = "piper-joe"
    voice = Voice(
        model_file(folder, "en_US-joe-medium.onnx"), model_file(folder, "en_US-joe-medium.onnx.json"), threads=1
    )
    for text in texts:
        written = text.split()
        truth: list[Sounding] = []
        words: list[Timed] = []
        pcm = b""
        for sentence in speak(voice, spoken_words(written), StopSwitch()):
            pcm += b"".join(sentence.sound)
            truth += truth_of(sentence.times, voice.rate_hz)
            words += [
                Timed(written[word.word], word.start / voice.rate_hz, word.end / voice.rate_hz)
                for word in sentence.times.words
            ]
        yield Recorded(text, pcm, voice.rate_hz, tuple(truth), tuple(words))


def streamed(said: Recorded, *, with_words: bool) -> tuple[list[VisemeCue], list[WordCue]]:
    """What becomes of it in pieces."""
    track = SpeechTrack(said.text, said.rate_hz, timed=with_words)
    if with_words:
        track.words(said.words)
        track.spelling(said.words)
    size = 2 * round(_PIECE_S * said.rate_hz)
    chunks = []
    for at in range(0, len(said.pcm), size):
        track.sound(said.pcm[at : at + size])
        chunks.append(track.ready())
    chunks.append(track.end())
    whole = [chunk for chunk in chunks if chunk is not None]
    return [cue for chunk in whole for cue in chunk.visemes], [cue for chunk in whole for cue in chunk.words]


def main() -> int:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description="Mouths by letters and by sound, and guessed word times.")
    parser.add_argument("--sentences", type=int, default=len(SENTENCES), help="how many of them")
    result = measure(SENTENCES[: parser.parse_args().sentences])
    print(f"letters:  {result.letters.line(_FPS)}")
    print(f"loudness: {result.loudness.line(_FPS)}")
    print(f"words: off by {result.mean_s * 1000:.0f} ms on average, {result.worst_s * 1000:.0f} ms at worst")
    return 0


if __name__ == "__main__":
    sys.exit(main())

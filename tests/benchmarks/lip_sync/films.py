"""Films, decoded back from their files: the mouth in the pictures against the sound beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from holo_app.bootstrap.filming import FilmOrder, laid_under, line_of, shoot
from holo_app.bootstrap.speech import warm_voice
from holo_app.config import Settings
from holo_app.domain.audio import AudioChunk
from holo_app.hologram.character import Detail
from holo_app.hologram.film.spoken import LEAD_IN_S, LEAD_OUT_S, SpokenLine, spoken_film
from holo_app.hologram.quality import Quality
from tests.benchmarks.lip_sync.mouth import MouthBox
from tests.benchmarks.lip_sync.tracks import Pair, Track, openness

SIZE = (270, 480)
PLAIN = Quality(1.0, 4, Detail.LOW)
_AROUND_S = 0.2

Line = tuple[SpokenLine, AudioChunk]


@dataclass(frozen=True)
class Decoded:
    """A film as it comes out of its file. moments_s: when each picture is to be shown. sound: of the whole film."""

    moments_s: NDArray[np.float64]
    pictures: list[NDArray[np.uint8]]
    sound: NDArray[np.int16]
    rate_hz: int
    sound_at_s: float


async def spoken_lines(settings: Settings, texts: Sequence[str]) -> list[Line]:
    """The texts, as the kiosk's own voice says them."""
    voice = await warm_voice(settings)
    try:
        return [await line_of(voice, text, "en") for text in texts]
    finally:
        await voice.aclose()


def filmed(settings: Settings, line: Line, out: Path, fps: int, shift_ms: float = 0.0) -> Path:
    """One line as a film. shift_ms: lay the sound so much too early, to see whether that is found."""
    spoken, sound = line
    film = spoken_film(spoken, fps, seed=7)
    laid = laid_under(film, sound)
    return shoot(
        settings, FilmOrder(out, SIZE, fps, quality=PLAIN), film, shifted(laid, shift_ms), lambda _done, _of: None
    )


def shifted(sound: AudioChunk, early_ms: float) -> AudioChunk:
    """The same length, so much earlier (or later, below 0)."""
    samples = np.frombuffer(sound.pcm, "<i2")
    by = round(early_ms / 1000 * sound.rate_hz)
    quiet = np.zeros(abs(by), np.int16)
    moved = np.concatenate([samples[by:], quiet] if by >= 0 else [quiet, samples[:by]])
    return AudioChunk(moved.astype("<i2").tobytes(), sound.rate_hz)


def decoded(path: Path) -> Decoded:
    """Read a film back, pictures and sound at the times that its file gives them."""
    with av.open(str(path)) as film:
        shown = [
            (frame.time, frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False))
            for frame in film.decode(video=0)
        ]
    with av.open(str(path)) as film:
        heard = list(film.decode(audio=0)) if film.streams.audio else []
    sound = np.concatenate([_mono(frame) for frame in heard]) if heard else np.zeros(0, np.int16)
    rate_hz = heard[0].sample_rate if heard else 0
    return Decoded(
        np.array([at for at, _ in shown]),
        [picture for _, picture in shown],
        sound,
        rate_hz,
        float(heard[0].time or 0.0) if heard else 0.0,
    )


def tracks(film: Decoded) -> Pair:
    """What is seen, what is heard, and the part of it in which something is said."""
    height, width, _ = film.pictures[0].shape
    mouth = MouthBox((width, height))
    seen = Track(film.moments_s, np.array([mouth.opening(picture) for picture in film.pictures]), stepped=True)
    heard = openness(film.sound, film.rate_hz, film.sound_at_s)
    return seen, heard, (LEAD_IN_S - _AROUND_S, float(film.moments_s[-1]) - LEAD_OUT_S + _AROUND_S)


def _mono(frame: av.AudioFrame) -> NDArray[np.int16]:
    samples: NDArray[np.generic] = frame.to_ndarray().reshape(len(frame.layout.channels), -1)[0]
    if samples.dtype == np.int16:
        return samples.astype(np.int16)
    return np.asarray(np.clip(np.rint(samples.astype(np.float64) * 32767), -32768, 32767), np.int16)

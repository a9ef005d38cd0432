"""The character as a film: a spoken line, or a turntable, in any display mode."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import structlog

from holo_app.bootstrap.acting import acting_words
from holo_app.bootstrap.displays import display_mode
from holo_app.bootstrap.film_files import Reel, check_place, film_sink
from holo_app.bootstrap.rendering import still_figure, studio_for
from holo_app.bootstrap.speech import warm_voice
from holo_app.config import Settings
from holo_app.dialogue.acting import ActingWords, Director
from holo_app.dialogue.spoken_form import spoken_form
from holo_app.dialogue.stage_directions import whole_script
from holo_app.domain.acting import FaceCue
from holo_app.domain.audio import AudioChunk, silence
from holo_app.domain.speech import VisemeCue
from holo_app.errors import InputError
from holo_app.hologram.film.shots import Film
from holo_app.hologram.film.spoken import SpokenLine, spoken_film
from holo_app.hologram.film.turntable import Turned, turntable_film
from holo_app.hologram.lightfield.mode import QuiltMode
from holo_app.hologram.lightfield.quilt import quilt_of_name
from holo_app.hologram.modes import DisplayMode, Size
from holo_app.hologram.quality import Quality
from holo_app.hologram.snapshot import BEST
from holo_app.ports.tts import TextToSpeech
from holo_app.providers.pyav.encoder import installed

log = structlog.get_logger(__name__)

Progress = Callable[[int, int], None]
"""Told how many of how many pictures are done."""


@dataclass(frozen=True, slots=True)
class FilmOrder:
    """out: a .mp4 or .webm file, or a folder. size: in pixels. seed: of the face's whims. quality: how it is drawn."""

    out: Path
    size: Size
    fps: int = 30
    seed: int = 7
    quality: Quality = BEST


def film_line(settings: Settings, order: FilmOrder, text: str, language: str, progress: Progress) -> Path:
    """The character says `text`, with its own voice and in time with it. Returns what was written.

    Raises: InputError: the order cannot be followed, or the language is not spoken. ModelFileError, ProviderError: there is no
    voice. DeviceError: no OpenGL 3.3, or not the panel's size.
    """
    check_place(order.out, order.size, encoder=installed())
    line, sound = asyncio.run(_spoken(settings, text, language))
    film = spoken_film(line, order.fps, order.seed)
    return shoot(settings, order, film, laid_under(film, sound), progress)


def film_turntable(settings: Settings, order: FilmOrder, seconds: float, progress: Progress) -> Path:
    """The character turns once around, for a film that repeats without a seam. Raises: as `film_line`."""
    check_place(order.out, order.size, encoder=installed())
    return shoot(settings, order, turntable_film(seconds, order.fps, order.seed), None, progress)


def shoot(settings: Settings, order: FilmOrder, film: Film, sound: AudioChunk | None, progress: Progress) -> Path:
    """Draw a film and write it, with a sound that is as long as it is. Returns what was written. Raises: as `film_line`."""
    mode = display_mode(settings.display)
    out, tag = _named(order.out, mode)
    studio = studio_for(settings, still_figure(settings), order.quality)
    try:
        with film_sink(out, Reel(film, order.size, sound, tag)) as sink:
            for k, shot in enumerate(film.shots()):
                seen = mode if shot.around is None else Turned(mode, shot.around)
                sink.add(studio.picture(*order.size, shot.pose, seen, time_s=shot.lines_s))
                progress(k + 1, film.frames)
    finally:
        studio.close()
    log.info("film_written", frames=film.frames, fps=film.fps, seconds=film.seconds, sound=sound is not None)
    return out


def laid_under(film: Film, sound: AudioChunk) -> AudioChunk:
    """The sound of the whole film, as long as its pictures, to the sample."""
    before = silence(film.sound_at_s or 0.0, sound.rate_hz)
    length = 2 * film.sample_of(film.frames, sound.rate_hz)
    return AudioChunk((before.pcm + sound.pcm).ljust(length, b"\0")[:length], sound.rate_hz)


async def line_of(
    tts: TextToSpeech, text: str, language: str, words: ActingWords | None = None
) -> tuple[SpokenLine, AudioChunk]:
    """A line as the kiosk says it: clause by clause, acted as its tags ask or its words suggest.

    Raises: ProviderError. InputError: there is nothing in it to say.
    """
    director = Director(words or ActingWords())
    pcm, cues, faces, rate_hz = bytearray(), list[VisemeCue](), list[FaceCue](), 0
    for clause in whole_script(text):
        start_s = AudioChunk(bytes(pcm), rate_hz).seconds if pcm else 0.0
        async with aclosing(tts.synthesize(spoken_form(clause.text, language), voice="", language=language)) as chunks:
            async for chunk in chunks:
                pcm += chunk.audio.pcm
                cues += (VisemeCue(cue.viseme, start_s + cue.start_s, start_s + cue.end_s) for cue in chunk.visemes)
                rate_hz = chunk.audio.rate_hz
        if pcm:
            faces.append(director.direct(clause).timed(start_s, AudioChunk(bytes(pcm), rate_hz).seconds))
    if not pcm:
        raise InputError(f"there is nothing to say in {text!r}")
    sound = AudioChunk(bytes(pcm), rate_hz)
    return SpokenLine(tuple(cues), sound.seconds, tuple(faces)), sound


async def _spoken(settings: Settings, text: str, language: str) -> tuple[SpokenLine, AudioChunk]:
    tts = await warm_voice(settings)
    try:
        spoken = tts.capabilities.languages
        if language not in spoken:
            raise InputError(f"the voice speaks {', '.join(sorted(spoken))}, not {language}")
        return await line_of(tts, text, language, acting_words().get(language))
    finally:
        await tts.aclose()


def _named(out: Path, mode: DisplayMode) -> tuple[Path, str]:
    """A quilt's name is made to say how it is tiled, and so is that of each of its pictures."""
    if not isinstance(mode, QuiltMode):
        return out, ""
    tag = Path(mode.quilt.file_name("")).stem
    if not out.suffix or quilt_of_name(out.name) == mode.quilt:
        return out, tag
    return out.with_name(f"{out.stem}{tag}{out.suffix}"), tag

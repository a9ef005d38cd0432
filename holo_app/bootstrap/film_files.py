"""Where a film goes: a file by way of the encoder, or a folder of pictures. Nothing is seen of it before it is whole."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from holo_app.audio.resample import resampled
from holo_app.audio.wav import WavWriter
from holo_app.bootstrap.voice_process import film_encoder_command
from holo_app.domain.audio import AudioChunk
from holo_app.errors import InputError, ProviderError
from holo_app.hologram.film.shots import Film
from holo_app.hologram.modes import Size
from holo_app.hologram.png import encode_png
from holo_app.providers.pyav.encoder import FilmEncoder
from holo_app.providers.pyav.wire import FilmHeader

CONTAINERS = ("mp4", "webm")
SOUND = "sound.wav"
_RATE_HZ = 48_000  # of the sound in films: what players and signage are made for


class FilmSink(Protocol):
    """Takes the pictures of one film, (height, width, 3) sRGB, top row first."""

    def add(self, picture: NDArray[np.uint8]) -> None: ...


@dataclass(frozen=True, slots=True)
class Reel:
    """What is written. sound: from the first picture to the last, or None. tag: ends a picture's name, as quilts need it."""

    film: Film
    size: Size
    sound: AudioChunk | None
    tag: str = ""


def check_place(out: Path, size: Size, *, encoder: bool) -> None:
    """Whether a film of this size can go there, before any work is done. encoder: is one installed. Raises: InputError."""
    container = out.suffix[1:].lower()
    if container not in CONTAINERS:
        if out.suffix:
            raise InputError(f"{out.name}: a film is .mp4 or .webm, or a folder of pictures (a name without an ending)")
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise InputError(f"{out} is there already and is not an empty folder: choose another name")
        return
    if not encoder:
        raise InputError(
            f"a .{container} film needs PyAV, which is not installed: pip install 'holo-app[film]'. "
            "A folder of pictures (--out FOLDER/) needs nothing more."
        )
    if any(side % 2 for side in size):
        raise InputError(f"a .{container} film has an even number of pixels each way, not {size[0]}x{size[1]}")


@contextmanager
def film_sink(out: Path, reel: Reel) -> Generator[FilmSink]:
    """Takes the film's pictures within the block; after it the film is at `out`, or, after any error, nothing is.

    Raises: InputError: it cannot be written.
    """
    part = out.with_name(f".{out.name}.part")
    sink = _sequence if not out.suffix else _file
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with sink(part, out, reel) as taking:
            yield taking
        if part.is_dir() and out.is_dir():
            out.rmdir()  # it is empty: see check_place
        part.replace(out)
    except OSError as error:
        raise InputError(f"the film {out} cannot be written: {error.strerror or error}") from None
    except ProviderError as error:
        raise InputError(f"the film {out} cannot be written: {error.detail}") from None
    finally:
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)
        else:
            part.unlink(missing_ok=True)


@contextmanager
def _file(part: Path, out: Path, reel: Reel) -> Generator[FilmSink]:
    sound = AudioChunk(b"", _RATE_HZ) if reel.sound is None else resampled(reel.sound, _RATE_HZ)
    width, height = reel.size
    container = out.suffix[1:].lower()
    header = FilmHeader(
        str(part), container, width, height, reel.film.fps, reel.film.frames, _RATE_HZ, sound.samples
    )  # fmt: skip
    encoder = FilmEncoder(film_encoder_command(), header, sound.pcm)
    try:
        yield encoder
        encoder.finish()
    finally:
        encoder.abandon()


@contextmanager
def _sequence(part: Path, _out: Path, reel: Reel) -> Generator[FilmSink]:
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    if reel.sound is not None:
        wav = WavWriter(part / SOUND, reel.sound.rate_hz)
        wav.write(reel.sound.pcm)
        wav.close()
    yield _Sequence(part, reel)


class _Sequence:
    """Pictures numbered from 1, with as many digits as the last one needs and four at least."""

    def __init__(self, folder: Path, reel: Reel) -> None:
        self._folder = folder
        self._digits = max(len(str(reel.film.frames)), 4)
        self._tag = reel.tag
        self._count = 0

    def add(self, picture: NDArray[np.uint8]) -> None:
        self._count += 1
        name = f"frame_{self._count:0{self._digits}}{self._tag}.png"
        (self._folder / name).write_bytes(encode_png(picture))

"""Pictures and sound into one film file. Only the encoding process imports this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import BinaryIO, Final

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream
from numpy.typing import NDArray

from holo_app.providers.pyav.wire import FilmHeader, exactly

_BT709: Final = 1
_PIXELS: Final = "yuv420p"  # the one that every player takes


@dataclass(frozen=True, slots=True)
class _Kind:
    """A container. video: encoders with their options, the first that this FFmpeg has is used. audio: encoder and bit/s."""

    video: tuple[tuple[str, Mapping[str, str]], ...]
    audio: tuple[str, int]
    options: Mapping[str, str]


_KINDS: Final[Mapping[str, _Kind]] = MappingProxyType(
    {
        "mp4": _Kind(
            video=(
                ("libx264", {"crf": "17", "preset": "medium"}),
                ("libopenh264", {"rc_mode": "quality"}),
                ("h264_videotoolbox", {"q": "60"}),
                ("h264_mf", {"rate_control": "quality", "quality": "80"}),
            ),
            audio=("aac", 160_000),
            # a signage player may begin before it has the whole file
            options={"movflags": "+faststart"},
        ),
        "webm": _Kind(
            video=(("libvpx-vp9", {"crf": "22", "b": "0", "deadline": "good", "cpu-used": "4", "row-mt": "1"}),),
            audio=("libopus", 112_000),
            options={},
        ),
    }
)


def write_film(header: FilmHeader, source: BinaryIO) -> None:
    """Write the film that follows its header. Raises: CutShortError: it ends early. FFmpeg's errors, OSError."""
    kind = _KINDS[header.container]
    sound = np.frombuffer(exactly(source, 2 * header.samples), "<i2")
    with av.open(header.path, "w", format=header.container, options=dict(kind.options)) as film:
        pictures = _picture_stream(film, kind, header)
        voice = _sound_stream(film, kind, header) if header.samples else None
        heard = 0
        for k in range(header.frames):
            data = exactly(source, header.picture_bytes)
            rgb = np.frombuffer(data, np.uint8).reshape(header.height, header.width, 3)
            film.mux(pictures.encode(_picture(rgb, k, header.fps)))
            if voice is not None:
                until = round((k + 1) * header.rate_hz / header.fps)
                film.mux(voice.encode(_sound(sound[heard:until], heard, header.rate_hz)))
                heard = until
        film.mux(pictures.encode(None))
        if voice is not None:
            film.mux(voice.encode(None))


def _picture_stream(film: OutputContainer, kind: _Kind, header: FilmHeader) -> VideoStream:
    name, options = next((choice for choice in kind.video if choice[0] in av.codecs_available), (None, {}))
    if name is None:
        wanted = ", ".join(encoder for encoder, _ in kind.video)
        raise ValueError(f"this FFmpeg has no encoder for .{header.container} (it needs one of {wanted})")
    stream: VideoStream = film.add_stream(name, rate=header.fps, options=dict(options))  # type: ignore[assignment]  # of a video encoder
    stream.width, stream.height, stream.pix_fmt = header.width, header.height, _PIXELS
    context = stream.codec_context
    context.time_base = Fraction(1, header.fps)
    context.color_range = ColorRange.MPEG
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    return stream


def _sound_stream(film: OutputContainer, kind: _Kind, header: FilmHeader) -> AudioStream:
    name, bits_per_s = kind.audio
    stream: AudioStream = film.add_stream(name, rate=header.rate_hz, layout="mono")  # type: ignore[assignment]  # of an audio encoder
    stream.bit_rate = bits_per_s
    return stream


def _picture(rgb: NDArray[np.uint8], k: int, fps: int) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
        format=_PIXELS, dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
    )
    frame.pts, frame.time_base = k, Fraction(1, fps)
    return frame


def _sound(samples: NDArray[np.int16], start: int, rate_hz: int) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = rate_hz
    frame.pts, frame.time_base = start, Fraction(1, rate_hz)
    return frame

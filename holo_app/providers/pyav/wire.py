"""What passes through the pipe to the encoding process: one line of JSON, then the sound, then picture after picture."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class FilmHeader:
    """A film that is about to be sent.

    path: the file to write. container: `mp4` or `webm`. width, height: of each picture in pixels, even. fps, frames: pictures
    a second, and in all. rate_hz: of the sound, mono PCM16; samples: of it, 0 where there is none.
    """

    path: str
    container: str
    width: int
    height: int
    fps: int
    frames: int
    rate_hz: int = 48_000
    samples: int = 0

    @property
    def picture_bytes(self) -> int:
        """Of one picture, RGB."""
        return self.width * self.height * 3

    def line(self) -> bytes:
        """As it is sent."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def of_line(cls, line: bytes) -> FilmHeader:
        """As it is received. Raises: ValueError: it is none."""
        try:
            return cls(**json.loads(line))
        except TypeError as error:
            raise ValueError(f"not a film's header: {error}") from None


class CutShortError(Exception):
    """The other side ended in the middle of a film: it was cancelled, or it died."""


def exactly(stream: BinaryIO, count: int) -> bytes:
    """The next `count` bytes. Raises: CutShortError."""
    data = stream.read(count)
    if len(data) < count:
        raise CutShortError
    return data

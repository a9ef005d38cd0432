"""WAV files: any rate, width and number of channels in; mono 16-bit out."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from holo_app.domain.audio import AudioChunk
from holo_app.errors import InputError

_PCM, _EXTENSIBLE = 1, 0xFFFE
_RIFF_BYTES, _FORMAT_BYTES, _SUBFORMAT_ENDS = 12, 16, 26
_SUPPORTED = "8, 16, 24 or 32 bit PCM, or 32 or 64 bit float"


def read_wav(path: Path) -> AudioChunk:
    """The sound of a WAV file at its own rate, its channels averaged into one.

    A file that was cut off, or whose sizes were never filled in, is read as far as it goes.
    Raises: InputError: the file cannot be read or is not a WAV file of a supported kind.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
    if len(data) < _RIFF_BYTES or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise InputError(f"{path}: this is not a WAV file")
    chunks = dict(_chunks(data))
    if len(chunks.get(b"fmt ", b"")) < _FORMAT_BYTES or b"data" not in chunks:
        raise InputError(f"{path}: the WAV file is damaged: it lacks its format or its sound")
    kind, channels, rate_hz, _, frame_bytes, bits = struct.unpack_from("<HHIIHH", chunks[b"fmt "])
    if kind == _EXTENSIBLE and len(chunks[b"fmt "]) >= _SUBFORMAT_ENDS:
        (kind,) = struct.unpack_from("<H", chunks[b"fmt "], 24)
    if channels == 0 or rate_hz == 0 or frame_bytes != channels * (bits // 8):
        raise InputError(f"{path}: the WAV file is damaged: its format makes no sense")
    samples = _decoded(chunks[b"data"][: len(chunks[b"data"]) // frame_bytes * frame_bytes], kind, bits)
    if samples is None:
        raise InputError(f"{path}: format {kind} with {bits} bits is not supported; give {_SUPPORTED}")
    mono = samples.reshape(-1, channels).mean(axis=1)
    pcm = np.clip(np.rint(mono * 32768), -32768, 32767).astype("<i2").tobytes()
    return AudioChunk(pcm, rate_hz)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The RIFF chunks, the first of each name last, so that a dict keeps the first."""
    found: list[tuple[bytes, bytes]] = []
    offset = _RIFF_BYTES
    while offset + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, offset)
        found.append((name, data[offset + 8 : offset + 8 + size]))
        offset += 8 + size + size % 2
    return reversed(found)


def _decoded(data: bytes, kind: int, bits: int) -> NDArray[np.float64] | None:
    """Samples in −1..1; None where the kind is not supported."""
    match kind, bits:
        case (1, 8):
            return (np.frombuffer(data, np.uint8).astype(np.float64) - 128) / 128
        case (1, 16):
            return np.frombuffer(data, "<i2") / 32768
        case (1, 24):
            wide = np.zeros((len(data) // 3, 4), np.uint8)
            wide[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
            return wide.view("<i4").reshape(-1) / 2.0**31
        case (1, 32):
            return np.frombuffer(data, "<i4") / 2.0**31
        case (3, 32 | 64):
            return np.nan_to_num(np.frombuffer(data, f"<f{bits // 8}").astype(np.float64))
        case _:
            return None


class WavWriter:
    """Writes mono 16-bit sound to a file, whose header is right after each `write`, whatever happens next."""

    _HEADER = 44

    def __init__(self, path: Path, rate_hz: int) -> None:
        try:
            self._file = path.open("wb")
        except OSError as error:
            raise InputError(f"{path}: cannot be written ({error.strerror or error})") from error
        self._rate_hz = rate_hz
        self._bytes = 0
        self.write(b"")

    def write(self, pcm: bytes) -> None:
        """Append little-endian samples."""
        self._file.seek(self._HEADER + self._bytes)
        self._file.write(pcm)
        self._bytes += len(pcm)
        self._file.seek(0)
        form = struct.pack("<4sIHHIIHH", b"fmt ", 16, _PCM, 1, self._rate_hz, self._rate_hz * 2, 2, 16)
        self._file.write(struct.pack("<4sI4s", b"RIFF", 36 + self._bytes, b"WAVE") + form)
        self._file.write(struct.pack("<4sI", b"data", self._bytes))
        self._file.flush()

    def close(self) -> None:
        """May be called twice."""
        self._file.close()

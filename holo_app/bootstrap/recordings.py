"""Recordings as files: any plain WAV, as the mono PCM that the product passes around."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from holo_app.domain.audio import AudioChunk
from holo_app.errors import InputError

_LONGEST_PIECE_S = 24.0
_EARLIEST_CUT_S = 10.0
_QUIET_WINDOW_S = 0.2


def read_recording(path: Path) -> AudioChunk:
    """The whole recording; several channels are mixed. Raises: InputError: it is no WAV file with plain PCM."""
    try:
        with wave.open(str(path)) as recording:
            width, channels, rate_hz = recording.getsampwidth(), recording.getnchannels(), recording.getframerate()
            raw = recording.readframes(recording.getnframes())
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from None
    except (wave.Error, EOFError) as error:
        raise InputError(f"{path} is not a WAV file with plain PCM: {error or 'it ends early'}") from None
    usable = len(raw) - len(raw) % (width * channels)
    samples = _as_float(raw[:usable], width).reshape(-1, channels).mean(axis=1)
    pcm = np.clip(np.rint(samples * 32_768), -32_768, 32_767).astype("<i2").tobytes()
    return AudioChunk(pcm, rate_hz)


def _as_float(raw: bytes, width: int) -> NDArray[np.float64]:
    """Samples in -1..1 from unsigned 8-bit or signed 16-, 24- or 32-bit little-endian PCM."""
    if width == 1:
        return (np.frombuffer(raw, np.uint8).astype(np.float64) - 128) / 128
    # each sample becomes the upper bytes of a 32-bit one
    wide = np.zeros((len(raw) // width, 4), np.uint8)
    wide[:, 4 - width :] = np.frombuffer(raw, np.uint8).reshape(-1, width)
    return wide.view("<i4")[:, 0] / 2.0**31


def speakable_pieces(recording: AudioChunk) -> Iterator[AudioChunk]:
    """The recording in order, cut at its quietest places into pieces that a recogniser of single utterances can take."""
    samples = np.frombuffer(recording.pcm, "<i2")
    rate_hz = recording.rate_hz
    while len(samples) > _LONGEST_PIECE_S * rate_hz:
        earliest, latest = round(_EARLIEST_CUT_S * rate_hz), round(_LONGEST_PIECE_S * rate_hz)
        cut = earliest + _quietest(samples[earliest:latest], round(_QUIET_WINDOW_S * rate_hz))
        yield AudioChunk(samples[:cut].tobytes(), rate_hz)
        samples = samples[cut:]
    yield AudioChunk(samples.tobytes(), rate_hz)


def _quietest(samples: NDArray[np.int16], window: int) -> int:
    """The middle of the window with the least energy."""
    energy = np.concatenate([[0.0], np.cumsum(samples.astype(np.float64) ** 2)])
    return int(np.argmin(energy[window:] - energy[:-window])) + window // 2

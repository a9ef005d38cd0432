"""Do the microphone and the loudspeaker work, by the very code that the kiosk opens them with?"""

from __future__ import annotations

import math
import threading
import time

import numpy as np

from holo_app.audio.places import Kind, Place, find_place
from holo_app.audio.portaudio import PortAudio, Stream
from holo_app.audio.resample import Samples
from holo_app.audio.sound_server import ServerView, SoundServer
from holo_app.errors import DeviceError
from holo_app.ops.diagnoses import (
    MICROPHONE_DEAD,
    MICROPHONE_LOUD,
    MICROPHONE_MISSING,
    MICROPHONE_OK,
    MICROPHONE_SILENT,
    SPEAKER_DEAD,
    SPEAKER_MISSING,
    SPEAKER_OK,
)
from holo_app.ops.doctor import Finding

_SERVER_ANSWERS_S = 3.0
_STARTS_S = 4.0
_LISTEN_S = 1.0
_FULL_SCALE = 32_768
_SILENT_DBFS = -85.0
_CLIPPED_FROM = 32_700
_CLIPPED_SHARE = 0.01
_SPEAKER_RATE_HZ = 48_000


class _Recording:
    """What arrives in the audio thread."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.blocks: list[Samples] = []

    def take(self, samples: Samples, _at: float) -> None:
        self.blocks.append(samples.copy())
        self.begun.set()


def check_microphone(wanted: str) -> list[Finding]:
    """Find the microphone that `wanted` names, listen to it for a second, and forget what was heard."""
    try:
        system, place = PortAudio(), _place(Kind.MICROPHONE, wanted)
    except DeviceError as error:
        return [Finding(MICROPHONE_MISSING, error.problem)]
    recording = _Recording()
    try:
        stream = system.open_capture(place, recording.take)
    except DeviceError as error:
        return [Finding(MICROPHONE_DEAD, error.problem)]
    try:
        if not recording.begun.wait(_STARTS_S):
            return [Finding(MICROPHONE_DEAD, f"{place.name} is open but delivers nothing")]
        time.sleep(_LISTEN_S)
    finally:
        stream.close()
    return [_judged(place, np.concatenate(recording.blocks))]


def _judged(place: Place, samples: Samples) -> Finding:
    level = level_dbfs(samples)
    text = f"{place.name} delivers sound at {level:.0f} dBFS"
    if np.mean(np.abs(samples.astype(np.int32)) >= _CLIPPED_FROM) > _CLIPPED_SHARE:
        return Finding(MICROPHONE_LOUD, text)
    return Finding(MICROPHONE_SILENT if level < _SILENT_DBFS else MICROPHONE_OK, text)


def level_dbfs(samples: Samples) -> float:
    """Root mean square of (N,) 16-bit samples in decibels of full scale; digital silence is −100."""
    mean_square = float(np.mean((samples.astype(np.float64) / _FULL_SCALE) ** 2)) if len(samples) else 0.0
    return 10 * math.log10(mean_square) if mean_square > 1e-10 else -100.0  # noqa: PLR2004 - that is −100 dBFS


def check_speaker(wanted: str) -> list[Finding]:
    """Find the loudspeaker that `wanted` names and let it play half a second of silence."""
    try:
        system, place = PortAudio(), _place(Kind.SPEAKER, wanted)
    except DeviceError as error:
        return [Finding(SPEAKER_MISSING, error.problem)]
    asked = threading.Event()

    def silence(samples: Samples, _at: float) -> None:
        samples[:] = 0
        asked.set()

    try:
        stream = system.open_playback(place, _SPEAKER_RATE_HZ, silence)
    except DeviceError as error:
        return [Finding(SPEAKER_DEAD, error.problem)]
    try:
        if not asked.wait(_STARTS_S) or not _keeps_playing(stream):
            return [Finding(SPEAKER_DEAD, f"{place.name} is open but takes no sound")]
    finally:
        stream.close()
    return [Finding(SPEAKER_OK, f"{place.name} plays at {stream.rate_hz} Hz")]


def _keeps_playing(stream: Stream) -> bool:
    first = stream.last_call_at
    time.sleep(_LISTEN_S / 2)
    return stream.last_call_at != first and not stream.finished


def _place(kind: Kind, wanted: str) -> Place:
    return find_place(kind, wanted, PortAudio().devices(), _server_view())


def _server_view() -> ServerView | None:
    """What the sound server says of its devices; None where there is no server."""
    answered = threading.Event()
    server = SoundServer(answered.set)
    server.start()
    try:
        answered.wait(_SERVER_ANSWERS_S)
        return server.view
    finally:
        server.close()

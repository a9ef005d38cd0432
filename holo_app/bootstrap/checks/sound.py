"""Do the microphone and the loudspeaker work, through the very ports that the kiosk hears and speaks through?"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import numpy as np
from numpy.typing import NDArray

from holo_app.audio.capture import DeviceMicrophone
from holo_app.audio.hub import DeviceHub
from holo_app.audio.playback import DeviceSpeaker
from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.audio import silence
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
from holo_app.ports.microphone import DeviceLost, MicFrame

_APPEARS_S = 7.0
"""Longer than the hub needs to ask a sound server, open a device and wait for its first sign of life."""

_LISTEN_S = 1.0
_PLAY_S = 0.4
_PLAYED_WITHIN_S = 4.0
_LOOK_S = 0.05
_FULL_SCALE = 32_768
_SILENT_DBFS = -85.0
_DIGITAL_SILENCE_DBFS = -100.0
_CLIPPED_FROM = 32_700
_CLIPPED_SHARE = 0.01

Samples = NDArray[np.int16]


def check_microphone(wanted: str) -> list[Finding]:
    """Find the microphone that `wanted` names, listen to it for a second, and forget what was heard."""
    try:
        samples = asyncio.run(_heard(wanted))
    except DeviceError as error:
        return [Finding(MICROPHONE_MISSING, f"{_named('microphone', wanted)}: {error.problem}")]
    except TimeoutError:
        return [Finding(MICROPHONE_DEAD, f"{_named('microphone', wanted)} is open but delivers nothing")]
    level = level_dbfs(samples)
    text = f"{_named('microphone', wanted)} delivers sound at {level:.0f} dBFS"
    if np.mean(np.abs(samples.astype(np.int32)) >= _CLIPPED_FROM) > _CLIPPED_SHARE:
        return [Finding(MICROPHONE_LOUD, text)]
    return [Finding(MICROPHONE_SILENT if level < _SILENT_DBFS else MICROPHONE_OK, text)]


def level_dbfs(samples: Samples) -> float:
    """Root mean square of (N,) 16-bit samples in decibels of full scale; digital silence is −100."""
    mean_square = float(np.mean((samples / _FULL_SCALE) ** 2)) if len(samples) else 0.0
    return max(_DIGITAL_SILENCE_DBFS, 10 * math.log10(mean_square)) if mean_square > 0 else _DIGITAL_SILENCE_DBFS


def check_speaker(wanted: str) -> list[Finding]:
    """Find the loudspeaker that `wanted` names and let it play a moment of silence."""
    return [asyncio.run(_played(wanted))]


async def _heard(wanted: str) -> Samples:
    """A second of sound. Raises: DeviceError: there is no device. TimeoutError: it delivers nothing."""
    async with _hub() as hub:
        microphone = DeviceMicrophone(hub, wanted=wanted, wait_for_device=False)
        blocks: list[bytes] = []
        heard_s = 0.0
        try:
            async with asyncio.timeout(_APPEARS_S + _LISTEN_S), aclosing(microphone.frames()) as frames:
                async for event in frames:
                    match event:
                        case MicFrame(audio):
                            blocks.append(audio.pcm)
                            heard_s += audio.seconds
                        case DeviceLost(reason):
                            raise DeviceError("microphone", reason)
                    if heard_s >= _LISTEN_S:
                        break
        finally:
            await microphone.aclose()
        return np.frombuffer(b"".join(blocks), "<i2")


async def _played(wanted: str) -> Finding:
    name = _named("loudspeaker", wanted)
    async with _hub() as hub:
        speaker = DeviceSpeaker(hub, SystemClock(), wanted=wanted)
        try:
            if not await _appears(speaker):
                return Finding(SPEAKER_MISSING, f"{name} is not there, or cannot be opened")
            await speaker.play(silence(_PLAY_S))
            async with asyncio.timeout(_PLAYED_WITHIN_S):
                await speaker.drain()
            if speaker.available:
                return Finding(SPEAKER_OK, f"{name} plays")
        except TimeoutError:
            pass  # as when it is lost while it plays
        finally:
            await speaker.aclose()
    return Finding(SPEAKER_DEAD, f"{name} is open but takes no sound")


async def _appears(speaker: DeviceSpeaker) -> bool:
    for _ in range(round(_APPEARS_S / _LOOK_S)):
        if speaker.available:
            return True
        await asyncio.sleep(_LOOK_S)
    return False


@asynccontextmanager
async def _hub() -> AsyncIterator[DeviceHub]:
    hub = DeviceHub(SystemClock())
    try:
        yield hub
    finally:
        await hub.aclose()


def _named(kind: str, wanted: str) -> str:
    return f"the {kind} called {wanted!r}" if wanted else f"the system's {kind}"

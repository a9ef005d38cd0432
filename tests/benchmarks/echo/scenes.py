"""What a kiosk's microphone hears: first only the kiosk, then the customer as well."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from holo_app.domain.audio import CAPTURE_RATE_HZ
from tests.benchmarks.echo.clips import Clip
from tests.fakes.rooms import BOOTH, HALL, ROOMS, SHOP, EchoPath, Floats, Room

LEARNING_S = 8.0
ALONE_S = 8.0
_GAP_S = 0.8
_CUSTOMER_RMS = 0.05
_NOISE_RMS = 0.0005

_DELAYS_S = {BOOTH: 0.02, SHOP: 0.12, HALL: 0.25}
_DRIFTS_PPM = {BOOTH: -100.0, SHOP: 100.0, HALL: 100.0}


@dataclass(frozen=True)
class Scene:
    """echo_db: how much louder the echo is than the customer."""

    room: Room
    echo_db: float
    delay_s: float
    drift_ppm: float

    @property
    def name(self) -> str:
        return f"{self.room.name} {self.echo_db:+.0f} dB"


@dataclass(frozen=True)
class Recording:
    """played, heard, customer: (N,) of −1..1; customer is heard's part that is to stay. spoken: samples of each clip."""

    scene: Scene
    played: Floats
    heard: Floats
    customer: Floats
    spoken: tuple[tuple[slice, str], ...]

    @property
    def alone(self) -> slice:
        """Only the kiosk talks, and a canceller has had time to learn."""
        begin = round(LEARNING_S * CAPTURE_RATE_HZ)
        return slice(begin, begin + round(ALONE_S * CAPTURE_RATE_HZ))


def scenes(*, short: bool) -> list[Scene]:
    """Every room with the echo quieter than, as loud as and louder than the customer; one of them in short."""
    if short:
        return [Scene(SHOP, 0.0, _DELAYS_S[SHOP], _DRIFTS_PPM[SHOP])]
    return [
        Scene(room, db, _DELAYS_S[room], _DRIFTS_PPM[room]) for room, db in itertools.product(ROOMS, (-10.0, 0.0, 6.0))
    ]


def recorded(scene: Scene, kiosk: Floats, clips: list[Clip]) -> Recording:
    """Both talk; the kiosk without end."""
    places, at = [], round((LEARNING_S + ALONE_S) * CAPTURE_RATE_HZ)
    for clip in clips:
        places.append((slice(at, at + len(clip.sound)), clip.text))
        at += len(clip.sound) + round(_GAP_S * CAPTURE_RATE_HZ)
    customer = np.zeros(at)
    for (place, _), clip in zip(places, clips, strict=True):
        customer[place] = clip.sound * _CUSTOMER_RMS / _rms_of_speech(clip.sound)
    played = np.resize(kiosk, at)
    echo = EchoPath(scene.room, scene.delay_s, scene.drift_ppm).echo(played)
    echo *= 10 ** (scene.echo_db / 20) * _CUSTOMER_RMS / _rms_of_speech(echo)
    customer += np.random.default_rng(7).normal(0, _NOISE_RMS, at)
    return Recording(scene, played, echo + customer, customer, tuple(places))


def _rms_of_speech(sound: Floats) -> float:
    """Without the pauses: over the tenths of a second within 25 dB of the loudest."""
    tenth = CAPTURE_RATE_HZ // 10
    power = np.mean(sound[: len(sound) // tenth * tenth].reshape(-1, tenth) ** 2, axis=1)
    return float(np.sqrt(np.mean(power[power > np.max(power) / 300])))

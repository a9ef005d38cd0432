"""Simulated rooms: what a microphone hears of a loudspeaker beside it.

Source: Allen and Berkley, "Image method for efficiently simulating small-room acoustics" (1979); Sabine's reverberation time.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray

from holo_app.domain.audio import CAPTURE_RATE_HZ

Floats = NDArray[np.float64]

_SOUND_M_PER_S = 343.0


@dataclass(frozen=True)
class Room:
    """A box with one kind of wall. size_m: width, depth, height. reverberation_s: until 60 dB are gone."""

    name: str
    size_m: tuple[float, float, float]
    reverberation_s: float


BOOTH = Room("booth", (2.4, 2.0, 2.4), 0.15)
SHOP = Room("shop", (7.0, 5.0, 3.0), 0.4)
HALL = Room("hall", (16.0, 11.0, 4.5), 0.8)
ROOMS = (BOOTH, SHOP, HALL)


def answer(room: Room, *, apart_m: float = 0.5, seconds: float = 0.6) -> Floats:
    """Impulse response (N,) from a loudspeaker to a microphone `apart_m` above it, both near a wall; its energy is 1.

    The way that the direct sound takes is left out: `delay_s` of an `EchoPath` is the whole delay.
    """
    size = np.array(room.size_m)
    speaker = size * [0.47, 0.2, 0.4]
    microphone = speaker + np.array([0.0, 0.0, apart_m])
    surface = 2 * (size[0] * size[1] + size[0] * size[2] + size[1] * size[2])
    absorbed = min(0.9, 0.161 * float(np.prod(size)) / (surface * room.reverberation_s))
    heard = min(seconds, room.reverberation_s)
    orders = [np.arange(-n, n + 1) for n in np.ceil(heard * _SOUND_M_PER_S / (2 * size)).astype(int)]
    grid = np.stack(np.meshgrid(*orders, indexing="ij"), axis=-1).reshape(-1, 3)
    out = np.zeros(round(heard * CAPTURE_RATE_HZ))
    for mirrored in itertools.product((0, 1), repeat=3):
        sign = np.array(mirrored)
        distance = np.linalg.norm((1 - 2 * sign) * speaker + 2 * grid * size - microphone, axis=1)
        bounces = np.sum(np.abs(grid - sign) + np.abs(grid), axis=1)
        place = np.rint((distance - apart_m) / _SOUND_M_PER_S * CAPTURE_RATE_HZ).astype(int)
        near = place < len(out)
        np.add.at(out, place[near], (math.sqrt(1 - absorbed) ** bounces / distance)[near])
    return np.asarray(out / np.sqrt(np.sum(out**2)))


@dataclass(frozen=True)
class EchoPath:
    """From the samples that a speaker was given to those that a microphone delivers.

    delay_s: of the direct sound, devices included. drift_ppm: by how much the microphone's clock runs slower. drive: how
    hard the loudspeaker is driven into its limits; 0 is not at all.
    """

    room: Room
    delay_s: float = 0.05
    drift_ppm: float = 0.0
    drive: float = 1.0

    def echo(self, played: Floats) -> Floats:
        """(N,) of −1..1 → (N,), as loud as the room makes it."""
        bent = np.tanh(self.drive * played) / self.drive if self.drive else played
        response = answer(self.room)
        size = 1 << (len(bent) + len(response)).bit_length()
        echo = np.fft.irfft(np.fft.rfft(bent, size) * np.fft.rfft(response, size), size)[: len(bent)]
        if self.drift_ppm:
            echo = soxr.resample(echo, CAPTURE_RATE_HZ * (1 + self.drift_ppm * 1e-6), CAPTURE_RATE_HZ)
        late = np.concatenate([np.zeros(round(self.delay_s * CAPTURE_RATE_HZ)), echo])[: len(played)]
        return np.pad(late, (0, len(played) - len(late)))

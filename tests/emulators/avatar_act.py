"""What an emulated avatar does in front of its camera: it is still, or it says words, and its mouth opens with its sound."""

from __future__ import annotations

import asyncio
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 48_000
MOUTH = (255, 0, 255)
"""The colour of an open mouth, which nothing else in the picture has."""
FACE = (150, 130, 120)
LIGHT = (255, 255, 0)
"""One of `LIGHTS` in a row below the face is on: the next one with each picture."""
LIGHTS = 6
_TONE_HZ = 700.0
_LOUD = 9_000.0
_PAUSE_S = 0.05


@dataclass(frozen=True)
class Line:
    """One text, said. opening: how far the mouth is open, 0..1, at RATE_HZ. number: of the words, when each begins."""

    begins_s: float
    opening: NDArray[np.float64]
    words: tuple[tuple[float, str], ...]
    sound: NDArray[np.int16] | None = None

    @property
    def ends_s(self) -> float:
        return self.begins_s + len(self.opening) / RATE_HZ


@dataclass
class Act:
    """Seconds are of the act itself, which began at `began_s` (monotonic).

    latency_s: from being told to say something to its first sound. has_picture, has_sound: cleared, the track gives nothing.
    """

    size: tuple[int, int] = (320, 180)
    fps: float = 25.0
    latency_s: float = 0.2
    began_s: float = field(default_factory=time.monotonic)
    lines: list[Line] = field(default_factory=list)
    has_picture: asyncio.Event = field(default_factory=asyncio.Event)
    has_sound: asyncio.Event = field(default_factory=asyncio.Event)
    _news: set[asyncio.TimerHandle] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.has_picture.set()
        self.has_sound.set()

    @property
    def now_s(self) -> float:
        """How long it has gone on."""
        return time.monotonic() - self.began_s

    def say(self, text: str, started: Callable[[], None], ended: Callable[[], None]) -> Line:
        """Say a text as soon as what was said before is over, with news of both ends."""
        return self._begin(*spoken(text), None, started, ended)

    def play(self, sound: NDArray[np.int16], started: Callable[[], None], ended: Callable[[], None]) -> Line:
        """Say what is sent as sound (RATE_HZ)."""
        return self._begin(_envelope(sound), (), sound, started, ended)

    def hush(self) -> None:
        """Stop where it is."""
        now_s = self.now_s
        self._forget_news()
        self.lines = [_until(line, now_s) for line in self.lines if line.begins_s < now_s]

    def close(self) -> None:
        """The room is over."""
        self._forget_news()
        self.has_picture.set()
        self.has_sound.set()

    def sound(self, at_s: float, samples: int) -> NDArray[np.int16]:
        """The samples from there on, (samples,)."""
        times = at_s + np.arange(samples) / RATE_HZ
        made = np.zeros(samples)
        for line in self.lines:
            places = np.round((times - line.begins_s) * RATE_HZ).astype(int)
            inside = (places >= 0) & (places < len(line.opening))
            if line.sound is None:
                made[inside] = line.opening[places[inside]] * _LOUD * np.sin(2 * np.pi * _TONE_HZ * times[inside])
            else:
                made[inside] = line.sound[places[inside]]
        return made.astype(np.int16)

    def openness(self, at_s: float) -> float:
        """How far the mouth is open there, 0..1."""
        for line in self.lines:
            place = round((at_s - line.begins_s) * RATE_HZ)
            if 0 <= place < len(line.opening):
                return float(line.opening[place])
        return 0.0

    def picture(self, at_s: float) -> NDArray[np.uint8]:
        """(height, width, 3): a face with a mouth, which moves a little also when it is still."""
        width, height = self.size
        picture = np.zeros((height, width, 3), np.uint8)
        shift = round(2 * np.sin(at_s))
        middle = width // 2 + shift
        picture[height // 8 : -height // 8, middle - height // 3 : middle + height // 3] = FACE
        half = round(self.openness(at_s) * height / 6)
        centre = height * 2 // 3
        picture[centre - half : centre + half, middle - height // 5 : middle + height // 5] = MOUTH
        cell, edge = round(at_s * self.fps) % LIGHTS, height // 10
        left = width // 2 + (cell - LIGHTS // 2) * edge
        picture[-edge:, left : left + edge] = LIGHT
        return picture

    def _begin(
        self,
        opening: NDArray[np.float64],
        words: tuple[tuple[float, str], ...],
        sound: NDArray[np.int16] | None,
        started: Callable[[], None],
        ended: Callable[[], None],
    ) -> Line:
        free_s = max((line.ends_s for line in self.lines), default=0.0)
        line = Line(max(self.now_s + self.latency_s, free_s), opening, words, sound)
        self.lines = [*self.lines[-3:], line]
        self._at(line.begins_s, started)
        self._at(line.ends_s, ended)
        return line

    def _at(self, moment_s: float, tell: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        self._news.add(loop.call_later(max(0.0, moment_s - self.now_s), tell))

    def _forget_news(self) -> None:
        for news in self._news:
            news.cancel()
        self._news.clear()


def spoken(text: str) -> tuple[NDArray[np.float64], tuple[tuple[float, str], ...]]:
    """A text as a mouth's opening at RATE_HZ, and when each word begins: a syllable for each three letters."""
    pieces: list[NDArray[np.float64]] = []
    words: list[tuple[float, str]] = []
    at_s = 0.0
    for word in text.split():
        words.append((at_s, word))
        for syllable in range(max(1, round(len(word) / 3))):
            noise = zlib.crc32(f"{word}{syllable}".encode())
            seconds = 0.12 + 0.1 * (noise % 97) / 97
            strength = 0.5 + 0.5 * (noise // 97 % 89) / 89
            bell = np.sin(np.linspace(0, np.pi, round(seconds * RATE_HZ))) ** 0.7
            pieces += [strength * bell, np.zeros(round(_PAUSE_S * RATE_HZ))]
            at_s += (len(pieces[-2]) + len(pieces[-1])) / RATE_HZ
    return np.concatenate([*pieces, np.zeros(1)]), tuple(words)


def _envelope(sound: NDArray[np.int16]) -> NDArray[np.float64]:
    width = RATE_HZ // 50
    loud = np.sqrt(np.convolve(sound.astype(np.float64) ** 2, np.ones(width) / width, "same"))
    return np.asarray(loud / max(float(loud.max()), 1.0))


def _until(line: Line, end_s: float) -> Line:
    kept = max(round((end_s - line.begins_s) * RATE_HZ), 0)
    sound = None if line.sound is None else line.sound[:kept]
    return Line(line.begins_s, line.opening[:kept], line.words, sound)

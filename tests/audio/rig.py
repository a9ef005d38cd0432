"""Microphones and speakers of every kind, set up in the same way, for the contract suites."""

from __future__ import annotations

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from holo_app.audio.capture import DeviceMicrophone
from holo_app.audio.files import WavMicrophone, WavSpeaker
from holo_app.audio.hub import DeviceHub
from holo_app.audio.null import NullSpeaker
from holo_app.audio.playback import DeviceSpeaker
from holo_app.audio.virtual import VirtualMicrophone, VirtualSpeaker
from holo_app.audio.wav import WavWriter
from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.audio import AudioChunk
from holo_app.ports.clock import Clock
from holo_app.ports.microphone import Microphone
from holo_app.ports.speaker import Speaker
from tests.audio.pulse import PulseServer
from tests.fakes.virtual_time import VirtualClock, run_virtual

LOUD = 1000
"""Samples above this are the tests' tone, not noise."""


def tone(seconds: float, *, rate_hz: int = 16_000, level: int = 8000) -> AudioChunk:
    """A 400 Hz sine."""
    angles = np.arange(round(seconds * rate_hz)) * (2 * np.pi * 400 / rate_hz)
    return AudioChunk((np.sin(angles) * level).astype("<i2").tobytes(), rate_hz)


def is_loud(audio: AudioChunk) -> bool:
    """Whether the tone sounds in it."""
    return bool(audio.samples) and int(np.abs(np.frombuffer(audio.pcm, "<i2").astype(np.int32)).max()) > LOUD


@dataclass(frozen=True)
class Ears:
    """A microphone under test. `say` lets it hear the tone from now on; it returns at once."""

    microphone: Microphone
    clock: Clock
    say: Callable[[AudioChunk], None]


class MicrophoneRig(ABC):
    """Runs a story with one kind of microphone."""

    virtual = True

    def run(self, story: Callable[[Ears], Coroutine[Any, Any, None]]) -> None:
        async def told() -> None:
            async with self.ears() as ears:
                await story(ears)

        if self.virtual:
            run_virtual(told())
        else:
            asyncio.run(told())

    @abstractmethod
    def ears(self) -> contextlib.AbstractAsyncContextManager[Ears]: ...


class VirtualEars(MicrophoneRig):
    @asynccontextmanager
    async def ears(self) -> AsyncGenerator[Ears]:
        clock = VirtualClock()
        microphone = VirtualMicrophone(clock)

        def say(audio: AudioChunk) -> None:
            microphone.hear(audio)

        yield Ears(microphone, clock, say)
        await microphone.aclose()


class WavEars(MicrophoneRig):
    """The file holds a tone from 0.5 s on; `say` has nothing to add."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "customer.wav"

    @asynccontextmanager
    async def ears(self) -> AsyncGenerator[Ears]:
        writer = WavWriter(self._path, 22_050)
        writer.write(bytes(22_050) + tone(0.5, rate_hz=22_050).pcm)
        writer.close()
        clock = VirtualClock()
        microphone = WavMicrophone(self._path, clock, silence_after_s=3600)
        yield Ears(microphone, clock, lambda _audio: None)
        await microphone.aclose()


class DeviceEars(MicrophoneRig):
    virtual = False

    def __init__(self, server: PulseServer) -> None:
        self._server = server

    @asynccontextmanager
    async def ears(self) -> AsyncGenerator[Ears]:
        clock = SystemClock()
        hub = DeviceHub(clock)
        microphone = DeviceMicrophone(hub)
        players = []

        def say(audio: AudioChunk) -> None:
            players.append(self._server.play_to_microphone(audio))

        try:
            yield Ears(microphone, clock, say)
        finally:
            await microphone.aclose()
            await hub.aclose()
            for player in players:
                player.wait(5)


@dataclass(frozen=True)
class Mouth:
    """A speaker under test."""

    speaker: Speaker
    clock: Clock


class SpeakerRig(ABC):
    """Runs a story with one kind of speaker. slack_s: how late it may be, measured on the clock."""

    virtual = True
    slack_s = 0.005

    def run(self, story: Callable[[Mouth], Coroutine[Any, Any, None]]) -> None:
        async def told() -> None:
            async with self.mouth() as mouth:
                await story(mouth)

        if self.virtual:
            run_virtual(told())
        else:
            asyncio.run(told())

    @abstractmethod
    def mouth(self) -> contextlib.AbstractAsyncContextManager[Mouth]: ...


class VirtualMouth(SpeakerRig):
    @asynccontextmanager
    async def mouth(self) -> AsyncGenerator[Mouth]:
        clock = VirtualClock()
        speaker = VirtualSpeaker(clock)
        yield Mouth(speaker, clock)
        await speaker.aclose()


class NullMouth(SpeakerRig):
    @asynccontextmanager
    async def mouth(self) -> AsyncGenerator[Mouth]:
        clock = VirtualClock()
        speaker = NullSpeaker(clock)
        yield Mouth(speaker, clock)
        await speaker.aclose()


class WavMouth(SpeakerRig):
    def __init__(self, folder: Path) -> None:
        self._path = folder / "character.wav"

    @asynccontextmanager
    async def mouth(self) -> AsyncGenerator[Mouth]:
        clock = VirtualClock()
        speaker = WavSpeaker(self._path, clock)
        yield Mouth(speaker, clock)
        await speaker.aclose()


class DeviceMouth(SpeakerRig):
    virtual = False
    slack_s = 0.15

    def __init__(self, _server: PulseServer) -> None:
        super().__init__()

    @asynccontextmanager
    async def mouth(self) -> AsyncGenerator[Mouth]:
        clock = SystemClock()
        hub = DeviceHub(clock)
        speaker = DeviceSpeaker(hub, clock)
        try:
            async with asyncio.timeout(5):
                await speaker.until(available=True)
            yield Mouth(speaker, clock)
        finally:
            await speaker.aclose()
            await hub.aclose()

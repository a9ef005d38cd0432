"""A shop in one process: the kiosk's whole embedded stack between a simulated loudspeaker and a simulated microphone."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from holo_app.audio.echo import EchoStage
from holo_app.audio.echo_free import EchoFreeMicrophone
from holo_app.audio.mixer import Tap
from holo_app.audio.resample import Samples
from holo_app.bootstrap.clock import SystemClock
from holo_app.bootstrap.devices import Devices
from holo_app.bootstrap.echo import best_echo_canceller, complete_echo_canceller
from holo_app.bootstrap.engine import voice_loop
from holo_app.bootstrap.shop import open_shop_to_talk
from holo_app.config import load_settings
from holo_app.dialogue.loop import VoiceLoop
from holo_app.domain.audio import CAPTURE_RATE_HZ, AudioChunk
from holo_app.ports.microphone import Microphone
from tests.benchmarks.room.air import CUSTOMER_RMS, Air, EchoField, Said, speech_rms
from tests.benchmarks.room.customers import Clip
from tests.benchmarks.room.journal import Journal
from tests.benchmarks.room.microphone import KeptMicrophone, RoomMicrophone
from tests.benchmarks.room.slow_motion import clock_here
from tests.benchmarks.room.speaker import RoomSpeaker
from tests.fakes.rooms import EchoPath, Floats

_READY_S = 60.0


@dataclass(frozen=True, slots=True)
class Echo:
    """The kiosk hears itself. louder_db: than a customer; voice: (N,) of the kiosk's own, to measure that by.

    stamp_error_s: by how much later than the truth the kiosk believes its loudspeaker to be heard. stamp_jitter_s: what
    each of those stamps deviates. canceller: as in the settings, empty: theirs. known_s: for so long it has played `voice`
    to nobody before, so that its ways are known.
    """

    path: EchoPath
    louder_db: float
    voice: Floats
    stamp_error_s: float = 0.0
    stamp_jitter_s: float = 0.0015
    canceller: str = ""
    known_s: float = 0.0

    @property
    def gain(self) -> float:
        """What makes the room as loud as wanted."""
        wanted = CUSTOMER_RMS * 10 ** (self.louder_db / 20)
        return wanted / speech_rms(self.path.echo(self.voice))


@dataclass(frozen=True, slots=True)
class Room:
    """What surrounds the kiosk. background: (N,) of −1..1, repeated without end."""

    background: Floats | None = None
    echo: Echo | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """A running kiosk, as a customer meets it. raw, clean: the microphone before and after the echo was taken out."""

    clock: SystemClock
    air: Air
    speaker: RoomSpeaker
    journal: Journal
    stage: EchoStage | None
    raw: KeptMicrophone
    clean: KeptMicrophone
    loop: VoiceLoop

    def say(self, clip: Clip, *, in_s: float = 0.05) -> Said:
        """Let a customer say something from `in_s` on."""
        said = self.air.say(clip.text, clip.sound, self.clock.monotonic() + in_s)
        self.journal.tell(said.begins, f'customer until {said.ends - said.begins:.2f} s later: "{clip.text}"')
        return said

    async def rest(self, seconds: float = 0.8, within_s: float = 40.0) -> bool:
        """Wait until the kiosk has neither heard nor said anything for so long. False: it never rested."""
        return await self.journal.until(lambda: self.journal.resting(seconds), within_s)

    async def pass_until(self, at: float) -> None:
        """Wait for a moment, monotonic seconds."""
        await asyncio.sleep(max(0.0, at - self.clock.monotonic()))


async def _echo_stage(wanted: str) -> EchoStage:
    canceller = best_echo_canceller(wanted)
    await complete_echo_canceller(canceller)
    return EchoStage(canceller)


@asynccontextmanager
async def visiting(room: Room) -> AsyncGenerator[Visit]:
    """A kiosk with a fresh database in that room, ready and listening; it is ended with the block.

    Raises: RuntimeError: it did not become ready.
    """
    clock = clock_here()
    with tempfile.TemporaryDirectory(prefix="holo-") as name:
        settings = load_settings(data_dir=Path(name), overrides={}, environment={})
        shop = open_shop_to_talk(settings)
        try:
            journal, air = Journal(clock), Air(room.background)
            stage = None if room.echo is None else await _echo_stage(room.echo.canceller or settings.audio.echo)
            speaker = RoomSpeaker(clock, None if room.echo is None or stage is None else _heard(room.echo, air, stage))
            drift_ppm = 0.0 if room.echo is None else room.echo.path.drift_ppm
            raw = KeptMicrophone(RoomMicrophone(air, clock, speaker.advance, drift_ppm=drift_ppm))
            clean = raw if stage is None else KeptMicrophone(EchoFreeMicrophone(raw, stage))
            devices = Devices(clean, speaker)
            if room.echo is not None and room.echo.known_s:
                await _play_to_nobody(room.echo, clock, speaker, clean)
            async with voice_loop(settings, shop, devices, journal.publish, clock, trace=journal.step) as loop:
                running = asyncio.create_task(loop.run(), name="kiosk")
                if not await journal.until(lambda: journal.ready or running.done(), _READY_S):
                    raise RuntimeError("the kiosk did not become ready")
                try:
                    yield Visit(clock, air, speaker, journal, stage, raw, clean, loop)
                finally:
                    running.cancel()
                    with suppress(asyncio.CancelledError):
                        await running
        finally:
            shop.store.close()


def _heard(echo: Echo, air: Air, stage: EchoStage) -> Tap:
    """What becomes of the loudspeaker's sound: the room hears it when it sounds, the stage is told roughly when."""
    field = air.echo = EchoField(echo.path, echo.gain)
    rng = np.random.default_rng(17)

    def tap(samples: Samples, rate_hz: int, heard_at: float) -> None:
        field.played(samples, rate_hz, heard_at)
        stamp = heard_at + echo.stamp_error_s + float(rng.normal(0, echo.stamp_jitter_s))
        stage.played(samples, rate_hz, stamp)

    return tap


async def _play_to_nobody(echo: Echo, clock: SystemClock, speaker: RoomSpeaker, microphone: Microphone) -> None:
    """Let the stage learn the room before anybody comes."""
    ends = clock.monotonic() + echo.known_s
    voice = AudioChunk(
        np.clip(np.rint(np.resize(echo.voice, round(echo.known_s * CAPTURE_RATE_HZ)) * 32767), -32768, 32767)
        .astype("<i2")
        .tobytes()
    )
    async with aclosing(microphone.frames()) as frames:
        playing = asyncio.create_task(speaker.play(voice))
        async for _ in frames:
            if clock.monotonic() > ends:
                break
        await playing

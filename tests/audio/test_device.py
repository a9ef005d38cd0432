"""The real microphone and speaker against a sound server: what is measured outside is what they say."""

from __future__ import annotations

import asyncio
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from statistics import median

import numpy as np
import pytest
import structlog

from holo_app.audio.capture import DeviceMicrophone
from holo_app.audio.hub import DeviceHub
from holo_app.audio.playback import DeviceSpeaker
from holo_app.audio.resample import Samples
from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.audio import silence
from holo_app.errors import DeviceError
from holo_app.ports.microphone import MicFrame
from tests.audio.pulse import PulseServer
from tests.audio.rig import LOUD, is_loud, tone

pytestmark = pytest.mark.audio_server

log = structlog.get_logger(__name__)

RATE = 48_000


class Monitor:
    """What leaves the virtual loudspeaker, with the times at which it arrived."""

    def __init__(self) -> None:
        self.pieces: list[tuple[float, Samples]] = []

    def loud_at(self) -> list[tuple[float, float]]:
        """Monotonic times at which each loud stretch began and ended."""
        edges: list[tuple[float, float]] = []
        for at, samples in list(self.pieces):
            for index in np.flatnonzero(np.abs(samples.astype(np.int32)) > LOUD):
                when = at - (len(samples) - int(index)) / RATE
                if edges and when - edges[-1][1] < 0.05:
                    edges[-1] = (edges[-1][0], when)
                else:
                    edges.append((when, when))
        return edges


@contextmanager
def monitor(pulse: PulseServer) -> Iterator[Monitor]:
    made = Monitor()
    recorder = subprocess.Popen(
        ["parec", "--device=vspk.monitor", f"--rate={RATE}", "--channels=1", "--format=s16le", "--latency-msec=5", "--raw"],
        env={**os.environ, **pulse.environment, "PULSE_LATENCY_MSEC": "0"}, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert recorder.stdout is not None
    pipe, first = recorder.stdout.fileno(), threading.Event()

    def follow() -> None:
        while data := os.read(pipe, 9600):
            made.pieces.append((time.monotonic(), np.frombuffer(data[: len(data) // 2 * 2], "<i2")))
            first.set()

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        assert first.wait(5)
        yield made
    finally:
        recorder.terminate()
        recorder.wait(5)
        thread.join(5)
        recorder.stdout.close()


async def speaker_on(hub: DeviceHub, clock: SystemClock) -> DeviceSpeaker:
    speaker = DeviceSpeaker(hub, clock)
    async with asyncio.timeout(5):
        await speaker.until(available=True)
    return speaker


def test_the_position_is_where_the_loudspeaker_is(pulse: PulseServer) -> None:
    errors: list[float] = []

    async def story() -> None:
        clock = SystemClock()
        hub = DeviceHub(clock)
        speaker = await speaker_on(hub, clock)
        with monitor(pulse) as out:
            for _ in range(5):
                out.pieces.clear()
                await speaker.play(silence(0.1))
                begins = await speaker.play(tone(0.2))
                await asyncio.sleep(0.2)
                now, position = clock.monotonic(), speaker.position_s()
                await speaker.drain()
                await asyncio.sleep(0.1)
                said = now - (position - begins)
                errors.append(said - out.loud_at()[0][0])
        await speaker.aclose()
        await hub.aclose()

    asyncio.run(story())
    log.info("position_measured", error_ms=[round(error * 1000, 1) for error in errors])
    assert abs(median(errors)) < 0.03


def test_stopping_is_silent_within_a_moment(pulse: PulseServer) -> None:
    took: list[float] = []

    async def story() -> None:
        clock = SystemClock()
        hub = DeviceHub(clock)
        speaker = await speaker_on(hub, clock)
        with monitor(pulse) as out:
            for _ in range(5):
                out.pieces.clear()
                await speaker.play(tone(2))
                await asyncio.sleep(0.3)
                stopped = clock.monotonic()
                speaker.stop()
                await asyncio.sleep(0.25)
                took.append(out.loud_at()[-1][1] - stopped)
        await speaker.aclose()
        await hub.aclose()

    asyncio.run(story())
    log.info("stop_measured", silent_after_ms=[round(seconds * 1000) for seconds in took])
    assert median(took) < 0.1


def test_ducking_is_twenty_decibels(pulse: PulseServer) -> None:
    async def story() -> None:
        clock = SystemClock()
        hub = DeviceHub(clock)
        speaker = await speaker_on(hub, clock)
        with monitor(pulse) as out:
            out.pieces.clear()
            await speaker.play(tone(1, level=20_000))
            await asyncio.sleep(0.4)
            speaker.set_gain_db(-20)
            await speaker.drain()
            await asyncio.sleep(0.1)
            heard = np.abs(np.concatenate([samples for _, samples in out.pieces]).astype(np.int32))
            sounded = np.trim_zeros(heard)
            quarter = len(sounded) // 4
            assert 20 * np.log10(sounded[:quarter].max() / sounded[-quarter:].max()) == pytest.approx(20, abs=1)
        await speaker.aclose()
        await hub.aclose()

    asyncio.run(story())


def test_a_long_sound_has_no_holes(pulse: PulseServer) -> None:
    async def story() -> None:
        clock = SystemClock()
        hub = DeviceHub(clock)
        speaker = await speaker_on(hub, clock)
        with monitor(pulse) as out:
            for _ in range(20):
                await speaker.play(tone(0.1, rate_hz=22_050))
            await speaker.drain()
            await asyncio.sleep(0.1)
            stretches = out.loud_at()
            assert len(stretches) == 1
            assert stretches[0][1] - stretches[0][0] == pytest.approx(2, abs=0.05)
        await speaker.aclose()
        await hub.aclose()

    asyncio.run(story())


def test_the_microphone_hears_soon_and_knows_when(pulse: PulseServer) -> None:
    async def story() -> None:
        clock = SystemClock()
        hub = DeviceHub(clock)
        microphone = DeviceMicrophone(hub, wanted="virtualmic")
        opened = clock.monotonic()
        async with aclosing(microphone.frames()) as events, asyncio.timeout(10):
            await anext(events)
            log.info("capture_started", after_ms=round((clock.monotonic() - opened) * 1000))
            said = clock.monotonic()
            player = pulse.play_to_microphone(tone(0.5))
            async for event in events:
                assert isinstance(event, MicFrame)
                if is_loud(event.audio):
                    log.info("capture_measured", heard_after_ms=round((clock.monotonic() - said) * 1000))
                    assert said < event.captured_at <= clock.monotonic()
                    break
        player.wait(5)
        await hub.aclose()

    asyncio.run(story())


def test_a_name_that_nothing_has_is_answered_with_the_names_there_are(pulse: PulseServer) -> None:
    async def story() -> None:
        hub = DeviceHub(SystemClock())
        microphone = DeviceMicrophone(hub, wanted="rode", wait_for_device=False)
        with pytest.raises(DeviceError, match="no device is called 'rode'; found: VirtualMic"):
            await anext(microphone.frames())
        await hub.aclose()

    asyncio.run(story())


def test_only_one_listener_at_a_time(pulse: PulseServer) -> None:
    async def story() -> None:
        hub = DeviceHub(SystemClock())
        first, second = DeviceMicrophone(hub), DeviceMicrophone(hub)
        async with aclosing(first.frames()) as events:
            await anext(events)
            with pytest.raises(ValueError, match="in use"):
                await anext(second.frames())
        async with aclosing(second.frames()) as events:
            assert isinstance(await anext(events), MicFrame)
        await hub.aclose()

    asyncio.run(story())

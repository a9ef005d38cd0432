"""The microphone is pulled out, the sound server dies or freezes: the kiosk notices, comes back, and loses nothing."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psutil
import pytest
import structlog

from holo_app.audio.capture import DeviceMicrophone
from holo_app.audio.hub import DeviceHub
from holo_app.audio.playback import DeviceSpeaker
from holo_app.bootstrap.clock import SystemClock
from holo_app.ports.microphone import DeviceBack, DeviceLost, MicFrame
from tests.audio.pulse import PulseServer
from tests.audio.rig import is_loud, tone

log = structlog.get_logger(__name__)

pytestmark = [
    pytest.mark.audio_server,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="PulseAudio is Linux's"),
]

CYCLES = 20
NOTICED_S = 1.0
BACK_S = 3.0


@dataclass
class Kiosk:
    """A microphone that is listened to all the time, and a speaker."""

    clock: SystemClock
    microphone: DeviceMicrophone
    speaker: DeviceSpeaker
    news: asyncio.Queue[tuple[float, DeviceLost | DeviceBack]]
    frames: asyncio.Queue[MicFrame]
    hand: ThreadPoolExecutor

    async def do(self, act: Callable[[], object]) -> None:
        """Something with the cables, in always the same thread: threads are counted here."""
        await asyncio.get_running_loop().run_in_executor(self.hand, act)

    async def listen(self) -> None:
        async for event in self.microphone.frames():
            if isinstance(event, MicFrame):
                self.frames.put_nowait(event)
            else:
                self.news.put_nowait((self.clock.monotonic(), event))

    async def next_news(self) -> tuple[float, DeviceLost | DeviceBack]:
        async with asyncio.timeout(10):
            return await self.news.get()

    async def hears(self) -> None:
        """Return when sound arrives from now on."""
        while not self.frames.empty():
            self.frames.get_nowait()
        async with asyncio.timeout(5):
            await self.frames.get()

    async def speaker_is(self, *, available: bool) -> None:
        async with asyncio.timeout(5):
            await self.speaker.until(available=available)


@asynccontextmanager
async def kiosk() -> AsyncGenerator[Kiosk]:
    clock = SystemClock()
    hub = DeviceHub(clock)
    microphone, speaker = DeviceMicrophone(hub), DeviceSpeaker(hub, clock)
    with ThreadPoolExecutor(1) as hand:
        made = Kiosk(clock, microphone, speaker, asyncio.Queue(), asyncio.Queue(), hand)
        listening = asyncio.create_task(made.listen())
        try:
            await made.hears()
            await made.speaker_is(available=True)
            yield made
        finally:
            await microphone.aclose()
            await speaker.aclose()
            await hub.aclose()
            await listening


def load() -> tuple[int, int]:
    """Threads and handles of this process."""
    gc.collect()
    process = psutil.Process()
    return process.num_threads(), process.num_fds()


async def timed(kiosk: Kiosk, act: Callable[[], object]) -> tuple[float, DeviceLost | DeviceBack]:
    """Seconds from the act to the news of it."""
    began = kiosk.clock.monotonic()
    await kiosk.do(act)
    at, news = await kiosk.next_news()
    return at - began, news


def test_twenty_times_unplugged_and_plugged_in(pulse: PulseServer) -> None:
    noticed, back, loads = [], [], []

    async def story() -> None:
        async with kiosk() as here:
            for _ in range(CYCLES):
                seconds, lost = await timed(here, pulse.unplug_microphone)
                assert isinstance(lost, DeviceLost)
                assert "VirtualMic was removed" in lost.reason
                noticed.append(seconds)
                seconds, returned = await timed(here, pulse.plug_microphone)
                assert returned == DeviceBack("VirtualMic")
                back.append(seconds)
                await here.hears()
                loads.append(load())
            assert here.speaker.available
            assert here.news.empty()

    asyncio.run(story())
    log.info("unplug_measured", noticed_s=max(noticed), back_s=max(back), threads_and_handles=loads)
    assert max(noticed) <= NOTICED_S
    assert max(back) <= BACK_S
    assert loads[-1] == loads[1]


def test_an_unplugged_microphone_never_hears_the_loudspeaker(pulse: PulseServer) -> None:
    """The server moves the stream to another source, a monitor: no more of it may arrive than a click."""

    async def story() -> None:
        async with kiosk() as here:
            await here.speaker.play(tone(1.5))
            await timed(here, pulse.unplug_microphone)
            await here.speaker.drain()
            heard = [here.frames.get_nowait() for _ in range(here.frames.qsize())]
            await timed(here, pulse.plug_microphone)
            assert sum(frame.audio.seconds for frame in heard if is_loud(frame.audio)) <= 0.06

    asyncio.run(story())


def test_a_sound_server_that_dies_and_returns(pulse: PulseServer) -> None:
    loads = []

    async def story() -> None:
        async with kiosk() as here:
            for _ in range(3):
                seconds, lost = await timed(here, pulse.kill)
                assert isinstance(lost, DeviceLost)
                assert seconds <= NOTICED_S
                await here.speaker_is(available=False)
                await here.do(pulse.start)
                # a server that has just come up may not tell its sources' names yet; that it hears is what counts
                assert isinstance((await here.next_news())[1], DeviceBack)
                await here.speaker_is(available=True)
                await here.hears()
                loads.append(load())

    asyncio.run(story())
    assert loads[-1] == loads[0]


def test_a_reply_goes_on_unheard_while_the_server_is_away(pulse: PulseServer) -> None:
    async def story() -> None:
        async with kiosk() as here:
            await here.speaker.play(tone(3))
            await timed(here, pulse.kill)
            await here.speaker_is(available=False)
            began, position = here.clock.monotonic(), here.speaker.position_s()
            await here.speaker.drain()
            assert here.clock.monotonic() - began == pytest.approx(3 - position, abs=0.15)
            await here.do(pulse.start)
            await here.speaker_is(available=True)

    asyncio.run(story())


def test_a_frozen_sound_server_is_waited_for_and_leaves_nothing_behind(pulse: PulseServer) -> None:
    loads = []

    async def story() -> None:
        async with kiosk() as here:
            await asyncio.sleep(3.2)  # only a settled stream is held to half a second
            for _ in range(2):
                seconds, lost = await timed(here, pulse.freeze)
                assert isinstance(lost, DeviceLost)
                assert seconds <= NOTICED_S
                seconds, back = await timed(here, pulse.thaw)
                assert isinstance(back, DeviceBack)
                assert seconds <= BACK_S
                await here.speaker_is(available=True)
                await here.hears()
                loads.append(load())

    asyncio.run(story())
    assert loads[-1][1] <= loads[0][1]

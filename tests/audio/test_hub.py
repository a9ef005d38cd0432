"""The hub with sound cards that come and go, and no sound server: the way of Windows, macOS and bare ALSA."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

import numpy as np
import pytest

from holo_app.audio.capture import DeviceMicrophone
from holo_app.audio.hub import DeviceHub
from holo_app.audio.playback import DeviceSpeaker
from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.audio import silence
from holo_app.ports.microphone import CaptureEvent, DeviceBack, DeviceLost, MicFrame
from tests.audio.rig import tone
from tests.fakes.sound_system import MICROPHONE, OLD_SPEAKER, SPEAKER, SoundCards


@pytest.fixture(autouse=True)
def no_sound_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULSE_SERVER", "unix:/nonexistent")


@pytest.fixture
def cards() -> SoundCards:
    return SoundCards(MICROPHONE, SPEAKER)


@pytest.fixture
async def hub(cards: SoundCards) -> AsyncIterator[DeviceHub]:
    made = DeviceHub(SystemClock(), system=cards)
    yield made
    await made.aclose()
    await made.aclose()
    for stream in cards.streams:
        stream.close()


async def news(events: AsyncGenerator[CaptureEvent]) -> CaptureEvent:
    async with asyncio.timeout(10):
        while isinstance(event := await anext(events), MicFrame):
            pass
        return event


async def playing(hub: DeviceHub) -> DeviceSpeaker:
    speaker = DeviceSpeaker(hub, SystemClock())
    async with asyncio.timeout(5):
        await speaker.until(available=True)
    return speaker


async def test_a_microphone_that_falls_silent_is_lost_and_found_again(hub: DeviceHub, cards: SoundCards) -> None:
    async with aclosing(DeviceMicrophone(hub).frames()) as events:
        await anext(events)
        await asyncio.sleep(3.1)  # only a settled stream is held to half a second
        cards.unplug(MICROPHONE.name)
        async with asyncio.timeout(1):
            lost = await news(events)
        assert isinstance(lost, DeviceLost)
        assert "no sound passed" in lost.reason
        cards.plug(MICROPHONE)
        async with asyncio.timeout(3):
            assert await news(events) == DeviceBack("Desk microphone")
        assert isinstance(await anext(events), MicFrame)


async def test_a_driver_that_gives_up_is_noticed_at_once(hub: DeviceHub, cards: SoundCards) -> None:
    async with aclosing(DeviceMicrophone(hub).frames()) as events:
        await anext(events)
        cards.streams[0].finished = True
        async with asyncio.timeout(0.5):
            assert await news(events) == DeviceLost("the driver ended the stream")
        assert await news(events) == DeviceBack("Desk microphone")


async def test_a_kiosk_without_a_microphone_waits_for_one(hub: DeviceHub, cards: SoundCards) -> None:
    cards.plugged = [SPEAKER]
    async with aclosing(DeviceMicrophone(hub).frames()) as events:
        assert isinstance(await news(events), DeviceLost)
        cards.plug(MICROPHONE)
        assert await news(events) == DeviceBack("Desk microphone")


async def test_looking_for_a_microphone_interrupts_a_silent_speaker_for_a_moment(
    hub: DeviceHub, cards: SoundCards
) -> None:
    cards.plugged = [SPEAKER]
    cards.rescan()
    speaker = await playing(hub)
    async with aclosing(DeviceMicrophone(hub).frames()) as events:
        assert isinstance(await news(events), DeviceLost)
        cards.plug(MICROPHONE)
        assert await news(events) == DeviceBack("Desk microphone")
        await speaker.play(tone(0.2))
        await speaker.drain()
        assert speaker.available
        assert any(block.any() for block in cards.streams[-1].played + cards.streams[-2].played)
    await speaker.aclose()


async def test_it_does_not_interrupt_a_speaking_one(hub: DeviceHub, cards: SoundCards) -> None:
    cards.plugged = [SPEAKER]
    cards.rescan()
    speaker = await playing(hub)
    await speaker.play(tone(1.2))
    async with aclosing(DeviceMicrophone(hub).frames()) as events:
        assert isinstance(await news(events), DeviceLost)
        cards.plug(MICROPHONE)
        async with asyncio.timeout(3):
            await news(events)
        assert speaker.position_s() == pytest.approx(speaker.end_s())
    await speaker.aclose()


async def test_a_reply_goes_on_at_another_rate_on_another_speaker(hub: DeviceHub, cards: SoundCards) -> None:
    speaker = await playing(hub)
    await speaker.play(tone(1.0))
    async with asyncio.timeout(5):
        while speaker.position_s() < 0.2:  # noqa: ASYNC110 - it moves by itself
            await asyncio.sleep(0.01)
    cards.unplug(SPEAKER.name)
    cards.streams[0].finished = True
    async with asyncio.timeout(2):
        await speaker.until(available=False)
        cards.plug(OLD_SPEAKER)
        await speaker.until(available=True)
    assert speaker.end_s() == pytest.approx(1.0, abs=0.001)
    assert 0.19 < speaker.position_s() < 1.0
    await speaker.drain()
    assert speaker.position_s() == speaker.end_s()
    heard = np.concatenate(cards.streams[-1].played)
    assert np.abs(heard).max() == pytest.approx(8000, rel=0.05)
    await speaker.aclose()


async def test_the_voice_has_the_loudness_that_was_set_for_it(hub: DeviceHub, cards: SoundCards) -> None:
    speaker = DeviceSpeaker(hub, SystemClock(), gain_db=-6)
    async with asyncio.timeout(5):
        await speaker.until(available=True)
    await speaker.play(silence(0.05))
    await speaker.play(tone(0.2, level=20_000))
    await speaker.drain()
    assert np.abs(np.concatenate(cards.streams[0].played)).max() == pytest.approx(10_024, rel=0.03)
    await speaker.aclose()

"""Every microphone keeps the promises of `ports.microphone`."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path

import pytest

from holo_app.domain.audio import CAPTURE_RATE_HZ
from holo_app.ports.microphone import MicFrame
from tests.audio.rig import DeviceEars, Ears, MicrophoneRig, VirtualEars, WavEars, is_loud, tone


@pytest.fixture(params=["virtual", "wav", pytest.param("device", marks=pytest.mark.audio_server)])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> MicrophoneRig:
    if request.param == "device":
        return DeviceEars(request.getfixturevalue("pulse"))
    return WavEars(tmp_path) if request.param == "wav" else VirtualEars()


async def listen(ears: Ears, count: int) -> list[MicFrame]:
    heard: list[MicFrame] = []
    async with aclosing(ears.microphone.frames()) as events:
        async for event in events:
            assert isinstance(event, MicFrame)
            heard.append(event)
            if len(heard) == count:
                break
    return heard


def test_frames_are_short_and_of_the_one_rate(rig: MicrophoneRig) -> None:
    async def story(ears: Ears) -> None:
        for frame in await listen(ears, 25):
            assert frame.audio.rate_hz == CAPTURE_RATE_HZ
            assert 0.010 <= frame.audio.seconds <= 0.040

    rig.run(story)


def test_no_sound_is_left_out_between_frames(rig: MicrophoneRig) -> None:
    async def story(ears: Ears) -> None:
        frames = await listen(ears, 50)
        times = [frame.captured_at for frame in frames]
        assert times == sorted(times)
        sounded = sum(frame.audio.seconds for frame in frames[1:])
        assert times[-1] - times[0] == pytest.approx(sounded, abs=0.06)

    rig.run(story)


def test_a_frame_tells_when_it_was_in_the_air(rig: MicrophoneRig) -> None:
    async def story(ears: Ears) -> None:
        async with aclosing(ears.microphone.frames()) as events:
            for _ in range(25):
                frame = await anext(events)
                assert isinstance(frame, MicFrame)
                assert -0.001 <= ears.clock.monotonic() - frame.captured_at < 0.3

    rig.run(story)


def test_what_is_said_is_heard(rig: MicrophoneRig) -> None:
    async def story(ears: Ears) -> None:
        async with aclosing(ears.microphone.frames()) as events, asyncio.timeout(5):
            await anext(events)
            ears.say(tone(0.5))
            loud_s = 0.0
            async for event in events:
                loud = isinstance(event, MicFrame) and is_loud(event.audio)
                loud_s += event.audio.seconds if isinstance(event, MicFrame) and loud else 0.0
                if loud_s and not loud:
                    break
        assert loud_s == pytest.approx(0.5, abs=0.05)

    rig.run(story)


def test_it_can_be_listened_to_again(rig: MicrophoneRig) -> None:
    async def story(ears: Ears) -> None:
        first = await listen(ears, 5)
        second = await listen(ears, 5)
        assert second[0].captured_at > first[-1].captured_at - 0.001

    rig.run(story)


def test_closing_ends_the_stream_and_may_be_repeated(rig: MicrophoneRig) -> None:
    async def story(ears: Ears) -> None:
        async with asyncio.timeout(5):
            async for _ in ears.microphone.frames():
                await ears.microphone.aclose()
            await ears.microphone.aclose()
            assert [event async for event in ears.microphone.frames()] == []

    rig.run(story)


def test_a_listener_can_be_cancelled(rig: MicrophoneRig) -> None:
    async def story(ears: Ears) -> None:
        began = asyncio.Event()

        async def listen_on() -> None:
            async with aclosing(ears.microphone.frames()) as events:
                async for _ in events:
                    began.set()

        listener = asyncio.create_task(listen_on())
        await began.wait()
        listener.cancel()
        with pytest.raises(asyncio.CancelledError):
            await listener
        assert len(await listen(ears, 3)) == 3

    rig.run(story)

"""The virtual microphone and speaker, and the loop that lets them run ahead of the wall clock."""

from __future__ import annotations

import asyncio
import time

import numpy as np
import pytest

from holo_app.audio.virtual import Outage, Sound, VirtualMicrophone, VirtualSpeaker
from holo_app.domain.audio import AudioChunk, silence
from holo_app.ports.microphone import DeviceBack, DeviceLost, MicFrame
from tests.fakes.virtual_time import LeakedTasksError, VirtualClock, run_virtual, virtual_time


def tone(seconds: float, level: int = 10_000) -> AudioChunk:
    return AudioChunk(np.full(round(seconds * 16_000), level, dtype=np.int16).tobytes())


def test_ten_minutes_pass_in_moments() -> None:
    async def story() -> float:
        await asyncio.sleep(600)
        return VirtualClock().monotonic()

    began = time.monotonic()
    assert run_virtual(story()) == pytest.approx(600)
    assert time.monotonic() - began < 1


def test_work_in_threads_takes_no_virtual_time() -> None:
    async def story() -> float:
        async with asyncio.timeout(1):
            await asyncio.to_thread(time.sleep, 0.05)
        return asyncio.get_running_loop().time()

    assert run_virtual(story()) == 0


def test_a_story_that_takes_too_long_is_ended() -> None:
    with pytest.raises(TimeoutError):
        run_virtual(asyncio.sleep(61), timeout_s=60)


def test_a_leaked_task_is_reported() -> None:
    async def story() -> asyncio.Task[None]:
        return asyncio.create_task(asyncio.sleep(5), name="forgotten")

    with pytest.raises(LeakedTasksError, match="forgotten"):
        run_virtual(story())


def test_an_error_lost_in_a_callback_is_reported() -> None:
    def explode() -> None:
        raise ValueError("nobody hears this")

    async def story() -> None:
        asyncio.get_running_loop().call_later(1, explode)
        await asyncio.sleep(2)

    with pytest.raises(AssertionError, match="lost in the loop"):
        run_virtual(story())


@virtual_time
async def test_ids_count_up_and_repeat_from_run_to_run() -> None:
    clock, again = VirtualClock(), VirtualClock()
    ids = [clock.new_id() for _ in range(100)]
    assert ids == sorted(ids)
    assert ids == [again.new_id() for _ in range(100)]
    assert {made.version for made in ids} == {7}


@virtual_time
async def test_the_microphone_hears_its_script_at_the_written_times() -> None:
    clock = VirtualClock()
    mic = VirtualMicrophone(clock, [Sound(1.0, tone(0.5))], ends_at_s=2.0)
    loud = [event.captured_at async for event in mic.frames() if isinstance(event, MicFrame) and any(event.audio.pcm)]
    assert loud[0] == pytest.approx(1.02)
    assert loud[-1] == pytest.approx(1.50)
    assert clock.monotonic() == pytest.approx(2.0)


@virtual_time
async def test_an_outage_is_told_and_ends() -> None:
    clock = VirtualClock()
    mic = VirtualMicrophone(clock, [Outage(1.0, 2.0)], ends_at_s=5.0)
    told = [
        (round(clock.monotonic(), 2), type(event)) async for event in mic.frames() if not isinstance(event, MicFrame)
    ]
    assert told == [(1.02, DeviceLost), (3.02, DeviceBack)]


@virtual_time
async def test_a_sound_can_be_added_while_it_listens() -> None:
    clock = VirtualClock()
    mic = VirtualMicrophone(clock, ends_at_s=2.0)
    asyncio.get_running_loop().call_later(1.0, lambda: mic.hear(tone(0.1), in_s=0.25))
    loud = [e.captured_at async for e in mic.frames() if isinstance(e, MicFrame) and any(e.audio.pcm)]
    assert loud[0] == pytest.approx(1.26)


@virtual_time
async def test_the_speaker_remembers_what_was_heard_when() -> None:
    clock = VirtualClock()
    speaker = VirtualSpeaker(clock)
    await asyncio.sleep(1)
    await speaker.play(tone(0.5))
    await speaker.drain()
    assert clock.monotonic() == pytest.approx(1.5, abs=0.001)
    await asyncio.sleep(1)
    await speaker.play(tone(3))
    await asyncio.sleep(1)
    heard = speaker.stop()
    await asyncio.sleep(1)
    assert heard == pytest.approx(1.51, abs=0.001)
    first, second = speaker.played
    assert (first.at, first.start_s, first.end_s) == pytest.approx((1.0, 0.0, 0.5))
    assert (second.at, second.start_s, second.end_s) == pytest.approx((2.5, 0.5, 1.51), abs=0.001)
    assert speaker.position_s() == speaker.end_s() == 3.5


@virtual_time
async def test_an_unplugged_speaker_goes_on_unheard() -> None:
    speaker = VirtualSpeaker(VirtualClock())
    await speaker.play(tone(1))
    await asyncio.sleep(0.25)
    speaker.unplug()
    await asyncio.sleep(0.5)
    assert not speaker.available
    assert speaker.position_s() == pytest.approx(0.75)
    speaker.replug()
    await speaker.drain()
    assert [round(p.start_s, 3) for p in speaker.played] == [0.0, 0.75]


def test_waiting_for_ever_is_said() -> None:
    with pytest.raises(TimeoutError):
        run_virtual(asyncio.Event().wait())


@virtual_time
async def test_the_recording_holds_every_sample() -> None:
    speaker = VirtualSpeaker(VirtualClock())
    await speaker.play(silence(0.1))
    await speaker.play(tone(0.2))
    await asyncio.sleep(1)
    recorded = np.frombuffer(speaker.recording().pcm, dtype=np.int16)
    assert len(recorded) == 16_000
    assert np.flatnonzero(recorded)[0] == 1600
    assert np.count_nonzero(recorded) == 3200

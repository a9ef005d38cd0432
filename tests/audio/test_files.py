"""WAV files as microphone and speaker: two files, one time line."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path

import numpy as np
import pytest

from holo_app.audio.files import WavMicrophone, WavSpeaker
from holo_app.audio.null import NullMicrophone
from holo_app.audio.pacing import StartGate
from holo_app.audio.wav import WavWriter, read_wav
from holo_app.domain.audio import AudioChunk
from holo_app.ports.microphone import DeviceLost, MicFrame
from tests.audio.rig import is_loud, tone
from tests.fakes.virtual_time import VirtualClock, virtual_time


@pytest.fixture
def customer(tmp_path: Path) -> Path:
    """Half a second of silence, half a second of tone, 24 kHz."""
    path = tmp_path / "customer.wav"
    writer = WavWriter(path, 24_000)
    writer.write(bytes(24_000) + tone(0.5, rate_hz=24_000).pcm)
    writer.close()
    return path


def loud_from_to(audio: AudioChunk) -> tuple[float, float]:
    where = np.flatnonzero(np.abs(np.frombuffer(audio.pcm, "<i2").astype(int)) > 100)
    return where[0] / audio.rate_hz, (where[-1] + 1) / audio.rate_hz


@virtual_time
async def test_latency_can_be_read_off_the_two_files(customer: Path, tmp_path: Path) -> None:
    clock = VirtualClock()
    gate = StartGate(clock)
    speaker = WavSpeaker(tmp_path / "kiosk.wav", clock, gate=gate)
    await asyncio.sleep(3.217)  # models load
    microphone = WavMicrophone(customer, clock, gate=gate, silence_after_s=1)
    heard = False
    async for event in microphone.frames():
        assert isinstance(event, MicFrame)
        if heard and not is_loud(event.audio):
            await asyncio.sleep(0.25)
            await speaker.play(tone(0.3))
            break
        heard = is_loud(event.audio)
    await speaker.drain()
    await speaker.aclose()
    _, customer_ends = loud_from_to(read_wav(customer))
    kiosk_begins, kiosk_ends = loud_from_to(read_wav(tmp_path / "kiosk.wav"))
    # the frame after the last loud one ends 20 ms later
    assert kiosk_begins - customer_ends == pytest.approx(0.27, abs=0.002)
    assert kiosk_ends - kiosk_begins == pytest.approx(0.3, abs=0.002)


@virtual_time
async def test_what_is_played_before_the_start_is_not_recorded(tmp_path: Path) -> None:
    clock = VirtualClock()
    speaker = WavSpeaker(tmp_path / "kiosk.wav", clock)
    await speaker.play(tone(0.5))
    await asyncio.sleep(0.4)
    assert speaker.start() == clock.monotonic()
    await asyncio.sleep(0.6)
    await speaker.aclose()
    recorded = read_wav(tmp_path / "kiosk.wav")
    assert recorded.seconds == pytest.approx(0.6, abs=0.001)
    assert loud_from_to(recorded)[1] == pytest.approx(0.1, abs=0.002)


@virtual_time
async def test_a_barge_in_is_cut_off_in_the_file(tmp_path: Path) -> None:
    clock = VirtualClock()
    speaker = WavSpeaker(tmp_path / "kiosk.wav", clock)
    speaker.start()
    await speaker.play(tone(2))
    await asyncio.sleep(0.5)
    heard = speaker.stop()
    await asyncio.sleep(1)
    await speaker.aclose()
    assert loud_from_to(read_wav(tmp_path / "kiosk.wav"))[1] == pytest.approx(heard, abs=0.003)


@virtual_time
async def test_a_cancelled_conversation_leaves_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.wav"

    async def conversation() -> None:
        speaker = WavSpeaker(path, VirtualClock())
        speaker.start()
        try:
            await speaker.play(tone(5))
            await speaker.drain()
        finally:
            await speaker.aclose()

    talking = asyncio.create_task(conversation())
    await asyncio.sleep(1.5)
    # even a killed program would leave this much
    assert read_wav(path).seconds == pytest.approx(1.5, abs=0.26)
    talking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await talking
    assert read_wav(path).seconds == pytest.approx(1.5, abs=0.001)


@virtual_time
async def test_the_microphone_ends_with_its_file(customer: Path) -> None:
    clock = VirtualClock()
    microphone = WavMicrophone(customer, clock)
    frames = [event async for event in microphone.frames()]
    assert len(frames) * 0.02 == pytest.approx(microphone.sound_s) == 1.0
    assert clock.monotonic() == pytest.approx(1.0)


@virtual_time
async def test_room_silence_can_follow_the_file(customer: Path) -> None:
    clock = VirtualClock()
    some = WavMicrophone(customer, clock, silence_after_s=0.5)
    assert len([event async for event in some.frames()]) == 75
    endless = WavMicrophone(customer, clock, silence_after_s=math.inf)
    asyncio.get_running_loop().call_later(100, lambda: asyncio.ensure_future(endless.aclose()))
    frames = [event async for event in endless.frames()]
    assert len(frames) == pytest.approx(5000, abs=2)
    assert isinstance(frames[-1], MicFrame)
    assert not any(frames[-1].audio.pcm)


@virtual_time
async def test_without_real_time_the_file_comes_at_once_with_its_own_times(customer: Path) -> None:
    clock = VirtualClock()
    microphone = WavMicrophone(customer, clock, realtime=False)
    times = [event.captured_at async for event in microphone.frames() if isinstance(event, MicFrame)]
    assert clock.monotonic() == 0
    assert times == pytest.approx([0.02 * (index + 1) for index in range(50)])


@virtual_time
async def test_no_microphone_says_so_and_waits() -> None:
    microphone = NullMicrophone("none is plugged in")
    asyncio.get_running_loop().call_later(60, lambda: asyncio.ensure_future(microphone.aclose()))
    assert [event async for event in microphone.frames()] == [DeviceLost("none is plugged in")]
    assert asyncio.get_running_loop().time() == pytest.approx(60)

"""Every speaker keeps the promises of `ports.speaker`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from holo_app.domain.audio import silence
from tests.audio.rig import DeviceMouth, Mouth, NullMouth, SpeakerRig, VirtualMouth, WavMouth, tone


@pytest.fixture(params=["virtual", "null", "wav", pytest.param("device", marks=pytest.mark.audio_server)])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> SpeakerRig:
    match request.param:
        case "virtual":
            return VirtualMouth()
        case "null":
            return NullMouth()
        case "wav":
            return WavMouth(tmp_path)
        case _:
            return DeviceMouth(request.getfixturevalue("pulse"))


def test_pieces_lie_end_to_end_on_the_timeline(rig: SpeakerRig) -> None:
    async def story(mouth: Mouth) -> None:
        speaker = mouth.speaker
        starts = [await speaker.play(tone(0.1, rate_hz=rate)) for rate in (16_000, 16_000, 22_050, 48_000, 16_000)]
        assert starts == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4], abs=0.0002)
        assert speaker.end_s() == pytest.approx(0.5, abs=0.0002)

    rig.run(story)


def test_draining_takes_as_long_as_the_sound(rig: SpeakerRig) -> None:
    async def story(mouth: Mouth) -> None:
        speaker, clock = mouth.speaker, mouth.clock
        began = clock.monotonic()
        await speaker.play(tone(0.4, rate_hz=22_050))
        await speaker.drain()
        assert clock.monotonic() - began == pytest.approx(0.4, abs=rig.slack_s)
        assert speaker.position_s() == speaker.end_s()

    rig.run(story)


def test_the_position_moves_with_the_clock_and_never_back(rig: SpeakerRig) -> None:
    async def story(mouth: Mouth) -> None:
        speaker, clock = mouth.speaker, mouth.clock
        await speaker.play(tone(0.8))
        seen: list[tuple[float, float]] = []
        while (position := speaker.position_s()) < 0.6:
            seen.append((clock.monotonic(), position))
            await asyncio.sleep(0.005)
        assert [position for _, position in seen] == sorted(position for _, position in seen)
        (from_at, from_s), (to_at, to_s) = next(entry for entry in seen if entry[1] > 0.1), seen[-1]
        assert to_s - from_s == pytest.approx(to_at - from_at, abs=rig.slack_s)

    rig.run(story)


def test_silence_between_pieces_does_not_count(rig: SpeakerRig) -> None:
    async def story(mouth: Mouth) -> None:
        speaker = mouth.speaker
        await speaker.play(tone(0.1))
        await speaker.drain()
        await asyncio.sleep(0.2)
        assert speaker.position_s() == pytest.approx(0.1, abs=0.0002)
        assert await speaker.play(tone(0.1)) == pytest.approx(0.1, abs=0.0002)

    rig.run(story)


def test_stopping_says_how_far_it_was_heard_and_jumps_to_the_end(rig: SpeakerRig) -> None:
    async def story(mouth: Mouth) -> None:
        speaker = mouth.speaker
        await speaker.play(tone(3))
        await asyncio.sleep(0.25)
        position = speaker.position_s()
        heard = speaker.stop()
        # what the device has taken will be heard, and then a fade of 10 ms
        assert position <= heard <= position + 0.012 + rig.slack_s
        assert speaker.position_s() == speaker.end_s() == pytest.approx(3)
        async with asyncio.timeout(0.05):
            await speaker.drain()
        assert await speaker.play(tone(0.1)) == pytest.approx(3)
        await speaker.drain()

    rig.run(story)


def test_stopping_when_nothing_plays_is_harmless(rig: SpeakerRig) -> None:
    async def story(mouth: Mouth) -> None:
        assert mouth.speaker.stop() == 0
        await mouth.speaker.play(tone(0.1))
        await mouth.speaker.drain()
        assert mouth.speaker.stop() == mouth.speaker.end_s()

    rig.run(story)


def test_a_pause_holds_the_timeline_and_the_sound_goes_on_after_it(rig: SpeakerRig) -> None:
    async def story(mouth: Mouth) -> None:
        speaker, clock = mouth.speaker, mouth.clock
        await speaker.play(tone(0.6))
        await asyncio.sleep(0.2)
        speaker.pause()
        await asyncio.sleep(0.2)
        held = speaker.position_s()
        await asyncio.sleep(0.3)
        assert speaker.position_s() == held
        resumed = clock.monotonic()
        speaker.resume()
        await speaker.drain()
        assert clock.monotonic() - resumed == pytest.approx(0.6 - held, abs=rig.slack_s)

    rig.run(story)


def test_draining_waits_for_the_end_of_a_pause(rig: SpeakerRig) -> None:
    async def story(mouth: Mouth) -> None:
        speaker = mouth.speaker
        await speaker.play(tone(0.2))
        speaker.pause()
        draining = asyncio.create_task(speaker.drain())
        await asyncio.sleep(0.4)
        assert not draining.done()
        speaker.resume()
        await draining
        assert speaker.position_s() == speaker.end_s()

    rig.run(story)


def test_stopping_ends_a_pause(rig: SpeakerRig) -> None:
    async def story(mouth: Mouth) -> None:
        speaker = mouth.speaker
        await speaker.play(tone(1))
        speaker.pause()
        speaker.stop()
        await speaker.play(tone(0.1))
        async with asyncio.timeout(1):
            await speaker.drain()

    rig.run(story)


def test_playing_waits_while_a_second_is_queued(rig: SpeakerRig) -> None:
    async def story(mouth: Mouth) -> None:
        speaker, clock = mouth.speaker, mouth.clock
        began = clock.monotonic()
        await speaker.play(tone(1.3))
        assert clock.monotonic() - began < rig.slack_s
        await speaker.play(tone(0.1))
        assert clock.monotonic() - began == pytest.approx(0.3, abs=rig.slack_s)

    rig.run(story)


def test_a_piece_that_waits_is_dropped_by_a_stop(rig: SpeakerRig) -> None:
    async def story(mouth: Mouth) -> None:
        speaker = mouth.speaker
        await speaker.play(tone(2))
        waiting = asyncio.create_task(speaker.play(tone(5)))
        await asyncio.sleep(0.1)
        speaker.stop()
        await waiting
        assert speaker.end_s() == pytest.approx(2)

    rig.run(story)


def test_a_cancelled_piece_queues_nothing_and_blocks_nobody(rig: SpeakerRig) -> None:
    async def story(mouth: Mouth) -> None:
        speaker = mouth.speaker
        await speaker.play(tone(2))
        waiting = asyncio.create_task(speaker.play(tone(5)))
        await asyncio.sleep(0.05)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        speaker.stop()
        assert await speaker.play(silence(0.1)) == pytest.approx(2)

    rig.run(story)


def test_loudness_does_not_move_the_timeline(rig: SpeakerRig) -> None:
    async def story(mouth: Mouth) -> None:
        speaker, clock = mouth.speaker, mouth.clock
        began = clock.monotonic()
        await speaker.play(tone(0.4))
        speaker.set_gain_db(-20)
        await asyncio.sleep(0.1)
        speaker.set_gain_db(0, ramp_s=0.1)
        await speaker.drain()
        assert clock.monotonic() - began == pytest.approx(0.4, abs=rig.slack_s)

    rig.run(story)


def test_after_closing_nothing_waits_and_nothing_raises(rig: SpeakerRig) -> None:
    async def story(mouth: Mouth) -> None:
        speaker = mouth.speaker
        await speaker.play(tone(2))
        draining = asyncio.create_task(speaker.drain())
        playing = asyncio.create_task(speaker.play(tone(2)))
        await asyncio.sleep(0.05)
        await speaker.aclose()
        await speaker.aclose()
        async with asyncio.timeout(0.5):
            await asyncio.gather(draining, playing)
            await speaker.play(tone(0.1))
            await speaker.drain()
        assert not speaker.available
        assert speaker.position_s() == speaker.end_s()

    rig.run(story)

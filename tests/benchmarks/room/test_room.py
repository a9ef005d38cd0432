"""The rig itself: a benchmark is worth what its measuring instruments are."""

from __future__ import annotations

import numpy as np
import pytest

from holo_app.domain.audio import CAPTURE_RATE_HZ, AudioChunk
from holo_app.ports.microphone import MicFrame
from tests.benchmarks.room.air import CUSTOMER_RMS, Air, EchoField, speech_rms
from tests.benchmarks.room.customers import clip_of
from tests.benchmarks.room.heard_words import difference, plain, words_heard
from tests.benchmarks.room.microphone import RoomMicrophone
from tests.benchmarks.room.noises import SINGLE, babble, loud, music
from tests.benchmarks.room.speaker import BLOCK, RoomSpeaker
from tests.benchmarks.voice.soak import Sample, judged, report
from tests.fakes.rooms import BOOTH, EchoPath
from tests.fakes.sounds import loudness_db, pcm, voice
from tests.fakes.virtual_time import VirtualClock, run_virtual

ANSWER = "The Drover Backpack 28 Litres costs £85. It has a rain cover and a laptop sleeve."


def test_the_room_makes_the_echo_that_it_would_make_of_the_whole() -> None:
    path = EchoPath(BOOTH, delay_s=0.02)
    played = voice(2.0)
    field = EchoField(path, 1.0)
    whole = np.frombuffer(pcm(played), "<i2")
    for start in range(0, len(whole) - BLOCK + 1, BLOCK):
        field.played(whole[start : start + BLOCK], CAPTURE_RATE_HZ, 100.0 + start / CAPTURE_RATE_HZ)

    heard = field.heard(100.5, 16_000, 1 / CAPTURE_RATE_HZ)

    assert loudness_db(heard - path.echo(played)[8000:24_000]) < loudness_db(heard) - 50


def test_a_slower_microphone_hears_the_echo_faster() -> None:
    field = EchoField(EchoPath(BOOTH, delay_s=0.0), 1.0)
    tone = (8000 * np.sin(np.arange(32_000) * 2 * np.pi * 400 / CAPTURE_RATE_HZ)).astype(np.int16)
    for start in range(0, len(tone), BLOCK):
        field.played(tone[start : start + BLOCK], CAPTURE_RATE_HZ, start / CAPTURE_RATE_HZ)

    heard = field.heard(0.5, 16_000, 1.01 / CAPTURE_RATE_HZ)

    assert np.argmax(np.abs(np.fft.rfft(heard))) == 404


def test_the_room_forgets_old_sound_and_goes_on() -> None:
    field = EchoField(EchoPath(BOOTH, delay_s=0.0), 1.0)
    block = np.full(BLOCK, 5000, np.int16)
    for number in range(1000):
        field.played(block, CAPTURE_RATE_HZ, number * 0.02)

    assert not np.any(field.heard(1.0, 320, 1 / CAPTURE_RATE_HZ))
    assert (
        np.ptp(field.heard(19.0, 320, 1 / CAPTURE_RATE_HZ))
        < 0.01
        < np.min(np.abs(field.heard(19.0, 320, 1 / CAPTURE_RATE_HZ)))
    )


def test_customers_are_heard_when_they_speak() -> None:
    air = Air()
    said = air.say("a tone", 0.1 * np.ones(1600), 50.0)

    before, begins = air.heard(0, 49.9, 1600, 1 / CAPTURE_RATE_HZ), air.heard(1600, 50.0, 1600, 1 / CAPTURE_RATE_HZ)

    assert (said.begins, said.ends) == (50.0, 50.1)
    assert np.abs(before).max() < 200
    assert begins.min() > 3000


def test_the_microphone_delivers_frames_on_its_own_clock() -> None:
    async def listen() -> list[MicFrame]:
        clock = VirtualClock()
        microphone = RoomMicrophone(Air(), clock, lambda: None, drift_ppm=10_000.0, jitter_s=0.0)
        frames = []
        async for event in microphone.frames():
            assert isinstance(event, MicFrame)
            frames.append(event)
            if len(frames) == 100:
                await microphone.aclose()
        return frames

    frames = run_virtual(listen())

    assert frames[-1].captured_at - frames[0].captured_at == pytest.approx(99 * 0.02 * 1.01)
    assert all(frame.audio.samples == 320 for frame in frames)


def test_the_speaker_tells_what_content_sounded_whatever_its_gain() -> None:
    async def speak() -> tuple[AudioChunk, AudioChunk, float]:
        clock = VirtualClock()
        taps: list[float] = []
        speaker = RoomSpeaker(clock, lambda *block: taps.append(block[2]))
        began = clock.monotonic()
        speaker.set_gain_db(-20.0)
        said = AudioChunk(pcm(voice(1.0)))
        await speaker.play(said)
        await speaker.drain()
        heard = speaker.heard(began, clock.monotonic())
        return said, speaker.content(heard), taps[1] - taps[0]

    said, content, block_s = run_virtual(speak())

    assert content.pcm == said.pcm
    assert block_s == pytest.approx(BLOCK / CAPTURE_RATE_HZ)


@pytest.mark.parametrize(
    ("transcript", "heard"),
    [
        ("", (0, 0)),
        ("The drover", (2, 2)),
        ("the drover back pack twenty-eight", (4, 4)),
        ("The Drover backpack 28 litres costs eighty", (6, 7)),
        ("The Drover backpack 28 litres cost eighty five pounds.", (7, 7)),
        ("Rover backpack twenty eight litres costs £85. It has a rain cove", (12, 12)),
    ],
)
def test_words_of_a_cut_answer_are_counted(transcript: str, heard: tuple[int, int]) -> None:
    assert words_heard(ANSWER, transcript) == heard


def test_a_lost_and_a_repeated_clause_are_noticed() -> None:
    assert difference(ANSWER, ANSWER) == 0
    assert (
        difference(ANSWER, "The Drover backpack twenty-eight litres cost £85. It has a rain cover and a laptop sleeve")
        < 0.05
    )
    assert difference(ANSWER, "The Drover Backpack 28 Litres costs £85.") > 0.4
    assert difference(ANSWER, f"It has a rain cover. {ANSWER}") > 0.2


def test_numbers_are_spelt_out() -> None:
    assert plain("0 19 20 42 100 179 1400") == [
        *(["zero", "nineteen", "twenty", "forty", "two", "one", "hundred", "one", "hundred", "seventy", "nine"]), "1400",
    ]  # fmt: skip


@pytest.mark.parametrize("make", SINGLE.values(), ids=SINGLE.keys())
def test_no_two_sounds_are_alike(make: object) -> None:
    assert callable(make)
    first, second = make(1), make(2)

    assert not np.array_equal(first, second)
    assert np.all(np.isfinite(first))


def test_din_is_as_loud_as_wanted_and_never_pauses() -> None:
    for sound in (babble([voice(3.0)], seconds=10.0), music(seconds=10.0)):
        din = loud(sound, -30.0)
        assert loudness_db(din) == pytest.approx(-30.0, abs=0.01)
        assert min(loudness_db(din[at : at + 8000]) for at in range(0, len(din) - 8000, 8000)) > -45


def test_clips_are_as_loud_as_customers() -> None:
    assert speech_rms(clip_of("", 3 * voice(2.0)).sound) == pytest.approx(CUSTOMER_RMS)


def _samples(per_hour: float, *, threads: int = 0) -> list[Sample]:
    return [
        Sample(60.0 * n, 400 + 50 * np.exp(-n) + per_hour * n / 60, 160.0, 20 + (threads if n > 22 else 0), 40 + n % 2)
        for n in range(30)
    ]


def test_a_leak_is_told_from_warming_up() -> None:
    assert judged(_samples(0.5)).passed
    assert not judged(_samples(1.5)).passed
    assert not judged(_samples(0.0, threads=1)).passed
    assert judged(_samples(1.5)).kiosk_per_hour == pytest.approx(1.5, abs=0.1)


def test_a_kiosk_that_says_nothing_does_not_pass_for_one_that_does_not_grow() -> None:
    samples = _samples(0.0)
    assert report(samples, len(samples), short=False) == 0
    assert report(samples, len(samples) // 2, short=False) == 1

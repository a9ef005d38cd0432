"""Laughter is even, and a hum hisses nowhere; speech and steady sounds are otherwise."""

from __future__ import annotations

import asyncio
import math
import random
from array import array

import pytest

from holo_app.dialogue.events import Event, Transcribed
from holo_app.dialogue.hearing import Recognition
from holo_app.dialogue.troubles import TroubleBoard
from holo_app.dialogue.voice_sounds import evenness, hisses, sounds_like_laughter
from holo_app.domain.audio import CAPTURE_RATE_HZ, AudioChunk
from tests.fakes.script import SpokenScript
from tests.fakes.stt import FakeStt
from tests.fakes.virtual_time import VirtualClock, virtual_time


def bursts(gaps_s: list[float], length_s: float = 0.1, rest_s: float = 0.4) -> AudioChunk:
    """Bursts of a buzz, so far from one to the next, with silence around them."""
    samples = array("h", bytes(2 * round(rest_s * CAPTURE_RATE_HZ)))
    for gap_s in gaps_s:
        for index in range(round(gap_s * CAPTURE_RATE_HZ)):
            at_s = index / CAPTURE_RATE_HZ
            swell = math.sin(math.pi * at_s / length_s) if at_s < length_s else 0.0
            samples.append(round(8000 * swell * math.sin(2 * math.pi * 260 * at_s)))
    samples.extend(array("h", bytes(2 * round(0.2 * CAPTURE_RATE_HZ))))
    return AudioChunk(samples.tobytes())


@pytest.mark.parametrize("pace_s", [0.17, 0.21, 0.27])
def test_even_bursts_are_laughter(pace_s: float) -> None:
    rng = random.Random(1)  # noqa: S311 - sound, no secret
    assert sounds_like_laughter(bursts([pace_s + rng.uniform(-0.015, 0.015) for _ in range(6)]))


def test_syllables_come_as_they_please() -> None:
    assert evenness(bursts([0.14, 0.31, 0.19, 0.42, 0.16, 0.27], length_s=0.13)) < 0.6


def test_what_is_short_steady_or_silent_is_no_laughter() -> None:
    assert evenness(bursts([0.2, 0.2])) == 0.0
    assert evenness(AudioChunk(bytes(64000))) == 0.0
    assert evenness(AudioChunk(b"")) == 0.0
    assert evenness(AudioChunk(array("h", [5000, -5000] * 16000).tobytes())) == 0.0


def tone(hz: float, seconds: float, level: int = 6000) -> AudioChunk:
    count = round(seconds * CAPTURE_RATE_HZ)
    waves = (round(level * math.sin(2 * math.pi * hz * index / CAPTURE_RATE_HZ)) for index in range(count))
    return AudioChunk(array("h", waves).tobytes())


def test_a_hum_does_not_hiss_and_a_consonant_does() -> None:
    rng = random.Random(2)  # noqa: S311 - sound, no secret
    hum = tone(180.0, 0.4)
    hiss = array("h", (rng.randrange(-2000, 2000) for _ in range(1600))).tobytes()
    faint = array("h", (rng.randrange(-100, 100) for _ in range(8000))).tobytes()
    assert not hisses(hum)
    assert not hisses(AudioChunk(faint + hum.pcm + faint))
    assert hisses(AudioChunk(hiss + hum.pcm))
    assert not hisses(AudioChunk(b""))


@virtual_time
async def test_a_short_sound_is_told_with_whether_it_hums() -> None:
    told: list[Event] = []
    recognition = Recognition(FakeStt(SpokenScript()), None, VirtualClock(), TroubleBoard(lambda _: None), told.append)
    recognition.transcribe(1, 0, tone(180.0, 0.4))
    await asyncio.sleep(1)
    recognition.transcribe(1, 1, tone(5500.0, 0.4))
    await asyncio.sleep(1)
    assert [event.hums for event in told if isinstance(event, Transcribed)] == [True, False]


@virtual_time
async def test_nobody_asks_what_laughter_said() -> None:
    told: list[Event] = []
    stt = FakeStt(SpokenScript())
    recognition = Recognition(stt, None, VirtualClock(), TroubleBoard(lambda _: None), told.append)
    recognition.transcribe(1, 0, bursts([0.21] * 6))
    await asyncio.sleep(1)
    assert [event.text for event in told if isinstance(event, Transcribed)] == [""]
    assert stt.calls == 0

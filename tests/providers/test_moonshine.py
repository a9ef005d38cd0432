from __future__ import annotations

import ctypes
import gc
from contextlib import aclosing
from pathlib import Path

import numpy as np
import pytest
import soxr
from numpy.typing import NDArray

from holo_app.domain.audio import CAPTURE_RATE_HZ, AudioChunk
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.stt import SpeechToText
from holo_app.providers.moonshine.stt import MoonshineStt, tidy
from holo_app.providers.utterance.loudness import levelled, may_hold_speech
from holo_app.resources import model_folder
from tests.contracts.recording import as_stream, question

Floats = NDArray[np.float32]


def samples(audio: AudioChunk) -> Floats:
    return np.frombuffer(audio.pcm, "<i2").astype(np.float32) / np.float32(32_768)


def chunk(sound: Floats, rate_hz: int = CAPTURE_RATE_HZ) -> AudioChunk:
    return AudioChunk((np.clip(sound, -1, 1) * 32_767).astype("<i2").tobytes(), rate_hz)


def hiss(loudness: float, seconds: float = 2.0) -> Floats:
    return np.random.default_rng(1).normal(0, loudness, round(seconds * CAPTURE_RATE_HZ)).astype(np.float32)


async def hear(stt: SpeechToText, *chunks: AudioChunk) -> str:
    async with aclosing(stt.transcribe(as_stream(*chunks), language="en")) as transcripts:
        return [transcript.text async for transcript in transcripts][-1]


def test_speech_is_worth_hearing_also_when_it_is_quiet_or_in_noise() -> None:
    speech = samples(question())

    assert may_hold_speech(speech)
    assert may_hold_speech(speech * np.float32(0.03))
    assert may_hold_speech(speech + hiss(0.01, 10)[: len(speech)])


@pytest.mark.parametrize(
    "sound",
    [hiss(0), hiss(0.001), hiss(0.003), hiss(0.1), hiss(0.1, 0.1), np.sin(np.arange(32_000) / 20).astype(np.float32)],
    ids=["nothing", "faint", "hiss", "roar", "blip", "hum"],
)
def test_silence_and_steady_noise_are_not(sound: Floats) -> None:
    assert not may_hold_speech(sound)


def test_levelled_sound_has_one_loudness_and_air_around_it() -> None:
    loud, quiet = levelled(hiss(0.2)), levelled(hiss(0.005))

    assert np.max(np.abs(loud)) == pytest.approx(0.9)
    assert np.max(np.abs(quiet)) == pytest.approx(0.9)
    assert not np.any(loud[:800])
    assert not np.any(loud[-800:])
    assert np.max(np.abs(levelled(hiss(1e-5)))) < 0.01


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("  How much\n is  it? ", "How much is it?"),
        ("You", ""),
        ("It'", ""),
        ("…", ""),
        ("", ""),
        ("You there?", "You there?"),
        ("No.", "No."),
    ],
)
def test_text_is_one_line_and_made_up_words_are_dropped(text: str, tidied: str) -> None:
    assert tidy(text) == tidied


@pytest.mark.models
async def test_noise_gives_no_words_and_other_rates_are_understood() -> None:
    sound = samples(question())
    async with aclosing(MoonshineStt(model_folder("moonshine-tiny-en"))) as stt:
        await stt.warm_up()
        for noise in (hiss(0.003), hiss(0.05)):
            assert await hear(stt, chunk(noise)) == ""
        for rate_hz in (8_000, 22_050, 48_000):
            heard = await hear(stt, chunk(soxr.resample(sound, CAPTURE_RATE_HZ, rate_hz), rate_hz))
            assert "battery last" in heard
        with pytest.raises(ProviderError, match="rate changes"):
            await hear(stt, question(), AudioChunk(bytes(20), 8_000))


@pytest.mark.models
async def test_sounds_of_many_lengths_leave_nothing_behind() -> None:
    def array_types() -> int:
        gc.collect()
        return sum(isinstance(thing, type(ctypes.c_float * 1)) for thing in gc.get_objects())

    sound = samples(question())
    async with aclosing(MoonshineStt(model_folder("moonshine-tiny-en"))) as stt:
        await hear(stt, chunk(sound))
        before = array_types()
        for left_out in (320, 640, 960):
            assert await hear(stt, chunk(sound[left_out:]))
        assert array_types() == before


def test_a_folder_without_the_model_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ProviderError) as caught:
        MoonshineStt(tmp_path)
    assert caught.value.category is FailureCategory.UNAVAILABLE

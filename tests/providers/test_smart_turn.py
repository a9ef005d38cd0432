from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from holo_app.domain.audio import AudioChunk
from holo_app.providers.smart_turn.features import WINDOW_SAMPLES, last_window, log_mel
from holo_app.providers.smart_turn.model import SmartTurn
from holo_app.resources import model_file

RATE_HZ = 16_000
Doubles = NDArray[np.float64]


def tone(hz: float, seconds: float = 8.0) -> NDArray[np.float32]:
    return np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ).astype(np.float32)


def textbook_column(sound: NDArray[np.float32], frame: int) -> Doubles:
    """The 80 band energies of one frame, by the definition of the transform and of each triangle, without any shortcut."""
    levelled = (sound - sound.mean(dtype=float)) / np.sqrt(sound.var(dtype=float) + 1e-7)
    middle = frame * 160
    n = np.arange(400)
    piece = levelled[middle - 200 : middle + 200] * np.sin(np.pi * n / 400) ** 2
    bins = np.arange(201)
    power = np.abs(np.exp(-2j * np.pi * np.outer(bins, n) / 400) @ piece) ** 2
    top = 15 + 27 * np.log(8) / np.log(6.4)
    mels = np.array([i * top / 81 for i in range(82)])
    hz = np.array([m * 200 / 3 if m < 15 else 1000 * 6.4 ** ((m - 15) / 27) for m in mels])
    bands = []
    for low, peak, high in zip(hz, hz[1:], hz[2:], strict=False):
        weights = [max(0.0, min((b * 40 - low) / (peak - low), (high - b * 40) / (high - peak))) for b in bins]
        bands.append(2 / (high - low) * np.dot(weights, power))
    return np.log10(np.maximum(bands, 1e-10))


def test_features_are_those_of_the_definition() -> None:
    sound = np.random.default_rng(0).normal(0, 0.1, WINDOW_SAMPLES).astype(np.float32)
    features = log_mel(sound)

    assert features.shape == (80, 800)
    assert features.dtype == np.float32
    for frame in (10, 400, 790):
        assert features[:, frame] == pytest.approx((textbook_column(sound, frame) + 4) / 4, abs=1e-4)


def test_loudness_does_not_matter_and_quiet_parts_are_cut_off() -> None:
    sound = tone(440) * np.linspace(0, 1, WINDOW_SAMPLES, dtype=np.float32)

    assert log_mel(sound * np.float32(0.1)) == pytest.approx(log_mel(sound), abs=1e-3)
    assert np.ptp(log_mel(sound)) == pytest.approx(2.0)


def test_a_higher_tone_lies_in_a_higher_band() -> None:
    bands = [int(np.argmax(log_mel(tone(hz)).mean(axis=1))) for hz in (100, 440, 1000, 3000, 7000)]

    assert bands == sorted(set(bands))


def test_silence_has_features_too() -> None:
    assert np.isfinite(log_mel(np.zeros(WINDOW_SAMPLES, dtype=np.float32))).all()


def test_the_window_is_the_last_eight_seconds_with_silence_in_front() -> None:
    short, long = tone(440, 1), tone(440, 9)

    assert not np.any(last_window(short)[: 7 * RATE_HZ])
    assert np.array_equal(last_window(short)[7 * RATE_HZ :], short)
    assert np.array_equal(last_window(long), long[RATE_HZ:])
    with pytest.raises(ValueError, match="128000 samples"):
        log_mel(short)


@pytest.mark.models
async def test_another_rate_is_a_bug_of_the_caller() -> None:
    model = SmartTurn(model_file("smart-turn", "smart-turn-v3.2-cpu.onnx"), threads=1)
    await model.warm_up()
    with pytest.raises(ValueError, match="16000 Hz"):
        await model.probability(AudioChunk(bytes(200), 8_000))
    await model.aclose()

"""Log-mel features as the Whisper encoder hears them, for a window of 8 s.

Source: Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision" (2022), section 2.2: 80 mel bands,
25 ms windows every 10 ms; the mel scale and the area normalisation of the bands are those of Slaney's Auditory Toolbox.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from holo_app.domain.audio import CAPTURE_RATE_HZ

Floats = NDArray[np.float32]

WINDOW_SAMPLES = 8 * CAPTURE_RATE_HZ
_FFT = 400
_HOP = 160
_BANDS = 80
_LINEAR_TOP_HZ = 1_000.0
_LINEAR_HZ_PER_MEL = 200 / 3
_MELS_PER_LOG_HZ = 27 / np.log(6.4)
_DYNAMIC_RANGE = 8.0
"""Decades below the loudest point at which the picture is cut off."""


def log_mel(samples: Floats) -> Floats:
    """The features of exactly WINDOW_SAMPLES samples, (80 bands, 800 frames), about −1..1.

    The window is brought to mean 0 and variance 1 first, so that loudness does not matter.
    """
    if samples.shape != (WINDOW_SAMPLES,):
        raise ValueError(f"the window holds {WINDOW_SAMPLES} samples")
    levelled = (samples - samples.mean()) / np.sqrt(samples.var() + np.float32(1e-7))
    edged = np.pad(levelled, _FFT // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(edged, _FFT)[:WINDOW_SAMPLES:_HOP]
    spectrum = np.fft.rfft(frames * _hann())
    power = spectrum.real**2 + spectrum.imag**2
    picture = np.log10(np.maximum(_mel_bands() @ power.T, 1e-10))
    picture = np.maximum(picture, picture.max() - _DYNAMIC_RANGE)
    features: Floats = ((picture + 4) / 4).astype(np.float32)
    return features


def last_window(samples: Floats) -> Floats:
    """The last 8 s; what is shorter gets silence in front, so that the end of speech is always at the same place."""
    return np.pad(samples[-WINDOW_SAMPLES:], (max(0, WINDOW_SAMPLES - len(samples)), 0))


@cache
def _hann() -> Floats:
    phase = 2 * np.pi * np.arange(_FFT) / _FFT
    return (0.5 - 0.5 * np.cos(phase)).astype(np.float32)


@cache
def _mel_bands() -> Floats:
    """Triangles of equal area, (80, 201), evenly spaced in mel from 0 Hz to half the sample rate."""
    bins_hz = np.linspace(0, CAPTURE_RATE_HZ / 2, _FFT // 2 + 1)
    edges_hz = _to_hz(np.linspace(0, _to_mel(CAPTURE_RATE_HZ / 2), _BANDS + 2))
    low, peak, high = (edges_hz[i : i + _BANDS, np.newaxis] for i in range(3))
    rising = (bins_hz - low) / (peak - low)
    falling = (high - bins_hz) / (high - peak)
    triangles = np.maximum(0, np.minimum(rising, falling))
    return (triangles * 2 / (high - low)).astype(np.float32)


def _to_mel(hz: float) -> float:
    """For frequencies above 1 kHz, where the scale is logarithmic."""
    return float(_LINEAR_TOP_HZ / _LINEAR_HZ_PER_MEL + np.log(hz / _LINEAR_TOP_HZ) * _MELS_PER_LOG_HZ)


def _to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    beyond = np.maximum(0, mel - _LINEAR_TOP_HZ / _LINEAR_HZ_PER_MEL)
    linear = np.minimum(mel * _LINEAR_HZ_PER_MEL, _LINEAR_TOP_HZ)
    return np.where(beyond > 0, _LINEAR_TOP_HZ * np.exp(beyond / _MELS_PER_LOG_HZ), linear)

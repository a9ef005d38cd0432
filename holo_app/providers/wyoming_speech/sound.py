"""The sound that a server sends, as the product passes it around."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from wyoming.event import Event

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.http.json_values import count_in

_DTYPES = {2: "<i2", 4: "<i4"}
_RATES_HZ = range(4_000, 200_000)
_MOST_CHANNELS = 8


@dataclass(frozen=True, slots=True)
class Sound:
    """pcm: mono, 16-bit little-endian."""

    pcm: bytes
    rate_hz: int


def sound_of(provider: str, event: Event) -> Sound:
    """What an `audio-chunk` holds; several channels are mixed. Of one channel it may end within a sample.

    Raises: ProviderError(BAD_RESPONSE): it holds nothing that can be played.
    """
    rate_hz, width, channels = (count_in(event.data, key) for key in ("rate", "width", "channels"))
    pcm = event.payload or b""
    if rate_hz not in _RATES_HZ or width not in _DTYPES or not 1 <= channels <= _MOST_CHANNELS:
        raise ProviderError(
            provider, FailureCategory.BAD_RESPONSE, f"{rate_hz} Hz, {width} bytes, {channels} channels of sound"
        )
    if (width, channels) == (2, 1):
        return Sound(pcm, rate_hz)
    if len(pcm) % (width * channels):
        raise ProviderError(provider, FailureCategory.BAD_RESPONSE, "a piece of sound ends within a sample")
    frames = np.frombuffer(pcm, _DTYPES[width]).reshape(-1, channels).mean(axis=1)
    return Sound((frames / (1 << 8 * (width - 2))).astype("<i2").tobytes(), rate_hz)

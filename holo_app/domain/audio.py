"""Sound as the whole product passes it around: mono, 16-bit little-endian PCM, with its rate."""

from __future__ import annotations

from dataclasses import dataclass

CAPTURE_RATE_HZ = 16_000
"""Every microphone delivers this rate: it is what the speech models hear."""

BYTES_PER_SAMPLE = 2


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """A run of mono PCM16 samples.

    pcm: little-endian 16-bit samples; its length is even. rate_hz: samples per second.
    """

    pcm: bytes
    rate_hz: int = CAPTURE_RATE_HZ

    def __post_init__(self) -> None:
        if len(self.pcm) % BYTES_PER_SAMPLE:
            raise ValueError("PCM16 audio must hold a whole number of samples")
        if self.rate_hz <= 0:
            raise ValueError("the sample rate must be positive")

    @property
    def samples(self) -> int:
        """Number of samples."""
        return len(self.pcm) // BYTES_PER_SAMPLE

    @property
    def seconds(self) -> float:
        """Duration."""
        return self.samples / self.rate_hz


def silence(seconds: float, rate_hz: int = CAPTURE_RATE_HZ) -> AudioChunk:
    """`seconds` of digital silence."""
    return AudioChunk(bytes(BYTES_PER_SAMPLE * round(seconds * rate_hz)), rate_hz)

"""Sound on its way to a recogniser: checked, and cut into frames."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection

from holo_app.domain.audio import BYTES_PER_SAMPLE, AudioChunk
from holo_app.errors import FailureCategory, ProviderError


def check_language(provider: str, language: str, known: Collection[str]) -> None:
    """Raises: ProviderError(BAD_REQUEST): the recogniser does not know the language."""
    if language not in known:
        raise ProviderError(provider, FailureCategory.BAD_REQUEST, f"language {language} is not understood")


async def first_sound(audio: AsyncIterator[AudioChunk]) -> AudioChunk | None:
    """The first chunk that holds any samples; None where there is none."""
    async for chunk in audio:
        if chunk.pcm:
            return chunk
    return None


async def all_sound(provider: str, audio: AsyncIterator[AudioChunk], *, least_s: float) -> AudioChunk | None:
    """The whole utterance, with silence behind it where it is shorter than least_s; None where there is none.

    Raises: ProviderError(BAD_REQUEST): its sample rate changes.
    """
    chunks = [chunk async for chunk in audio if chunk.pcm]
    if not chunks:
        return None
    rate_hz = chunks[0].rate_hz
    for chunk in chunks:
        check_rate(provider, chunk, rate_hz)
    return AudioChunk(lengthened(b"".join(chunk.pcm for chunk in chunks), rate_hz, least_s), rate_hz)


def check_rate(provider: str, chunk: AudioChunk, rate_hz: int) -> None:
    """Raises: ProviderError(BAD_REQUEST): the chunk has another sample rate."""
    if chunk.rate_hz != rate_hz:
        raise ProviderError(provider, FailureCategory.BAD_REQUEST, "the sample rate changes within the utterance")


def lengthened(pcm: bytes, rate_hz: int, least_s: float) -> bytes:
    """The sound, with silence behind it where it is shorter than least_s."""
    return pcm + bytes(max(0, BYTES_PER_SAMPLE * round(least_s * rate_hz) - len(pcm)))


class Frames:
    """Cuts the sound of one utterance into frames of the same length."""

    def __init__(self, provider: str, rate_hz: int, frame_s: float) -> None:
        self._provider = provider
        self._rate_hz = rate_hz
        self._size = BYTES_PER_SAMPLE * round(frame_s * rate_hz)
        self._held = bytearray()

    def push(self, chunk: AudioChunk) -> list[bytes]:
        """The frames that are full now. Raises: ProviderError(BAD_REQUEST): the sample rate changes."""
        check_rate(self._provider, chunk, self._rate_hz)
        self._held += chunk.pcm
        full = len(self._held) // self._size * self._size
        frames = [bytes(self._held[at : at + self._size]) for at in range(0, full, self._size)]
        del self._held[:full]
        return frames

    def rest(self, *, least_s: float) -> bytes:
        """What is left, with silence behind it where it is shorter than least_s; empty where nothing is left."""
        held, self._held = bytes(self._held), bytearray()
        return lengthened(held, self._rate_hz, least_s) if held else b""

    def seconds(self, frame: bytes) -> float:
        """How long a frame is."""
        return len(frame) / BYTES_PER_SAMPLE / self._rate_hz

"""Taking the kiosk's own voice out of what its microphone hears."""

from __future__ import annotations

from typing import Protocol

from holo_app.domain.audio import BYTES_PER_SAMPLE, CAPTURE_RATE_HZ

ECHO_FRAME_SAMPLES = CAPTURE_RATE_HZ // 100
"""10 ms."""

ECHO_FRAME_BYTES = ECHO_FRAME_SAMPLES * BYTES_PER_SAMPLE
"""A frame as bytes: mono PCM16, little-endian."""

ECHO_REACH_S = 0.1
"""A canceller finds an echo that begins within this time after the frame that was played."""


class EchoCanceller(Protocol):
    """Learns how the speaker sounds at the microphone, and subtracts it.

    Both calls take frames of exactly ECHO_FRAME_BYTES (10 ms of CAPTURE_RATE_HZ mono PCM16), in stream order and in turn:
    `played`, then `cleaned` for the frame that was heard meanwhile. Silence is played too. An echo may begin 0 to
    ECHO_REACH_S after its sound was played, and never before; a caller who cannot promise that aligns the streams first.
    Loudness and spectrum of a near voice stay as they are: no gain control, no noise suppression, but hum below
    100 Hz may go. What comes out may lag what goes in by up to 10 ms.

    Synchronous, well under a millisecond a call; one thread at a time. Raises: ProviderError: only where it is made.
    """

    def played(self, frame: bytes) -> None:
        """The next 10 ms of the speaker. Raises: ValueError: another frame size."""
        ...

    def cleaned(self, frame: bytes) -> bytes:
        """The next 10 ms of the microphone without the echo, as long as it came. Raises: ValueError: another frame size."""
        ...

    def reset(self) -> None:
        """Forget the room: the devices changed."""
        ...


def checked_echo_frame(frame: bytes) -> bytes:
    """The frame as it came. Raises: ValueError: it does not hold ECHO_FRAME_BYTES."""
    if len(frame) != ECHO_FRAME_BYTES:
        raise ValueError(f"a frame holds {ECHO_FRAME_SAMPLES} samples, not {len(frame) / BYTES_PER_SAMPLE:g}")
    return frame

"""The character's voice goes out here; its clock is the clock of the lips."""

from __future__ import annotations

from typing import Protocol

from holo_app.domain.audio import AudioChunk


class Speaker(Protocol):
    """Plays queued PCM in order and knows what has left the device.

    Positions are seconds on the **content timeline**: the audio ever queued with `play`, laid end to end. Silence that the
    device plays while nothing is queued does not count; audio dropped by `stop` does count as passed (the timeline
    jumps over it), so positions only grow.
    """

    async def play(self, audio: AudioChunk) -> float:
        """Queue audio of any rate (resampled to the device's). Returns its start on the content timeline.

        Waits while more than about a second is queued, so that a cancelled reply never has much to drop. Cancelled while it
        waits, it queues nothing; when `stop` is called while it waits, it queues nothing and returns `end_s()`.
        Does not raise when the device is gone: the audio is then consumed in real time, unheard, and `available` is False.
        """
        ...

    def position_s(self) -> float:
        """How much of the content timeline has left the device, interpolated between callbacks, latency taken off."""
        ...

    def end_s(self) -> float:
        """Where what is queued ends; equal to `position_s()` when nothing is left to play."""
        ...

    async def drain(self) -> None:
        """Return when all that was queued has left the device."""
        ...

    def stop(self) -> float:
        """Drop what is queued, and every `play` that waits, with a fade of about 10 ms, in ≤ 50 ms. Ends a pause.

        Returns the position up to which audio is heard, what the device has taken already and the fade included;
        `position_s()` is `end_s()` at once.
        """
        ...

    def set_gain_db(self, gain_db: float, *, ramp_s: float = 0.03) -> None:
        """Change loudness smoothly; −20 ducks, 0 restores."""
        ...

    def pause(self) -> None:
        """Hold the content timeline where it is, after a fade of about 10 ms; the device plays silence."""
        ...

    def resume(self) -> None:
        """Go on after `pause` at the same sample."""
        ...

    @property
    def available(self) -> bool:
        """Whether a device is really playing."""
        ...

    async def aclose(self) -> None:
        """Free the device and every thread. May be called twice."""
        ...

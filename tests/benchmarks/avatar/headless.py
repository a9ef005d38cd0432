"""The conversation without a window: engine, pictures and a hologram that only looks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from holo_app.audio.virtual import VirtualSpeaker
from holo_app.bootstrap.clock import SystemClock
from holo_app.bootstrap.devices import PlaybackClock
from holo_app.ui.cloud_frames import CloudFrames
from tests.benchmarks.avatar.measures import Seen
from tests.benchmarks.avatar.scenario import SENTENCES, Conversation, Marks, avatar_at
from tests.benchmarks.avatar.sink import Sink

RATE_HZ = 24_000


async def watched(
    base_url: str,
    kick: Callable[[], Awaitable[None]],
    *,
    sentences: Sequence[str] = SENTENCES,
    settling_s: float = 3.0,
) -> tuple[Seen, Marks]:
    """Hold it at an emulated service, and look."""
    frames, clock = CloudFrames(), SystemClock()
    speaker = VirtualSpeaker(clock, rate_hz=RATE_HZ)
    lips = PlaybackClock(speaker, clock)
    sink = Sink(frames, lips.position_s)
    avatar = avatar_at(base_url, frames)
    publish = frames.publishing(lambda _: None)
    talk = Conversation(avatar, speaker, publish, kick, sentences=sentences, settling_s=settling_s)
    try:
        with sink.looking():
            async with lips.running():
                marks = await talk.run()
    finally:
        await avatar.aclose()
        await speaker.aclose()
    return sink.seen(), marks

"""A photo-real character in the cloud: a voice with a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from holo_app.domain.usage import Unit
from holo_app.ports.tts import TextToSpeech


class AvatarState(StrEnum):
    """What became of the session."""

    CLOSED = "closed"
    OPENING = "opening"
    LIVE = "live"
    UNSTEADY = "unsteady"
    """The connection is being mended; nothing is said or shown meanwhile."""


@dataclass(frozen=True, slots=True)
class AvatarFrame:
    """One picture of the character.

    rgba: height × width × 4 bytes, sRGB, top row first; nobody writes to it any more. at_s: when it came, monotonic seconds.
    utterance: which one's (see `ports.tts.Pictured`). sound_s: the second of that utterance's sound which it belongs to; None:
    it belongs to no sound.
    """

    width: int
    height: int
    rgba: bytes | bytearray | memoryview
    at_s: float
    utterance: int = 0
    sound_s: float | None = None

    @property
    def size_bytes(self) -> int:
        """What it takes of memory."""
        return len(self.rgba)


class AvatarScreen(Protocol):
    """Shows the pictures when their sound is heard. Thread-safe; never fails and never blocks."""

    def show(self, frame: AvatarFrame) -> None:
        """Show it in its turn. In the order in which they were seen by the camera."""
        ...

    def cut(self, utterance: int, sound_s: float = 0.0) -> None:
        """Nothing of the utterance from that second on will be heard: what belongs there is not shown."""
        ...

    def clear(self) -> None:
        """There is no cloud avatar now: forget its pictures at once."""
        ...


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left to use up. whole: of how much, where that is known."""

    left: float
    unit: Unit
    whole: float | None = None


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that somebody pays for until it is ended."""

    provider: str
    id: str
    opened: datetime


class SessionBook(Protocol):
    """Remembers, over a crash and a power cut, which sessions are open. Blocking: call it in a thread.

    Never fails: a kiosk that cannot write one down still ends it when it is over.
    """

    def note(self, session: OpenSession) -> None:
        """It was opened. On the disk when this returns."""
        ...

    def open_sessions(self, provider: str) -> Sequence[OpenSession]:
        """Those that were not ended as far as is known, the oldest first."""
        ...

    def forget(self, provider: str, session_id: str) -> None:
        """It is ended."""
        ...


class TalkingAvatar(TextToSpeech, Protocol):
    """A TextToSpeech whose pictures go to an AvatarScreen while a session lives.

    A session costs by its time. It begins with `open`, or with the first synthesis; it ends by itself when nobody has used it
    for a while, when its longest time is over, and with `close` and `aclose`. The sound comes as fast as it is spoken, each
    chunk with its `pictures`.
    """

    @property
    def state(self) -> AvatarState: ...

    async def open(self) -> None:
        """Return when the character is there. Raises: ProviderError."""
        ...

    async def interrupt(self) -> None:
        """Say no more of what is being said; the synthesis ends. Never fails."""
        ...

    async def close(self) -> None:
        """End the session, if there is one; it may be opened again. Never fails."""
        ...

    async def quota(self) -> Quota | None:
        """What is left of the account; None where the provider does not say. Raises: ProviderError."""
        ...

    async def end_orphans(self) -> int:
        """End the sessions that an earlier run left open; how many. Never fails: one that could not be ended is kept noted."""
        ...

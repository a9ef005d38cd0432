"""A room with an avatar in it, whatever library reaches it: sound and pictures on one clock, and messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from holo_app.errors import FailureCategory

RATE_HZ = 24_000
"""Of the sound that a room gives."""


@dataclass(frozen=True, slots=True)
class Sound:
    """pcm: mono PCM16 at RATE_HZ, without a gap after the one before. from_s: where it begins on the room's clock."""

    pcm: bytes
    from_s: float

    @property
    def seconds(self) -> float:
        """Its length."""
        return len(self.pcm) / 2 / RATE_HZ


@dataclass(frozen=True, slots=True)
class Picture:
    """rgba: as in AvatarFrame. seen_s: the second on the room's clock whose sound it belongs to. at_s: monotonic."""

    width: int
    height: int
    rgba: bytes | bytearray | memoryview
    seen_s: float
    at_s: float


@dataclass(frozen=True, slots=True)
class Message:
    """Data from the avatar."""

    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Shaken:
    """The connection broke and is being mended."""


@dataclass(frozen=True, slots=True)
class Mended:
    """It goes on."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The room is over for us, and nothing more comes from it."""

    category: FailureCategory
    reason: str


RoomEvent = Sound | Picture | Message | Shaken | Mended | Gone
Hear = Callable[[RoomEvent], None]
"""Told of each event on the event loop, in order; must not block."""


class Room(Protocol):
    """A room that was joined."""

    async def send(self, payload: bytes, *, topic: str = "", to: str = "") -> None:
        """Send data, in order and without loss. to: the identity that gets it; empty: all. Raises: ProviderError."""
        ...

    async def aclose(self) -> None:
        """Leave. May be called twice; nothing is heard after it."""
        ...


@dataclass(frozen=True, slots=True)
class Door:
    """How a room is joined. avatar: the identity whose tracks are the avatar's; empty: whoever is there."""

    url: str
    token: str
    avatar: str = ""


class JoinRoom(Protocol):
    """Joins a room. Raises: ProviderError, named after `provider`."""

    async def __call__(self, provider: str, door: Door, hear: Hear) -> Room: ...

"""What a vendor has to bring whose avatars live in LiveKit rooms: how sessions are made and ended, and told to speak."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from holo_app.errors import ProviderError
from holo_app.ports.avatar import Quota
from holo_app.ports.tts import SpeechChunk
from holo_app.providers.livekit_room.room import Door, Message, Room


@dataclass(frozen=True, slots=True)
class Ticket:
    """A session that was made. longest_s: the vendor ends it then. secret: its token. socket_url: where it takes sound."""

    id: str
    door: Door
    longest_s: float | None = None
    secret: str = ""
    socket_url: str = ""


class Sign(Enum):
    """What an avatar tells of what it was told to say."""

    STARTED = auto()
    ENDED = auto()


@dataclass(frozen=True, slots=True)
class Told:
    """utterance: its number; None: the vendor does not say which, and there is only one."""

    sign: Sign
    utterance: int | None = None


Tell = Callable[[Told | ProviderError], None]
"""What came: a sign, or the failure that ends the session."""

Noted = Callable[[str], Awaitable[None]]
"""Told the id of a session the moment it is known."""


@dataclass(frozen=True, slots=True)
class Saying:
    """What is to be said. spoken: told of each piece of speech, with its cues, where it is made here and not by the vendor."""

    utterance: int
    text: str
    voice: str
    language: str
    spoken: Callable[[SpeechChunk], None]


class Control(Protocol):
    """The way to one session's avatar. Raises, from every method but `heard`: ProviderError."""

    @property
    def brings_cues(self) -> bool:
        """Whether `say` tells of its speech."""
        ...

    async def open(self) -> None:
        """Return when the avatar listens."""
        ...

    async def say(self, saying: Saying) -> None:
        """Have it say this; returns when all of it is sent. Cancelled: `hush` follows."""
        ...

    async def hush(self) -> None:
        """Have it stop."""
        ...

    def heard(self, message: Message) -> None:
        """Data came through the room. What cannot be read is ignored."""
        ...

    async def aclose(self) -> None:
        """Close what is its own; the room is not."""
        ...


class Vendor(Protocol):
    """Sessions of one vendor. Raises: ProviderError.

    name: as registered. model: the avatar, for the account. keep_alive_s: how often a session must be told that it is wanted.
    credits_a_minute: what it costs, where that is known.
    """

    @property
    def name(self) -> str: ...

    @property
    def model(self) -> str: ...

    @property
    def keep_alive_s(self) -> float | None: ...

    @property
    def credits_a_minute(self) -> float | None: ...

    async def create(self, noted: Noted) -> Ticket:
        """Make a session and start it."""
        ...

    def control(self, ticket: Ticket, room: Room, tell: Tell) -> Control:
        """The way to its avatar."""
        ...

    async def keep_alive(self, ticket: Ticket) -> None: ...

    async def end(self, session_id: str, ticket: Ticket | None = None) -> None:
        """End it; one that has ended already is no error. ticket: None where it was made by an earlier run."""
        ...

    async def quota(self) -> Quota | None: ...

    async def aclose(self) -> None: ...

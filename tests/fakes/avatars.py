"""What a cloud avatar needs around it: a screen and a book that remember, and a room without a network."""

from __future__ import annotations

import asyncio
import math
from array import array
from collections.abc import Callable, Sequence
from contextlib import suppress

from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.avatar import AvatarFrame, OpenSession
from holo_app.providers.livekit_room.room import RATE_HZ, Door, Gone, Hear, Message, Picture, RoomEvent, Sound

PIECE_S = 0.02
_TONE_HZ = 500
_LOUD = 9_000


class FakeScreen:
    """An AvatarScreen. Keeps what it was told."""

    def __init__(self) -> None:
        self.frames: list[AvatarFrame] = []
        self.cuts: list[tuple[int, float]] = []
        self.cleared = 0

    def show(self, frame: AvatarFrame) -> None:
        self.frames.append(frame)

    def cut(self, utterance: int, sound_s: float = 0.0) -> None:
        self.cuts.append((utterance, sound_s))

    def clear(self) -> None:
        self.cleared += 1


class FakeBook:
    """A SessionBook in memory. noted: every id that was ever written into it."""

    def __init__(self) -> None:
        self.sessions: dict[tuple[str, str], OpenSession] = {}
        self.noted: list[str] = []

    def note(self, session: OpenSession) -> None:
        self.noted.append(session.id)
        self.sessions[session.provider, session.id] = session

    def open_sessions(self, provider: str) -> Sequence[OpenSession]:
        return [session for (name, _), session in self.sessions.items() if name == provider]

    def forget(self, provider: str, session_id: str) -> None:
        self.sessions.pop((provider, session_id), None)


def piece(*, loud: bool) -> bytes:
    """A piece of a room's sound."""
    samples = round(PIECE_S * RATE_HZ)
    if not loud:
        return bytes(2 * samples)
    return array("h", [round(_LOUD * math.sin(math.tau * _TONE_HZ * i / RATE_HZ)) for i in range(samples)]).tobytes()


Answers = Callable[[bytes], tuple[Sequence[Message], Sequence[Message]] | None]
"""What the avatar tells before and after it has said what it was told; nothing after: nothing is said. None: it is silent."""


class FakeRooms:
    """A JoinRoom. The avatar says everything for `said_pieces` pieces, as fast as they are taken; what joined is in `rooms`.

    failure: nobody comes in. shown: it has pictures.
    """

    def __init__(self, answers: Answers, *, said_pieces: int = 20) -> None:
        self.answers = answers
        self.said_pieces = said_pieces
        self.failure: FailureCategory | None = None
        self.rooms: list[FakeRoom] = []

    async def __call__(self, provider: str, door: Door, hear: Hear) -> FakeRoom:
        if self.failure is not None:
            raise ProviderError(provider, self.failure, "nobody comes in")
        room = FakeRoom(self, door, hear)
        self.rooms.append(room)
        room.tell(Sound(piece(loud=False), room.end_s))
        return room


class FakeRoom:
    """One of them. sent: topic, identity and payload of what the client sent."""

    def __init__(self, rooms: FakeRooms, door: Door, hear: Hear) -> None:
        self.door = door
        self.sent: list[tuple[str, str, bytes]] = []
        self.end_s = 0.0
        self.closed = False
        self._rooms = rooms
        self._hear = hear
        self._acting: set[asyncio.Task[None]] = set()

    def tell(self, event: RoomEvent) -> None:
        """Something happens in the room."""
        if isinstance(event, Sound):
            self.end_s = event.from_s + event.seconds
        if not self.closed:
            self._hear(event)

    def sound(self, *, loud: bool, pieces: int = 1) -> None:
        """The next pieces of its sound."""
        for _ in range(pieces):
            self.tell(Sound(piece(loud=loud), self.end_s))

    def picture(self, at_s: float = 0.0) -> None:
        """A picture that belongs to the sound that is there."""
        self.tell(Picture(2, 1, bytes(8), self.end_s, at_s))

    def kick(self) -> None:
        """The client is put out."""
        self.tell(Gone(FailureCategory.CANCELLED_BY_PEER, "the room was deleted"))

    async def send(self, payload: bytes, *, topic: str = "", to: str = "") -> None:
        self.sent.append((topic, to, payload))
        answer = self._rooms.answers(payload)
        if answer is not None:
            acting = asyncio.ensure_future(self._act(*answer))
            self._acting.add(acting)
            acting.add_done_callback(self._acting.discard)

    async def aclose(self) -> None:
        self.closed = True
        for acting in tuple(self._acting):
            acting.cancel()
            with suppress(asyncio.CancelledError):
                await acting

    async def _act(self, before: Sequence[Message], after: Sequence[Message]) -> None:
        await asyncio.sleep(0)
        for message in before:
            self.tell(message)
        for loud in [*[True] * self._rooms.said_pieces, *[False] * 12] if after else []:
            if not loud:
                for message in after:
                    self.tell(message)
                after = ()
            self.sound(loud=loud)
            await asyncio.sleep(0)

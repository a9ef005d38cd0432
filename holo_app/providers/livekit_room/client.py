"""A LiveKit room, joined with the makers' own client (PyPI `livekit`), which is loaded by whoever joins first.

Source: livekit 1.2.1. No live service was called: the client was run against an emulator, which cannot show congestion control,
simulcast, TURN or the timing of a real media server.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import MappingProxyType
from typing import Any, Final

import structlog

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.livekit_room.room import (
    RATE_HZ,
    Door,
    Gone,
    Hear,
    Mended,
    Message,
    Picture,
    Room,
    RoomEvent,
    Shaken,
    Sound,
)
from holo_app.providers.livekit_room.sound_clock import SoundClock

log = structlog.get_logger(__name__)

_PIECE_MS: Final = 20
_RGBA: Final = 4
_TRY_S: Final = 3.0
_JOIN_S: Final = 8.0
_LEAVE_S: Final = 1.0
_AHEAD_S: Final = 0.5
"""The moment at which the library wants a picture shown is believed if it is no farther from the moment at which it came."""
_REASONS: Final = MappingProxyType(
    {
        2: "somebody else joined with the same name",
        3: "the server shut down",
        4: "the kiosk was removed",
        5: "the room was deleted",
        7: "joining failed",
        10: "the room was closed",
    }
)
_UNAVAILABLE: Final = frozenset({3, 7})
_REFUSALS: Final = (
    ("401", FailureCategory.AUTH),
    ("403", FailureCategory.AUTH),
    ("404", FailureCategory.BAD_REQUEST),
    ("429", FailureCategory.RATE_LIMITED),
    ("parse the url", FailureCategory.BAD_REQUEST),
    ("timed out", FailureCategory.TIMEOUT),
    ("timeout", FailureCategory.TIMEOUT),
    ("JoinResponse", FailureCategory.TIMEOUT),
)
"""What the library's one error says, and what it means."""


async def join_livekit(provider: str, door: Door, hear: Hear) -> Room:
    """A JoinRoom."""
    room = LiveKitRoom(provider, door, hear)
    try:
        await room.join()
    except BaseException:  # cancelled too
        await room.aclose()
        raise
    return room


class LiveKitRoom:
    """A Room. Sound is resampled and freed of jitter by the library, which also keeps the pictures in step with it."""

    def __init__(self, provider: str, door: Door, hear: Hear) -> None:
        self._rtc = _library(provider)
        self._provider = provider
        self._door = door
        self._hear = hear
        self._clock = SoundClock()
        self._room = self._rtc.Room()
        self._readers: dict[int, asyncio.Task[None]] = {}
        self._ended_readers: list[asyncio.Task[None]] = []
        self._left = False

    async def join(self) -> None:
        """Raises: ProviderError."""
        room = self._room
        room.on("track_subscribed", self._subscribed)
        room.on("track_unsubscribed", lambda track, *_: self._unsubscribed(track))
        room.on("data_received", self._received)
        room.on("participant_disconnected", self._participant_left)
        room.on("reconnecting", lambda: self._tell(Shaken()))
        room.on("reconnected", lambda: self._tell(Mended()))
        room.on("disconnected", self._disconnected)
        options = self._rtc.RoomOptions(auto_subscribe=True, connect_timeout=_TRY_S)
        try:
            # of three tries that the library makes a server that keeps silent could use up twenty seconds
            async with asyncio.timeout(_JOIN_S):
                await room.connect(self._door.url, self._door.token, options)
        except TimeoutError:
            raise ProviderError(self._provider, FailureCategory.TIMEOUT, "the room did not let us in") from None
        except self._rtc.ConnectError as error:
            raise ProviderError(self._provider, _refused(str(error)), f"room: {str(error)[:200]}") from None

    async def send(self, payload: bytes, *, topic: str = "", to: str = "") -> None:
        try:
            await self._room.local_participant.publish_data(
                payload, reliable=True, topic=topic, destination_identities=[to] if to else []
            )
        except Exception as error:  # the library has one error for each way of failing, none of them public
            raise ProviderError(self._provider, FailureCategory.CANCELLED_BY_PEER, "the room takes no data") from error

    async def aclose(self) -> None:
        if self._left:
            return
        self._left = True
        readers = [*self._readers.values(), *self._ended_readers]
        self._readers.clear()
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(_LEAVE_S):
                await self._room.disconnect()

    def _tell(self, event: RoomEvent) -> None:
        if not self._left:
            self._hear(event)

    def _is_avatar(self, participant: Any) -> bool:
        return not self._door.avatar or (participant is not None and participant.identity == self._door.avatar)

    def _subscribed(self, track: Any, _publication: Any, participant: Any) -> None:
        if self._left or not self._is_avatar(participant):
            return
        read = self._see if track.kind == self._rtc.TrackKind.KIND_VIDEO else self._listen
        self._drop(track.kind)
        self._readers[track.kind] = asyncio.create_task(_until_end(read, track), name=f"{self._provider}-track")

    def _unsubscribed(self, track: Any) -> None:
        self._drop(track.kind)

    def _drop(self, kind: int) -> None:
        reader = self._readers.pop(kind, None)
        if reader is not None:
            reader.cancel()
            self._ended_readers = [one for one in self._ended_readers if not one.done()] + [reader]

    async def _listen(self, track: Any) -> None:
        stream = self._rtc.AudioStream(track, sample_rate=RATE_HZ, num_channels=1, frame_size_ms=_PIECE_MS)
        try:
            async for event in stream:
                pcm = bytes(event.frame.data)
                self._tell(Sound(pcm, self._clock.heard(len(pcm) / 2 / RATE_HZ, time.monotonic())))
        finally:
            await stream.aclose()

    async def _see(self, track: Any) -> None:
        stream = self._rtc.VideoStream(track, format=self._rtc.VideoBufferType.RGBA, capacity=1)
        try:
            async for event in stream:
                now_s, frame = time.monotonic(), event.frame
                if len(frame.data) != frame.width * frame.height * _RGBA:
                    continue
                due_s = event.timestamp_us / 1e6
                if abs(due_s - now_s) > _AHEAD_S:
                    due_s = now_s
                self._tell(Picture(frame.width, frame.height, frame.data, self._clock.place_s(due_s), due_s))
        finally:
            await stream.aclose()

    def _received(self, packet: Any) -> None:
        if packet.participant is None or self._is_avatar(packet.participant):
            self._tell(Message(packet.topic or "", bytes(packet.data)))

    def _participant_left(self, participant: Any) -> None:
        if self._door.avatar and self._is_avatar(participant):
            self._tell(Gone(FailureCategory.CANCELLED_BY_PEER, "the avatar has left"))

    def _disconnected(self, reason: int) -> None:
        category = FailureCategory.UNAVAILABLE if reason in _UNAVAILABLE else FailureCategory.CANCELLED_BY_PEER
        self._tell(Gone(category, _REASONS.get(reason, f"disconnected ({reason})")))


async def _until_end(read: Callable[[Any], Awaitable[None]], track: Any) -> None:
    try:
        await read(track)
    except Exception:  # the end of a task: the avatar goes on with what other tracks there are
        log.exception("room_track_failed")


def _refused(text: str) -> FailureCategory:
    return next((category for word, category in _REFUSALS if word in text), FailureCategory.UNAVAILABLE)


def _library(provider: str) -> Any:
    try:
        from livekit import rtc  # noqa: PLC0415 - may be missing, and takes half a second
    except (ImportError, OSError) as error:
        raise ProviderError(provider, FailureCategory.UNAVAILABLE, f"livekit: {error}") from error
    return rtc

"""The owner of the sound devices: opens them, notices when they die, and brings them back.

PortAudio has no hotplug. A dead stream raises nothing; its callbacks just stop, or, behind a sound server, go on with
another device. New devices are seen only after PortAudio was ended and started again, which takes every stream of the
process with it. So one hub serves both directions, and each direction has one task that opens, watches and reopens.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Generic, Protocol, TypeVar

import structlog

from holo_app.audio.places import Kind, Place, find_place, still_there
from holo_app.audio.portaudio import OPERATORS_CHOICE, PortAudio, SoundSystem, Stream
from holo_app.audio.sound_server import ServerView, SoundServer
from holo_app.audio.worker import Worker
from holo_app.errors import DeviceError
from holo_app.ports.clock import Clock

log = structlog.get_logger(__name__)

S = TypeVar("S", bound=Stream)

CALLBACK_AGE_S = 0.5
"""A stream whose last callback is older is dead."""

_SETTLING_S = 3.0
"""A device may hold its breath once after it was opened: some servers' sinks do, for two seconds."""

_LOOK_EVERY_S = 0.1
_RETRY_S = 0.4
_OPEN_LIMIT_S = 3.0
_CLOSE_LIMIT_S = 1.0
_SERVER_KNOWN_LIMIT_S = 2.5
_BLIND_RESCAN_S = 2.0


class Side(Protocol[S]):
    """A microphone or a speaker, as the hub sees it. Everything but `open` is called on the event loop."""

    @property
    def kind(self) -> Kind: ...

    @property
    def wanted(self) -> str:
        """The name asked for; "" for the system's choice."""
        ...

    @property
    def busy(self) -> bool:
        """Whether an interruption of some 100 ms would be noticed."""
        ...

    def open(self, system: SoundSystem, place: Place) -> S:
        """Open a stream there. Runs in the hub's thread. Raises: DeviceError."""
        ...

    def went_live(self, stream: S, name: str) -> None:
        """The device delivers or plays."""
        ...

    def went_dead(self, reason: str) -> None:
        """The device is gone; its stream is no longer to be served."""
        ...


class _Link(Generic[S]):
    """One side and its stream."""

    def __init__(self, side: Side[S]) -> None:
        self.side = side
        self.stream: S | None = None
        self.place: Place | None = None
        self.opened_at = 0.0
        self.suspect = False
        self.interrupted = False
        self.told_dead = False
        self.look = asyncio.Event()
        self.task: asyncio.Task[None] | None = None


class DeviceHub:
    """Serves at most one microphone and one speaker. Belongs to the event loop that attaches them."""

    def __init__(self, clock: Clock, *, system: SoundSystem | None = None) -> None:
        self._clock = clock
        self._system: SoundSystem = system or PortAudio()
        self._worker = Worker("holo-portaudio")
        self._server: SoundServer | None = None
        self._server_known = asyncio.Event()
        self._links: dict[Kind, _Link[Any]] = {}
        # somebody may have started PortAudio before: the first failure is always a reason to look anew
        self._scanned: object = "never"
        self._scanned_at = clock.monotonic()
        self._scanning = asyncio.Lock()

    def attach(self, side: Side[Any]) -> None:
        """Open the side's device and keep it open. Needs a running loop."""
        if side.kind in self._links:
            raise ValueError(f"the {side.kind.value} is in use already")
        self._start_server()
        link = self._links[side.kind] = _Link(side)
        link.task = asyncio.create_task(self._keep(link), name=f"holo-{side.kind.value}")

    async def detach(self, side: Side[Any]) -> None:
        """Close the side's device. Nothing happens if it is not attached."""
        link = self._links.get(side.kind)
        if link is None or link.side is not side:
            return
        del self._links[side.kind]
        if link.task is not None:
            link.task.cancel()
            with suppress(asyncio.CancelledError):
                await link.task
        await self._close(link)

    async def aclose(self) -> None:
        """Close everything and end the threads. May be called twice."""
        for link in list(self._links.values()):
            await self.detach(link.side)
        if self._server is not None:
            server, self._server = self._server, None
            await asyncio.to_thread(server.close)
        self._worker.close()

    # ---- one side's life

    async def _keep(self, link: _Link[Any]) -> None:
        await self._await_server()
        while True:
            try:
                await self._bring_up(link)
            except (DeviceError, TimeoutError) as error:
                self._tell_dead(link, _reason(error))
                await self._close(link)
                await self._pause(link, _RETRY_S)
                continue
            while reason := await self._until_dead(link):
                self._tell_dead(link, reason)
                if not await self._came_to_life(link):
                    break
                self._tell_live(link)
            await self._close(link)

    async def _came_to_life(self, link: _Link[Any]) -> bool:
        """Wait while the server is frozen; whether the stream goes on by itself.

        Closing a stream of a frozen server would hang, and leave PortAudio's thread and handles behind for ever.
        """
        while self._server is not None and self._server.frozen:
            await self._pause(link, _LOOK_EVERY_S)
            called_at = link.stream.last_call_at if link.stream is not None else None
            if called_at is not None and self._clock.monotonic() - called_at < _LOOK_EVERY_S:
                return True
        return False

    async def _bring_up(self, link: _Link[Any]) -> None:
        """Open and wait for the first callback: only then is a device really there."""
        try:
            await self._open(link)
        except DeviceError:
            if not self._rescan_helps(link):
                raise
            await self._rescan(link)
            await self._open(link)
        deadline = self._clock.monotonic() + _SETTLING_S
        while link.stream is not None and link.stream.last_call_at is None:
            gone = link.place is not None and not still_there(link.place, self._view)
            if gone or link.stream.finished or self._clock.monotonic() > deadline:
                raise DeviceError(link.side.kind.value, "it was opened but stays silent")
            await asyncio.sleep(_LOOK_EVERY_S / 10)
        self._tell_live(link)

    async def _open(self, link: _Link[Any]) -> None:
        side, view = link.side, self._view

        def work() -> tuple[Place, Any]:
            wanted = side.wanted or OPERATORS_CHOICE[side.kind]
            place = find_place(side.kind, wanted, self._system.devices(), view)
            return place, side.open(self._system, place)

        def too_late(opened: tuple[Place, Any]) -> None:
            opened[1].close()

        if self._server is not None and self._server.frozen:
            raise DeviceError(side.kind.value, "the sound server does not answer")
        # not between another side's closing for a rescan and the rescan: that would take this stream with it
        async with self._scanning:
            link.interrupted = False
            opened = await self._worker.call(work, limit_s=_OPEN_LIMIT_S, discard=too_late)
            link.place, link.stream = opened
            link.opened_at = self._clock.monotonic()

    async def _until_dead(self, link: _Link[Any]) -> str:
        """Returns why the device is gone; "" where the hub itself interrupted the stream."""
        while True:
            await self._pause(link, _LOOK_EVERY_S)
            if link.interrupted or link.stream is None:
                return ""
            reason = self._fault(link, link.stream)
            if reason is not None:
                return reason

    def _fault(self, link: _Link[Any], stream: Stream) -> str | None:
        if stream.finished:
            return "the driver ended the stream"
        if link.place is not None and not still_there(link.place, self._view):
            return f"{link.place.name} was removed" if self._view else "the sound server is gone"
        now = self._clock.monotonic()
        age = now - (stream.last_call_at or link.opened_at)
        limit = CALLBACK_AGE_S if now - link.opened_at > _SETTLING_S else _SETTLING_S
        late, link.suspect = age > limit, age > limit and not link.suspect
        if late and not link.suspect:
            # seen twice: a process that was itself held up looks the same the first time
            return f"no sound passed for {age:.1f} s"
        return None

    async def _close(self, link: _Link[Any]) -> None:
        stream: Stream | None = link.stream
        link.stream, link.suspect = None, False
        if stream is None:
            return
        try:
            await self._worker.call(stream.close, limit_s=_CLOSE_LIMIT_S)
        except TimeoutError:
            log.warning("audio_stream_hangs", limit_s=_CLOSE_LIMIT_S)

    async def _pause(self, link: _Link[Any], seconds: float) -> None:
        """Sleep, but look at once when the server's devices have changed."""
        link.look.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await link.look.wait()

    def _tell_dead(self, link: _Link[Any], reason: str) -> None:
        if not link.told_dead:
            link.told_dead = True
            log.warning("audio_device_lost", kind=link.side.kind.value, reason=reason)
            link.side.went_dead(reason)

    @staticmethod
    def _tell_live(link: _Link[Any]) -> None:
        if link.stream is not None and link.place is not None:
            link.told_dead = False
            link.side.went_live(link.stream, link.place.name)

    # ---- PortAudio's list of devices

    def _rescan_helps(self, link: _Link[Any]) -> bool:
        """Whether PortAudio's list may be out of date, and asking anew disturbs nobody who is talking."""
        others = [other for other in self._links.values() if other is not link and other.stream is not None]
        changed = self._inventory() != self._scanned
        if self._scanned is None:
            # nothing tells of changes here: ask now and then
            changed = self._clock.monotonic() - self._scanned_at > _BLIND_RESCAN_S
        return changed and not any(other.side.busy for other in others)

    def _inventory(self) -> object:
        devices = self._system.inventory()
        return None if devices is None else (devices, self._view is not None)

    async def _rescan(self, link: _Link[Any]) -> None:
        async with self._scanning:
            for other in self._links.values():
                if other is not link and other.stream is not None:
                    other.interrupted = True
                    await self._close(other)
                    other.look.set()
            self._scanned, self._scanned_at = self._inventory(), self._clock.monotonic()
            await self._worker.call(self._system.rescan, limit_s=_OPEN_LIMIT_S)

    # ---- the sound server

    @property
    def _view(self) -> ServerView | None:
        return self._server.view if self._server is not None else None

    def _start_server(self) -> None:
        if self._server is not None:
            return
        loop = asyncio.get_running_loop()

        def changed() -> None:
            # the loop may have ended while the server's thread was still looking
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._server_changed)

        self._server = SoundServer(changed)
        self._server.start()

    def _server_changed(self) -> None:
        self._server_known.set()
        for link in self._links.values():
            link.look.set()

    async def _await_server(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_SERVER_KNOWN_LIMIT_S):
                await self._server_known.wait()


def _reason(error: DeviceError | TimeoutError) -> str:
    return error.problem if isinstance(error, DeviceError) else "the driver does not answer"

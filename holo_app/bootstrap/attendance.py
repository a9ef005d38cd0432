"""A cloud avatar comes when somebody does: its session costs by the minute, and takes seconds to begin."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from holo_app.dialogue.notices import Notice, StateChanged
from holo_app.domain.kiosk import KioskState
from holo_app.errors import ProviderError
from holo_app.ports.avatar import AvatarState, TalkingAvatar

log = structlog.get_logger(__name__)


class Attendance:
    """Opens the first avatar's session whenever a visit begins; ending it is its own business. On the event loop only."""

    def __init__(self, avatars: list[TalkingAvatar]) -> None:
        self._avatars = avatars
        self._opening: asyncio.Task[None] | None = None

    def watching(self, publish: Callable[[Notice], None]) -> Callable[[Notice], None]:
        """The same, but with an eye on visits."""

        def both(notice: Notice) -> None:
            publish(notice)
            if isinstance(notice, StateChanged) and notice.state is not KioskState.ATTRACT:
                self._call()

        return both

    async def begin(self) -> None:
        """End what an earlier run left open: it costs until then."""
        for avatar in self._avatars:
            ended = await avatar.end_orphans()
            if ended:
                log.info("orphaned_sessions_ended", provider=avatar.capabilities.name, count=ended)

    async def aclose(self) -> None:
        """Wait for what is being opened; the avatars are closed by their owner."""
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.gather(self._opening, return_exceptions=True)

    def _call(self) -> None:
        if not self._avatars or self._avatars[0].state is not AvatarState.CLOSED:
            return
        if self._opening is None or self._opening.done():
            self._opening = asyncio.ensure_future(self._open())

    async def _open(self) -> None:
        try:
            await self._avatars[0].open()
        except ProviderError as error:
            # whoever speaks next finds out by itself, and somebody else speaks
            log.warning("avatar_does_not_come", provider=error.provider, category=error.category.value)

"""A cloud avatar comes when somebody does."""

from __future__ import annotations

import asyncio

from holo_app.bootstrap.attendance import Attendance
from holo_app.dialogue.notices import MicLevel, Notice, StateChanged
from holo_app.domain.kiosk import KioskState
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.avatar import AvatarState, Quota
from tests.fakes.tts import FakeTts


class Avatar(FakeTts):
    """opened: how often. refusal: of opening."""

    def __init__(self) -> None:
        super().__init__()
        self.state = AvatarState.CLOSED
        self.opened = 0
        self.orphans = 2
        self.refusal: ProviderError | None = None

    async def open(self) -> None:
        self.opened += 1
        if self.refusal is not None:
            raise self.refusal
        self.state = AvatarState.LIVE

    async def interrupt(self) -> None:
        """It says nothing."""

    async def close(self) -> None:
        self.state = AvatarState.CLOSED

    async def quota(self) -> Quota | None:
        return None

    async def end_orphans(self) -> int:
        ended, self.orphans = self.orphans, 0
        return ended


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_it_is_called_once_a_visit() -> None:
    avatar, told = Avatar(), list[Notice]()
    attendance = Attendance([avatar])
    publish = attendance.watching(told.append)
    publish(MicLevel(-40.0))
    publish(StateChanged(KioskState.ATTRACT))
    await settle()
    assert avatar.opened == 0
    publish(StateChanged(KioskState.LISTENING))
    publish(StateChanged(KioskState.THINKING))
    await settle()
    publish(StateChanged(KioskState.SPEAKING))
    await settle()
    assert avatar.opened == 1
    assert len(told) == 5
    await avatar.close()
    publish(StateChanged(KioskState.IDLE))
    await settle()
    assert avatar.opened == 2
    await attendance.aclose()


async def test_one_that_does_not_come_is_called_again_for_the_next() -> None:
    avatar = Avatar()
    avatar.refusal = ProviderError("akool", FailureCategory.QUOTA)
    attendance = Attendance([avatar])
    publish = attendance.watching(lambda _: None)
    for _ in range(2):
        publish(StateChanged(KioskState.LISTENING))
        await settle()
    assert avatar.opened == 2
    await attendance.aclose()


async def test_a_start_ends_what_was_left_open() -> None:
    avatar = Avatar()
    await Attendance([avatar]).begin()
    assert avatar.orphans == 0
    nobody = Attendance([])
    await nobody.begin()
    nobody.watching(lambda _: None)(StateChanged(KioskState.LISTENING))
    await nobody.aclose()

"""What every TalkingAvatar promises beside what every TextToSpeech does, and every SessionBook."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.avatar import AvatarState, OpenSession, SessionBook, TalkingAvatar
from holo_app.storage.session_book import FileSessionBook
from tests.emulators.akool import AkoolEmulator
from tests.emulators.liveavatar import LiveAvatarEmulator
from tests.fakes.avatars import FakeBook
from tests.fakes.meter import FakeMeter
from tests.providers.cases import akool, liveavatar

Service = LiveAvatarEmulator | AkoolEmulator


def state_of(avatar: TalkingAvatar) -> AvatarState:
    return avatar.state


@pytest.fixture(params=["liveavatar", "akool"])
async def one(request: pytest.FixtureRequest) -> AsyncIterator[tuple[TalkingAvatar, Service, FakeMeter]]:
    service: Service = LiveAvatarEmulator() if request.param == "liveavatar" else AkoolEmulator()
    make = liveavatar.make if request.param == "liveavatar" else akool.make
    meter = FakeMeter()
    async with service:
        avatar = make(service.base_url, meter)
        yield avatar, service, meter
        await avatar.aclose()
        await avatar.aclose()
        assert state_of(avatar) is AvatarState.CLOSED
        assert not service.live
        with pytest.raises(ProviderError) as caught:
            await avatar.open()
        assert caught.value.category is FailureCategory.UNAVAILABLE


async def test_a_session_is_opened_once_and_paid_for_once(one: tuple[TalkingAvatar, Service, FakeMeter]) -> None:
    avatar, service, meter = one
    assert state_of(avatar) is AvatarState.CLOSED
    await avatar.open()
    await avatar.open()
    assert state_of(avatar) is AvatarState.LIVE
    assert len(service.live) == 1
    assert not meter.uses
    await avatar.close()
    await avatar.close()
    assert state_of(avatar) is AvatarState.CLOSED
    assert len(meter.uses) == 1


async def test_it_may_be_opened_again(one: tuple[TalkingAvatar, Service, FakeMeter]) -> None:
    avatar, service, meter = one
    for _ in range(2):
        await avatar.open()
        await avatar.close()
    assert not service.live
    assert len(meter.uses) == 2


async def test_who_says_nothing_may_be_interrupted(one: tuple[TalkingAvatar, Service, FakeMeter]) -> None:
    avatar, _, _ = one
    await avatar.interrupt()
    await avatar.open()
    await avatar.interrupt()
    assert state_of(avatar) is AvatarState.LIVE


async def test_numbers_of_utterances_are_used_once(one: tuple[TalkingAvatar, Service, FakeMeter]) -> None:
    avatar, _, _ = one
    numbers = []
    for _ in range(2):
        async with aclosing(avatar.synthesize("Yes.", voice="", language="en")) as chunks:
            numbers += [{chunk.pictures.utterance async for chunk in chunks if chunk.pictures is not None}]
        await avatar.close()
    assert [len(number) for number in numbers] == [1, 1]
    assert not numbers[0] & numbers[1]


async def test_what_is_left_is_known_and_there_are_no_orphans(one: tuple[TalkingAvatar, Service, FakeMeter]) -> None:
    avatar, _, _ = one
    quota = await avatar.quota()
    assert quota is not None
    assert quota.left > 0
    assert await avatar.end_orphans() == 0


@pytest.fixture(params=["fake", "file"])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> SessionBook:
    return FakeBook() if request.param == "fake" else FileSessionBook(tmp_path / "book.json")


def test_a_book_knows_what_was_noted_and_not_forgotten(book: SessionBook) -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    first, second = (OpenSession("akool", name, at) for name in ("a", "b"))
    book.note(first)
    book.note(second)
    book.note(second)
    book.note(OpenSession("liveavatar", "a", at))
    assert list(book.open_sessions("akool")) == [first, second]
    book.forget("akool", "a")
    book.forget("akool", "never seen")
    assert list(book.open_sessions("akool")) == [second]
    assert len(book.open_sessions("liveavatar")) == 1
    assert not book.open_sessions("nobody")

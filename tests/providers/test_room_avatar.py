"""Sessions of an avatar in a room without a network: what is said, what is labelled, what is paid for and what is ended."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, suppress

import pytest

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.usage import ProviderRole, Unit
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.avatar import AvatarState, OpenSession, Quota
from holo_app.ports.tts import SpeechChunk
from holo_app.providers.http.client import HttpClient
from holo_app.providers.liveavatar.failures import read_refusal
from holo_app.providers.liveavatar.sessions import LiveAvatarSessions, LiveAvatarSettings
from holo_app.providers.livekit_room.avatar import AvatarPlace, RoomAvatar, SessionPolicy
from holo_app.providers.livekit_room.room import Mended, Message, Shaken
from tests.emulators.faults import Fault
from tests.emulators.liveavatar import AVATAR_ID, KEY, LiveAvatarEmulator
from tests.fakes.avatars import FakeBook, FakeRoom, FakeRooms, FakeScreen
from tests.fakes.meter import FakeMeter
from tests.providers.cases.liveavatar import answers


class World:
    """An avatar with everything around it within reach."""

    def __init__(self, emulator: LiveAvatarEmulator, policy: SessionPolicy, settings: LiveAvatarSettings) -> None:
        self.emulator = emulator
        self.screen, self.book, self.meter = FakeScreen(), FakeBook(), FakeMeter()
        self.rooms = FakeRooms(answers)
        self.client = HttpClient("liveavatar", emulator.base_url, read=read_refusal)
        place = AvatarPlace(self.screen, self.book, self.meter, SystemClock(), self.rooms)
        self.avatar = RoomAvatar(LiveAvatarSessions(self.client, KEY, settings), place, policy)

    def state(self) -> AvatarState:
        return self.avatar.state

    @property
    def room(self) -> FakeRoom:
        return self.rooms.rooms[-1]

    async def say(self, text: str = "Yes, it is.") -> list[SpeechChunk]:
        async with aclosing(self.avatar.synthesize(text, voice="", language="en")) as chunks:
            return [chunk async for chunk in chunks]

    async def until(self, so: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not so():  # noqa: ASYNC110 - a task of the avatar's own has to get there
                await asyncio.sleep(0.01)


class Worlds:
    """Makes worlds that end with the test."""

    def __init__(self, emulator: LiveAvatarEmulator) -> None:
        self.emulator = emulator
        self.made: list[World] = []

    def __call__(self, policy: SessionPolicy | None = None, settings: LiveAvatarSettings | None = None) -> World:
        world = World(self.emulator, policy or SessionPolicy(), settings or LiveAvatarSettings(AVATAR_ID))
        self.made.append(world)
        return world


@pytest.fixture
async def worlds() -> AsyncIterator[Worlds]:
    async with LiveAvatarEmulator() as emulator:
        worlds = Worlds(emulator)
        yield worlds
        for world in worlds.made:
            await world.avatar.aclose()
            await world.avatar.aclose()
            assert world.state() is AvatarState.CLOSED
        assert not emulator.live


async def test_a_session_is_written_down_before_it_is_started_and_forgotten_when_it_is_over(worlds: Worlds) -> None:
    world = worlds()
    await world.avatar.open()
    assert world.state() is AvatarState.LIVE
    assert [key[1] for key in world.book.sessions] == ["ses-1"]
    await world.say()
    await world.avatar.close()
    assert world.state() is AvatarState.CLOSED
    assert (world.book.noted, dict(world.book.sessions)) == (["ses-1"], {})
    (use,) = world.meter.uses
    assert (use.role, use.provider, use.model, use.measured) == (ProviderRole.AVATAR, "liveavatar", AVATAR_ID, False)
    assert use.units[Unit.CREDITS] == pytest.approx(2 * use.units[Unit.SESSION_SECONDS] / 60)
    assert world.screen.cleared


async def test_what_the_service_is_asked_is_what_its_guides_say(worlds: Worlds) -> None:
    settings = LiveAvatarSettings(AVATAR_ID, "v-1", "ctx-1", "medium", longest_session_s=120, language="de")
    world = worlds(settings=settings)
    worlds.emulator.success = 100
    await world.avatar.open()
    token, start = worlds.emulator.requests
    assert token.body == {
        "mode": "FULL",
        "avatar_id": AVATAR_ID,
        "is_sandbox": False,
        "video_settings": {"quality": "medium", "encoding": "VP8"},
        "max_session_duration": 120,
        "avatar_persona": {"voice_id": "v-1", "context_id": "ctx-1", "language": "de"},
        "interactivity_type": "PUSH_TO_TALK",
    }
    assert (token.headers["x-api-key"], start.headers["authorization"]) == (KEY, "Bearer tok-ses-1")
    assert "x-api-key" not in start.headers
    await world.say()
    topic, to, payload = world.room.sent[0]
    assert (topic, to) == ("agent-control", "heygen")
    command = json.loads(payload)
    assert (command["event_type"], command["text"], command["session_id"]) == (
        "avatar.speak_text",
        "Yes, it is.",
        "ses-1",
    )


async def test_a_session_that_could_not_be_started_is_ended_all_the_same(worlds: Worlds) -> None:
    world = worlds()
    world.rooms.failure = FailureCategory.UNAVAILABLE
    with pytest.raises(ProviderError):
        await world.avatar.open()
    assert (world.book.noted, dict(world.book.sessions)) == (["ses-1"], {})
    assert not worlds.emulator.live
    assert len(world.meter.uses) == 1
    world.rooms.failure = None
    assert await world.say()


async def test_what_cannot_be_ended_now_is_ended_at_the_next_start(worlds: Worlds) -> None:
    world = worlds()
    await world.avatar.open()
    worlds.emulator.fail_next(Fault.SERVER_ERROR)
    await world.avatar.close()
    assert worlds.emulator.live == {"ses-1"}
    after_a_crash = worlds()
    after_a_crash.book.sessions = world.book.sessions
    gone = OpenSession("liveavatar", "ses-of-yesterday", SystemClock().utc())
    after_a_crash.book.note(gone)
    assert await after_a_crash.avatar.end_orphans() == 2
    assert (worlds.emulator.live, dict(after_a_crash.book.sessions)) == (set(), {})
    await after_a_crash.avatar.open()
    assert await after_a_crash.avatar.end_orphans() == 0  # not its own
    assert after_a_crash.state() is AvatarState.LIVE


async def test_a_session_that_nobody_uses_ends(worlds: Worlds) -> None:
    world = worlds(SessionPolicy(idle_s=0.2))
    await world.say()
    await world.until(lambda: not worlds.emulator.live)
    assert await world.say()
    assert world.book.noted == ["ses-1", "ses-2"]


async def test_the_longest_time_ends_it_whatever_is_said(worlds: Worlds) -> None:
    worlds.emulator.longest_s = 600
    world = worlds(SessionPolicy(longest_s=0.4))
    world.rooms.said_pieces = 4_000
    with pytest.raises(ProviderError) as caught:
        await world.say()
    assert caught.value.category is FailureCategory.UNAVAILABLE
    await world.until(lambda: not worlds.emulator.live)


async def test_whoever_will_not_wait_is_told_at_once_and_the_next_one_is_served(worlds: Worlds) -> None:
    world = worlds(SessionPolicy(patience_s=0.0))
    with pytest.raises(ProviderError) as caught:
        await world.say()
    assert caught.value.category is FailureCategory.UNAVAILABLE
    assert world.state() is AvatarState.OPENING
    await world.until(lambda: world.state() is AvatarState.LIVE)
    assert await world.say()


async def test_closing_while_it_opens_leaves_nothing(worlds: Worlds) -> None:
    world = worlds()
    worlds.emulator.fail_next(Fault.NO_ANSWER)
    waiting = asyncio.ensure_future(world.say())
    await world.until(lambda: world.state() is AvatarState.OPENING and bool(worlds.emulator.requests))
    await world.avatar.close()
    with pytest.raises(ProviderError) as caught:
        await waiting
    assert caught.value.category is FailureCategory.UNAVAILABLE
    assert len(world.meter.uses) == 1


async def test_an_interruption_hushes_it_and_the_pictures_of_it_keep_its_number(worlds: Worlds) -> None:
    world = worlds()
    world.rooms.said_pieces = 200
    async with aclosing(world.avatar.synthesize("one two three", voice="", language="en")) as chunks:
        first = await anext(chunks)
        assert first.pictures is not None
        world.room.picture()
    assert json.loads(world.room.sent[-1][2])["event_type"] == "avatar.interrupt"
    world.room.picture()
    world.room.sound(loud=False, pieces=20)
    world.room.picture()
    number = first.pictures.utterance
    assert world.screen.cuts == [(number, 0.0)]
    labels = [frame.utterance for frame in world.screen.frames]
    assert (labels[0], labels[-1]) == (number, 0)
    assert world.screen.frames[-1].sound_s is None


async def test_interrupt_ends_the_synthesis_by_itself(worlds: Worlds) -> None:
    world = worlds()
    world.rooms.said_pieces = 4_000
    chunks = 0
    async with aclosing(world.avatar.synthesize("one two three", voice="", language="en")) as speech:
        async for _ in speech:
            chunks += 1
            await world.avatar.interrupt()
    assert chunks < 50


async def test_a_room_that_is_being_mended_says_nothing_until_it_is(worlds: Worlds) -> None:
    world = worlds()
    await world.avatar.open()
    world.room.tell(Shaken())
    assert world.state() is AvatarState.UNSTEADY
    with pytest.raises(ProviderError):
        await world.say()
    world.room.picture()
    assert not world.screen.frames
    world.room.tell(Mended())
    assert await world.say()


@pytest.mark.parametrize(
    ("reason", "category"),
    [
        ({"end_reason": "MAX_DURATION_REACHED"}, FailureCategory.CANCELLED_BY_PEER),
        ({"stop_reason": "INSUFFICIENT_CREDITS"}, FailureCategory.QUOTA),
    ],
)
async def test_a_session_that_the_service_stops_says_why(
    worlds: Worlds, reason: dict[str, str], category: FailureCategory
) -> None:
    world = worlds()
    world.rooms.said_pieces = 4_000
    async with aclosing(world.avatar.synthesize("one two three", voice="", language="en")) as chunks:
        await anext(chunks)
        _heard(world.room, {"event_type": "session.stopped", **reason})
        with pytest.raises(ProviderError) as caught:
            await _rest(chunks)
    assert caught.value.category is category


async def test_odd_messages_are_passed_over(worlds: Worlds) -> None:
    world = worlds()
    await world.avatar.open()
    for payload in (
        b"\xff\xfe",
        b"[1, 2]",
        b"{",
        b"[" * 5_000,
        b'{"event_type": 7}',
        b'{"event_type": "avatar.speak_ended"}',
    ):
        _heard(world.room, payload)
    _heard(world.room, {"event_type": "avatar.speak_ended", "source_event_id": "say-x"})
    assert await world.say()


async def test_an_avatar_that_says_it_spoke_and_made_no_sound_failed(worlds: Worlds) -> None:
    world = worlds()
    await world.avatar.open()
    world.rooms.answers = lambda _: None
    saying = asyncio.ensure_future(world.say())
    await world.until(lambda: bool(world.room.sent))
    source = json.loads(world.room.sent[-1][2])["event_id"]
    _heard(world.room, {"event_type": "avatar.speak_ended", "source_event_id": source})
    world.room.sound(loud=False, pieces=100)
    with pytest.raises(ProviderError) as caught:
        await saying
    assert caught.value.category is FailureCategory.BAD_RESPONSE


async def test_it_is_kept_alive(worlds: Worlds) -> None:
    world = worlds(SessionPolicy(idle_s=2.0))
    sessions = LiveAvatarSessions(world.client, KEY, LiveAvatarSettings(AVATAR_ID))
    ticket = await sessions.create(_ignored)
    await sessions.keep_alive(ticket)
    assert worlds.emulator.kept_alive == ["ses-1"]
    await sessions.end(ticket.id, ticket)
    await sessions.end(ticket.id, ticket)  # it is over already: no error


async def test_the_account_says_what_is_left(worlds: Worlds) -> None:
    assert await worlds().avatar.quota() == Quota(42.0, Unit.CREDITS)


async def test_a_language_that_it_does_not_speak_is_refused_before_anything_is_paid_for(worlds: Worlds) -> None:
    world = worlds()
    with pytest.raises(ProviderError) as caught:
        async with aclosing(world.avatar.synthesize("Ja.", voice="", language="xx")) as chunks:
            await anext(chunks)
    assert caught.value.category is FailureCategory.BAD_REQUEST
    with suppress(StopAsyncIteration):
        await anext(world.avatar.synthesize("…", voice="", language="en"))
    assert not worlds.emulator.requests


async def _rest(chunks: AsyncGenerator[SpeechChunk]) -> None:
    async for _ in chunks:
        pass


async def _ignored(_: str) -> None:
    """Nobody keeps it."""


def _heard(room: FakeRoom, event: dict[str, str] | bytes) -> None:
    room.tell(Message("agent-response", event if isinstance(event, bytes) else json.dumps(event).encode()))

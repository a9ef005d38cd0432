"""AKOOL: sessions that are queued, packets, acknowledgements, the gallery, videos and the answers that are kept as files."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.usage import Unit
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.avatar import Quota
from holo_app.providers.akool.chat import LARGEST_PACKET, ChatControl, Speaks, packets
from holo_app.providers.akool.failures import read_refusal
from holo_app.providers.akool.gallery import Gallery
from holo_app.providers.akool.ready_answers import ReadyAnswers
from holo_app.providers.akool.sessions import AkoolSessions, AkoolSettings
from holo_app.providers.akool.videos import Polling, VideoOrder, Videos
from holo_app.providers.http.client import HttpClient
from holo_app.providers.livekit_room.room import Door, Message
from holo_app.providers.livekit_room.vendor import Sign, Told
from tests.emulators.akool import AVATAR_ID, KEY, VIDEO, AkoolEmulator
from tests.emulators.faults import Fault
from tests.fakes.avatars import FakeRoom, FakeRooms
from tests.fakes.meter import FakeMeter

ORDER = VideoOrder("Welcome to the shop.", AVATAR_ID, "v-1")


class World:
    """The emulator, a client with the key, and one without."""

    def __init__(self, emulator: AkoolEmulator) -> None:
        self.emulator = emulator
        self.client = HttpClient("akool", emulator.base_url, {"x-api-key": KEY}, read=read_refusal)
        self.files = HttpClient("akool", emulator.base_url)
        self.meter = FakeMeter()

    def videos(self, longest_s: float = 5.0) -> Videos:
        return Videos(self.client, self.files, self.meter, SystemClock(), Polling(0.01, longest_s))


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with AkoolEmulator() as emulator:
        world = World(emulator)
        yield world
        await world.client.aclose()
        await world.files.aclose()


async def made(videos: Videos, order: VideoOrder = ORDER) -> bytes:
    async with aclosing(videos.made(order)) as pieces:
        return b"".join([piece async for piece in pieces])


async def test_a_session_is_asked_for_as_the_service_wants_it_and_waited_for(world: World) -> None:
    world.emulator.queued = 1
    noted: list[str] = []

    async def note(session_id: str) -> None:
        noted.append(session_id)

    sessions = AkoolSessions(world.client, AkoolSettings(AVATAR_ID, "v-1", 5_000, "de"))
    ticket = await sessions.create(note)
    assert (noted, ticket.id) == (["ses-1"], "ses-1")
    assert ticket.door == Door(f"ws://127.0.0.1:{world.emulator.port}", "room-ses-1", "akool-server")
    assert world.emulator.requests[0].body == {
        "avatar_id": AVATAR_ID,
        "duration": 3600,
        "stream_type": "livekit",
        "mode_type": 1,
        "language": "de",
        "voice_id": "v-1",
    }
    await sessions.end(ticket.id)
    await sessions.end(ticket.id)
    assert not world.emulator.live
    assert await sessions.quota() == Quota(118.5, Unit.CREDITS)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=30), st.integers(0, 60))
def test_a_text_of_any_length_comes_whole_in_packets_that_fit(text: str, times: int) -> None:
    text *= times
    sent = list(packets("say-1", text))
    read = [json.loads(packet) for packet in sent]
    assert all(len(packet) <= LARGEST_PACKET for packet in sent)
    assert "".join(message["pld"]["text"] for message in read) == text
    assert [message["idx"] for message in read] == list(range(len(read)))
    assert [message["fin"] for message in read] == [False] * (len(read) - 1) + [True]


def test_long_texts_are_cut_between_words() -> None:
    *firsts, _ = [json.loads(packet)["pld"]["text"] for packet in packets("say-1", "schöne Grüße " * 200)]
    assert firsts
    assert all(text.endswith(" ") for text in firsts)


class Chat:
    """A control whose room acknowledges as it is told to."""

    def __init__(self, code: int | None) -> None:
        self.told: list[object] = []
        self.room = FakeRoom(FakeRooms(lambda _: None), Door("", ""), lambda _: None)
        self.control = ChatControl("akool", self, self.told.append, Speaks("v-1", "en", ""), to="akool-server")
        self._code = code

    async def send(self, payload: bytes, *, topic: str = "", to: str = "") -> None:
        await self.room.send(payload, topic=topic, to=to)
        command = json.loads(payload)
        if command["type"] == "command" and self._code is not None:
            load = {"cmd": command["pld"]["cmd"], "code": self._code, "msg": "what it thinks of it"}
            self.hear({"type": "command", "mid": "somebody else's", "pld": load})
            self.hear({"type": "command", "mid": command["mid"], "pld": load})

    def hear(self, event: object) -> None:
        self.control.heard(Message("", event if isinstance(event, bytes) else json.dumps(event).encode()))

    async def aclose(self) -> None:
        await self.room.aclose()


async def test_it_sets_the_voice_and_is_told_when_that_is_refused() -> None:
    chat = Chat(1000)
    await chat.control.open()
    sent = json.loads(chat.room.sent[0][2])
    assert sent["pld"] == {"cmd": "set-params", "data": {"vid": "v-1", "lang": "en", "mode": 1}}
    with pytest.raises(ProviderError) as caught:
        await Chat(1003).control.open()
    assert caught.value.category is FailureCategory.BAD_REQUEST


async def test_signs_are_read_and_what_is_odd_is_passed_over() -> None:
    chat = Chat(1000)
    for event in (b"\xff", b"[1]", {"type": "event"}, {"type": "event", "pld": {"event": "wink"}}, {"type": "chat"}):
        chat.hear(event)
    chat.hear({"type": "event", "mid": "say-4", "pld": {"event": "audio_start"}})
    chat.hear({"type": "event", "mid": "their-own", "pld": {"event": "audio_end"}})
    await chat.control.hush()
    assert chat.told == [Told(Sign.STARTED, 4), Told(Sign.ENDED, None)]
    assert json.loads(chat.room.sent[-1][2])["pld"] == {"cmd": "interrupt"}


async def test_the_gallery_is_read_to_its_end(world: World) -> None:
    gallery = Gallery(world.client)
    avatars = await gallery.avatars()
    assert (len(avatars), avatars[0].id, avatars[-1].name) == (130, "avatar-1", "Person 130")
    (voice,) = await gallery.voices()
    assert (voice.id, voice.name, voice.language) == ("v-1", "Ann", "English")


@pytest.mark.parametrize(
    ("fault", "category"),
    [(Fault.QUOTA, FailureCategory.QUOTA), (Fault.BAD_REQUEST, FailureCategory.BAD_REQUEST)],
)
async def test_a_failure_under_a_status_of_success_is_one(
    world: World, fault: Fault, category: FailureCategory
) -> None:
    world.emulator.fail_next(fault)
    with pytest.raises(ProviderError) as caught:
        await Gallery(world.client).avatars()
    assert caught.value.category is category


async def test_a_video_is_waited_for_and_fetched_without_the_key(world: World) -> None:
    world.emulator.queued = 3
    assert await made(world.videos()) == VIDEO
    polls = [request for request in world.emulator.requests if "infobymodelid" in request.path]
    assert len(polls) == 3
    assert world.emulator.keys_at_files == [None]
    (use,) = world.meter.uses
    assert (dict(use.units), use.measured) == ({Unit.CHARACTERS: 20.0, Unit.CREDITS: 2.5}, True)
    figure, speech = world.emulator.requests[0].body["elements"]
    assert (figure["avatar_id"], speech["input_text"], speech["voice_id"]) == (AVATAR_ID, ORDER.text, "v-1")


async def test_what_passes_while_a_video_is_made_does_not_lose_it(world: World) -> None:
    world.emulator.queued = 2
    world.emulator.fail_next(Fault.UNKNOWN, Fault.OVERLOADED, Fault.CUT)
    assert await made(world.videos()) == VIDEO


async def test_a_video_that_cannot_be_made_says_why_and_one_that_takes_too_long_is_given_up(world: World) -> None:
    world.emulator.queued = 1_000_000
    with pytest.raises(ProviderError) as caught:
        await made(world.videos(longest_s=0.1))
    assert caught.value.category is FailureCategory.TIMEOUT
    world.emulator.fails_videos = True
    with pytest.raises(ProviderError) as caught:
        await made(world.videos())
    assert caught.value.category is FailureCategory.UNAVAILABLE
    assert "too long" in str(caught.value)
    assert len(world.meter.uses) == 2


class Counting:
    """Makes videos of a size, and counts them."""

    def __init__(self, content: bytes = VIDEO) -> None:
        self.content = content
        self.orders: list[VideoOrder] = []

    async def made(self, order: VideoOrder) -> AsyncGenerator[bytes]:
        self.orders.append(order)
        await asyncio.sleep(0)
        yield self.content[:20]
        yield self.content[20:]


async def test_an_answer_is_made_once_and_then_shown_without_a_network(tmp_path: Path) -> None:
    videos = Counting()
    answers = ReadyAnswers(tmp_path / "ready", 10_000, videos)
    assert answers.find(ORDER) is None
    first, second = await asyncio.gather(answers.get(ORDER), answers.get(ORDER))
    assert first is not None
    assert first == second
    assert first.read_bytes() == VIDEO
    assert len(videos.orders) == 1
    offline = ReadyAnswers(tmp_path / "ready", 10_000)
    assert await offline.get(ORDER) == first
    assert await offline.get(VideoOrder("Something else.", AVATAR_ID, "v-1")) is None


async def test_a_damaged_file_is_set_aside_and_made_again(tmp_path: Path) -> None:
    videos = Counting()
    answers = ReadyAnswers(tmp_path, 10_000, videos)
    path = await answers.get(ORDER)
    assert path is not None
    path.write_bytes(b"\x00" * 100)
    assert answers.find(ORDER) is None
    assert _names(tmp_path) == [f"{path.stem}.damaged"]
    assert await answers.get(ORDER) == path
    assert len(videos.orders) == 2


async def test_what_was_not_asked_for_longest_makes_room(tmp_path: Path) -> None:
    answers = ReadyAnswers(tmp_path, 2 * len(VIDEO), Counting())
    orders = [VideoOrder(text, AVATAR_ID, "v-1") for text in ("one", "two", "three")]
    for order in orders[:2]:
        path = await answers.get(order)
        assert path is not None
    first = answers.find(orders[0])
    second = answers.find(orders[1])
    assert first is not None
    assert second is not None
    _age(second, 100)
    _age(first, 50)
    await answers.get(orders[2])
    assert [answers.find(order) is not None for order in orders] == [True, False, True]


async def test_a_video_that_breaks_off_leaves_no_file(tmp_path: Path, world: World) -> None:
    world.emulator.fail_next(Fault.UNKNOWN, Fault.UNKNOWN, Fault.CUT)
    answers = ReadyAnswers(tmp_path, 10_000, world.videos())
    with pytest.raises(ProviderError):
        await answers.get(ORDER)
    assert _names(tmp_path) == []
    assert await answers.get(ORDER) is not None


def _names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


def _age(path: Path, seconds: float) -> None:
    then = path.stat().st_mtime - seconds
    os.utime(path, (then, then))

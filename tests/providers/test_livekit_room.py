"""Avatars in a LiveKit room, reached with the makers' own client: what they say and show, and what a room can do to them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager

import pytest

pytest.importorskip("livekit.rtc")
pytest.importorskip("aiortc")

from holo_app.bootstrap.clock import SystemClock
from holo_app.dialogue.deadlines import Patience, in_time
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.avatar import AvatarState
from holo_app.ports.tts import SpeechChunk, TextToSpeech
from holo_app.providers.akool.failures import read_refusal as read_akool
from holo_app.providers.akool.sessions import AkoolSessions, AkoolSettings
from holo_app.providers.http.client import HttpClient
from holo_app.providers.liveavatar.failures import read_refusal
from holo_app.providers.liveavatar.sessions import LiveAvatarSessions, LiveAvatarSettings
from holo_app.providers.livekit_room.avatar import AvatarPlace, RoomAvatar, SessionPolicy
from holo_app.providers.livekit_room.client import join_livekit
from holo_app.providers.livekit_room.room import Door
from holo_app.ui.cloud_frames import CloudFrames
from tests.contracts.speech_checks import check_speech
from tests.emulators.akool import KEY as AKOOL_KEY
from tests.emulators.akool import AkoolEmulator
from tests.emulators.avatar_act import Act
from tests.emulators.liveavatar import AVATAR_ID, CONTROL, KEY, LiveAvatarEmulator
from tests.emulators.livekit import EmulatedRoom, reachable
from tests.fakes.avatars import FakeBook, FakeScreen
from tests.fakes.meter import FakeMeter
from tests.fakes.tts import FakeTts

pytestmark = pytest.mark.skipif(not reachable(), reason="libwebrtc needs an address besides the loopback device")

_LONG = "This goes on for longer than anybody here will listen to it, whatever it is about."


@asynccontextmanager
async def live(voice: TextToSpeech | None = None) -> AsyncIterator[tuple[RoomAvatar, LiveAvatarEmulator, CloudFrames]]:
    """An avatar whose session is open; afterwards nothing of it is left."""
    frames, book, meter = CloudFrames(), FakeBook(), FakeMeter()
    async with LiveAvatarEmulator(lambda: Act(size=(64, 48), latency_s=0.05)) as emulator:
        client = HttpClient("liveavatar", emulator.base_url, read=read_refusal)
        sessions = LiveAvatarSessions(client, KEY, LiveAvatarSettings(AVATAR_ID), voice=voice)
        avatar = RoomAvatar(sessions, AvatarPlace(frames, book, meter, SystemClock()), SessionPolicy())
        try:
            await avatar.open()
            yield avatar, emulator, frames
        finally:
            await avatar.aclose()
        assert (avatar.state, emulator.live, dict(book.sessions)) == (AvatarState.CLOSED, set(), {})
        assert len(meter.uses) == len(book.noted)
        await _until(lambda: not emulator.open_rooms)


async def say(avatar: RoomAvatar, text: str) -> list[SpeechChunk]:
    async with aclosing(avatar.synthesize(text, voice="", language="en")) as chunks:
        return [chunk async for chunk in chunks]


async def _rest(chunks: AsyncGenerator[SpeechChunk]) -> None:
    async for _ in chunks:
        pass


async def _until(calm: Callable[[], bool]) -> None:
    async with asyncio.timeout(3):
        while not calm():  # noqa: ASYNC110 - nobody tells when a far side has gone
            await asyncio.sleep(0.01)


async def test_what_it_is_told_to_say_is_heard_and_seen() -> None:
    async with live() as (avatar, emulator, frames):
        chunks = await say(avatar, "Yes, it is.")
        check_speech("Yes, it is.", chunks)
        line = emulator.rooms["ses-1"].act.lines[-1]
        assert sum(chunk.audio.seconds for chunk in chunks) == pytest.approx(line.ends_s - line.begins_s, abs=0.4)
        topic, payload = emulator.rooms["ses-1"].received[0]
        assert topic == CONTROL
        assert b'"event_type": "avatar.speak_text"' in payload
        await _until(lambda: frames.due(0.0, time.monotonic()) is not None)
        frame = frames.due(0.0, time.monotonic())
        assert frame is not None
        assert (frame.width, frame.height, len(frame.rgba)) == (64, 48, 64 * 48 * 4)


async def test_with_a_voice_of_ours_its_words_are_kept() -> None:
    async with live(FakeTts(first_chunk_s=0, chunk_s=0, words_per_s=6)) as (avatar, emulator, _):
        chunks = await say(avatar, "Yes, it is.")
        check_speech("Yes, it is.", chunks)
        assert {command["type"] for command in emulator.commands} == {"agent.speak", "agent.speak_end"}
        words = [cue for chunk in chunks for cue in chunk.words]
        assert [cue.start_s for cue in words] == pytest.approx([0, 1 / 6, 1 / 3], abs=0.06)


async def test_akool_says_what_comes_in_packets() -> None:
    async with AkoolEmulator(lambda: Act(size=(64, 48), latency_s=0.05)) as emulator:
        client = HttpClient("akool", emulator.base_url, {"x-api-key": AKOOL_KEY}, read=read_akool)
        place = AvatarPlace(FakeScreen(), FakeBook(), FakeMeter(), SystemClock())
        avatar = RoomAvatar(AkoolSessions(client, AkoolSettings("avatar-1", "v-1")), place, SessionPolicy())
        try:
            check_speech("Yes.", await say(avatar, "Yes."))
        finally:
            await avatar.aclose()
        assert not emulator.live
        assert not emulator.refused_packets
        assert [command["type"] for command in emulator.commands] == ["command", "chat"]


@pytest.mark.parametrize("end", [EmulatedRoom.kick, EmulatedRoom.cut])
async def test_a_room_that_ends_in_mid_sentence_says_so_at_once(
    end: Callable[[EmulatedRoom], Awaitable[None]],
) -> None:
    async with live() as (avatar, emulator, frames):
        async with aclosing(avatar.synthesize(_LONG, voice="", language="en")) as chunks:
            await anext(chunks)
            at = time.monotonic()
            await end(emulator.rooms["ses-1"])
            with pytest.raises(ProviderError) as caught:
                await _rest(chunks)
        assert caught.value.category is FailureCategory.CANCELLED_BY_PEER
        assert time.monotonic() - at < 1.0
        assert frames.due(0.0, time.monotonic()) is None


async def test_an_avatar_without_sound_and_pictures_is_noticed() -> None:
    async with live() as (avatar, emulator, frames):
        act = emulator.rooms["ses-1"].act
        speech = in_time(avatar.synthesize(_LONG, voice="", language="en"), "voice", Patience(3.0, 0.6))
        async with aclosing(speech) as chunks:
            await anext(chunks)
            act.has_sound.clear()
            act.has_picture.clear()
            with pytest.raises(ProviderError) as caught:
                await _rest(chunks)
        assert caught.value.category is FailureCategory.TIMEOUT
        assert frames.due(0.0, time.monotonic()) is None
        act.has_sound.set()
        act.has_picture.set()


async def test_an_interruption_makes_room_for_the_next_sentence() -> None:
    async with live() as (avatar, emulator, _):
        async with aclosing(avatar.synthesize(_LONG, voice="", language="en")) as chunks:
            await anext(chunks)
        assert emulator.commands[-1]["event_type"] == "avatar.interrupt" or await _interrupted(emulator)
        check_speech("Yes.", await say(avatar, "Yes."))


async def _interrupted(emulator: LiveAvatarEmulator) -> bool:
    await _until(lambda: emulator.commands[-1]["event_type"] == "avatar.interrupt")
    return True


async def test_who_may_not_come_in_is_told_why() -> None:
    async with LiveAvatarEmulator(Act) as emulator:
        url = f"ws://127.0.0.1:{emulator.port}"
        for address, category in (
            (url, FailureCategory.AUTH),
            ("ws://127.0.0.1:9", FailureCategory.UNAVAILABLE),
            ("nonsense", FailureCategory.BAD_REQUEST),
        ):
            with pytest.raises(ProviderError) as caught:
                await join_livekit("liveavatar", Door(address, "nobody's token"), lambda _: None)
            assert caught.value.category is category

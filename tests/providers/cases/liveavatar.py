"""LiveAvatar: one session from its opening to its end, in a room without a network: its faults are tested elsewhere."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.usage import ProviderRole
from holo_app.errors import FailureCategory
from holo_app.ports.meter import Meter
from holo_app.ports.tts import SpeechChunk
from holo_app.providers.http.client import HttpClient
from holo_app.providers.liveavatar.failures import read_refusal
from holo_app.providers.liveavatar.sessions import LiveAvatarSessions, LiveAvatarSettings
from holo_app.providers.livekit_room.avatar import AvatarPlace, RoomAvatar, SessionPolicy
from holo_app.providers.livekit_room.room import Message
from tests.contracts.speech_checks import check_speech
from tests.emulators.faults import Fault
from tests.emulators.liveavatar import AVATAR_ID, KEY, RESPONSE, LiveAvatarEmulator
from tests.fakes.avatars import FakeBook, FakeRooms, FakeScreen
from tests.providers.cases.case import Case

TEXT = "Yes, it is waterproof."


def answers(payload: bytes) -> tuple[Sequence[Message], Sequence[Message]] | None:
    command = json.loads(payload)
    if command["event_type"] != "avatar.speak_text":
        return None
    started, ended = (
        Message(RESPONSE, json.dumps({"event_type": kind, "source_event_id": command["event_id"]}).encode())
        for kind in ("avatar.speak_started", "avatar.speak_ended")
    )
    return (started,), (ended,)


def make(base_url: str, meter: Meter) -> RoomAvatar:
    client = HttpClient("liveavatar", base_url, read=read_refusal)
    sessions = LiveAvatarSessions(client, KEY, LiveAvatarSettings(AVATAR_ID))
    place = AvatarPlace(FakeScreen(), FakeBook(), meter, SystemClock(), FakeRooms(answers))
    return RoomAvatar(sessions, place, SessionPolicy())


async def one_session(avatar: RoomAvatar) -> AsyncGenerator[SpeechChunk]:
    """The account of a session is made at its end."""
    try:
        async with aclosing(avatar.synthesize(TEXT, voice="", language="en")) as chunks:
            async for chunk in chunks:
                yield chunk
    finally:
        await avatar.close()


def right(chunks: Sequence[SpeechChunk]) -> None:
    check_speech(TEXT, chunks)
    assert all(chunk.pictures is not None for chunk in chunks)


CASES = [
    Case(
        "liveavatar",
        ProviderRole.AVATAR,
        LiveAvatarEmulator,
        make,
        one_session,
        right,
        # half a JSON text is none: an answer that ends early cannot be told from a garbled one
        differs={Fault.ODD_CLOSE: FailureCategory.BAD_RESPONSE},
    )
]

"""AKOOL: one session from its opening to its end, in a room without a network."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.usage import ProviderRole
from holo_app.errors import FailureCategory
from holo_app.ports.meter import Meter
from holo_app.ports.tts import SpeechChunk
from holo_app.providers.akool.failures import read_refusal
from holo_app.providers.akool.sessions import AkoolSessions, AkoolSettings
from holo_app.providers.http.client import HttpClient
from holo_app.providers.livekit_room.avatar import AvatarPlace, RoomAvatar, SessionPolicy
from holo_app.providers.livekit_room.room import Message
from tests.contracts.speech_checks import check_speech
from tests.emulators.akool import AVATAR_ID, KEY, AkoolEmulator
from tests.emulators.faults import Fault
from tests.fakes.avatars import FakeBook, FakeRooms, FakeScreen
from tests.providers.cases.case import Case

TEXT = "Yes, it is waterproof."


def answers(payload: bytes) -> tuple[Sequence[Message], Sequence[Message]] | None:
    command = json.loads(payload)
    if command["type"] == "command":
        acknowledged = {"cmd": command["pld"]["cmd"], "code": 1000, "msg": "OK"}
        return (_message("command", command["mid"], acknowledged),), ()
    started, ended = (_message("event", command["mid"], {"event": name}) for name in ("audio_start", "audio_end"))
    return (started,), (ended,)


def _message(kind: str, mid: str, load: dict[str, object]) -> Message:
    return Message("", json.dumps({"v": 2, "type": kind, "mid": mid, "pld": load}).encode())


def make(base_url: str, meter: Meter) -> RoomAvatar:
    client = HttpClient("akool", base_url, {"x-api-key": KEY}, read=read_refusal)
    place = AvatarPlace(FakeScreen(), FakeBook(), meter, SystemClock(), FakeRooms(answers))
    return RoomAvatar(AkoolSessions(client, AkoolSettings(AVATAR_ID, "v-1")), place, SessionPolicy())


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
        "akool",
        ProviderRole.AVATAR,
        AkoolEmulator,
        make,
        one_session,
        right,
        # half a JSON text is none: an answer that ends early cannot be told from a garbled one
        differs={Fault.ODD_CLOSE: FailureCategory.BAD_RESPONSE},
    )
]

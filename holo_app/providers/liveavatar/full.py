"""FULL: LiveAvatar speaks the text, told through the room's data topics."""

from __future__ import annotations

import json
from typing import Final

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.http.json_values import JsonObject, text_in
from holo_app.providers.livekit_room.room import Message, Room
from holo_app.providers.livekit_room.vendor import Saying, Sign, Tell, Told

_TO_AVATAR: Final = "agent-control"
_FROM_AVATAR: Final = "agent-response"
_SIGNS: Final = {"avatar.speak_started": Sign.STARTED, "avatar.speak_ended": Sign.ENDED}


class FullControl:
    """A Control. An utterance's number is the id of its command, which the avatar names in its signs."""

    brings_cues = False

    def __init__(self, provider: str, session_id: str, room: Room, tell: Tell, *, to: str) -> None:
        self._provider = provider
        self._session_id = session_id
        self._room = room
        self._tell = tell
        self._to = to
        self._commands = 0

    async def open(self) -> None:
        """It listens as soon as it is in the room."""

    async def say(self, saying: Saying) -> None:
        await self._send(f"say-{saying.utterance}", "avatar.speak_text", text=saying.text)

    async def hush(self) -> None:
        self._commands += 1
        await self._send(f"hush-{self._commands}", "avatar.interrupt")

    def heard(self, message: Message) -> None:
        if message.topic != _FROM_AVATAR:
            return
        event = _read(message.payload)
        kind = text_in(event, "event_type")
        if kind in _SIGNS:
            # without a source it was nobody's command: the context's opening words, say
            head, _, number = text_in(event, "source_event_id").partition("-")
            if head == "say" and number.isdecimal():
                self._tell(Told(_SIGNS[kind], int(number)))
        elif kind == "session.stopped":
            reason = text_in(event, "end_reason") or text_in(event, "stop_reason")
            category = FailureCategory.QUOTA if "credit" in reason.lower() else FailureCategory.CANCELLED_BY_PEER
            self._tell(ProviderError(self._provider, category, f"the session was stopped: {reason or 'no reason'}"))

    async def aclose(self) -> None:
        """Nothing of its own."""

    async def _send(self, event_id: str, kind: str, **more: str) -> None:
        command = {"event_id": event_id, "event_type": kind, "session_id": self._session_id, **more}
        await self._room.send(
            json.dumps(command, ensure_ascii=False).encode("utf-8", "replace"), topic=_TO_AVATAR, to=self._to
        )


def _read(payload: bytes) -> JsonObject:
    try:
        event = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    return event if isinstance(event, dict) else {}

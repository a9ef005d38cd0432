"""LiveAvatar's sessions.

Source: heygen-com/liveavatar-agent-skills and liveavatar-web-sdk, livekit-plugins-liveavatar 1.8.9. Where they contradict each
other (which code means success) all of them are accepted. No live service was called: the tests speak to an emulator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from holo_app.domain.usage import Unit
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.avatar import Quota
from holo_app.ports.tts import TextToSpeech
from holo_app.providers.http.client import Ask, HttpClient
from holo_app.providers.http.json_values import JsonObject, inside, number_in, text_in
from holo_app.providers.liveavatar.failures import empty_answer
from holo_app.providers.liveavatar.full import FullControl
from holo_app.providers.liveavatar.lite import LiteControl
from holo_app.providers.livekit_room.room import Door, Room
from holo_app.providers.livekit_room.vendor import Control, Noted, Tell, Ticket

AVATAR: Final = "heygen"
"""The identity under which the avatar is in the room."""
_KEEP_ALIVE_S: Final = 120.0
_FULL_CREDITS_A_MINUTE: Final = 2.0
_LITE_CREDITS_A_MINUTE: Final = 1.0
_CREDIT_NAMES: Final = ("credits_left", "remaining_credits", "credits", "remaining", "balance")


@dataclass(frozen=True, slots=True)
class LiveAvatarSettings:
    """As in the settings of the kiosk; language: a BCP 47 primary tag, of the whole session."""

    avatar_id: str
    voice_id: str = ""
    context_id: str = ""
    quality: str = "high"
    sandbox: bool = False
    longest_session_s: int = 600
    language: str = "en"


class LiveAvatarSessions:
    """A Vendor. client: without a key in its headers: a session has a token of its own. It is closed with this.

    voice: speaks in place of theirs (LITE): they only move the mouth; None: they speak (FULL). It is closed with this.
    """

    keep_alive_s = _KEEP_ALIVE_S

    def __init__(
        self, client: HttpClient, key: str, settings: LiveAvatarSettings, *, voice: TextToSpeech | None = None
    ) -> None:
        self._client = client
        self._key = {"x-api-key": key}
        self._settings = settings
        self._voice = voice

    @property
    def name(self) -> str:
        return self._client.provider

    @property
    def model(self) -> str:
        return self._settings.avatar_id

    @property
    def credits_a_minute(self) -> float | None:
        if self._settings.sandbox:
            return None
        return _FULL_CREDITS_A_MINUTE if self._voice is None else _LITE_CREDITS_A_MINUTE

    async def create(self, noted: Noted) -> Ticket:
        token = await self._asked(Ask("v1/sessions/token", self._wanted(), headers=self._key))
        session_id, secret = text_in(token, "session_id"), text_in(token, "session_token")
        if not session_id or not secret:
            raise ProviderError(self.name, FailureCategory.BAD_RESPONSE, "a session without an id or a token")
        await noted(session_id)
        started = await self._asked(Ask("v1/sessions/start", {}, headers=_bearer(secret)))
        url, key = text_in(started, "livekit_url"), text_in(started, "livekit_client_token")
        if not url or not key:
            raise ProviderError(self.name, FailureCategory.BAD_RESPONSE, "a session without a room")
        longest_s = number_in(started, "max_session_duration")
        socket_url = text_in(started, "ws_url")
        return Ticket(session_id, Door(url, key, AVATAR), longest_s or None, secret, socket_url)

    def control(self, ticket: Ticket, room: Room, tell: Tell) -> Control:
        if self._voice is None:
            return FullControl(self.name, ticket.id, room, tell, to=AVATAR)
        return LiteControl(self.name, ticket.socket_url, self._voice, tell)

    async def keep_alive(self, ticket: Ticket) -> None:
        await self._client.json(Ask("v1/sessions/keep-alive", {}, headers=_bearer(ticket.secret)))

    async def end(self, session_id: str, ticket: Ticket | None = None) -> None:
        headers = self._key if ticket is None else _bearer(ticket.secret)
        body = {"session_id": session_id, "reason": "USER_DISCONNECTED"}
        try:
            await self._client.json(Ask("v1/sessions/stop", body, headers=headers))
        except ProviderError as error:
            # one that is over already cannot be stopped
            if error.category is not FailureCategory.BAD_REQUEST:
                raise

    async def quota(self) -> Quota | None:
        # what the answer looks like is written nowhere: any plausible number is taken
        answer = await self._client.json(Ask("v1/users/credits", method="GET", headers=self._key))
        data = answer.get("data")
        found = (
            [number_in(data, name) for name in _CREDIT_NAMES] if isinstance(data, dict) else [number_in(answer, "data")]
        )
        left = next((number for number in found if number is not None), None)
        return None if left is None else Quota(left, Unit.CREDITS)

    async def aclose(self) -> None:
        await self._client.aclose()
        if self._voice is not None:
            await self._voice.aclose()

    def _wanted(self) -> Mapping[str, Any]:
        settings = self._settings
        wanted: dict[str, Any] = {
            "mode": "FULL" if self._voice is None else "LITE",
            "avatar_id": settings.avatar_id,
            "is_sandbox": settings.sandbox,
            "video_settings": {"quality": settings.quality, "encoding": "VP8"},
            "max_session_duration": settings.longest_session_s,
        }
        if self._voice is None:
            persona = {"voice_id": settings.voice_id, "context_id": settings.context_id, "language": settings.language}
            wanted["avatar_persona"] = {name: value for name, value in persona.items() if value}
            # the kiosk hears and answers by itself: the avatar speaks when it is told to
            wanted["interactivity_type"] = "PUSH_TO_TALK"
        return wanted

    async def _asked(self, ask: Ask) -> JsonObject:
        answer = await self._client.json(ask)
        data = inside(answer, "data")
        if not isinstance(data, dict):
            raise empty_answer(self.name, answer)
        return data


def _bearer(secret: str) -> Mapping[str, str]:
    return {"authorization": f"Bearer {secret}"}

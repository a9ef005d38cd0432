"""AKOOL's live sessions (version 4), in LiveKit rooms.

Source: AKOOL-Official/akool-streaming-avatar-react-demo and docs.akool.com. No live service was called: the tests speak to an
emulator. Credits for the whole duration are taken when a session is made, and the rest is given back when it is closed.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from holo_app.domain.usage import Unit
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.avatar import Quota
from holo_app.providers.akool.chat import ChatControl, Speaks
from holo_app.providers.akool.failures import asked, data_of
from holo_app.providers.http.client import Ask, HttpClient
from holo_app.providers.http.json_values import JsonObject, count_in, number_in, text_in
from holo_app.providers.livekit_room.room import Door, Room
from holo_app.providers.livekit_room.vendor import Control, Noted, Tell, Ticket

_FAILED: Final = 4
_POLL_S: Final = 0.5
_LONGEST_S: Final = 3600


@dataclass(frozen=True, slots=True)
class AkoolSettings:
    """As in the settings of the kiosk; language: a BCP 47 primary tag, of the whole session."""

    avatar_id: str
    voice_id: str = ""
    longest_session_s: int = 600
    language: str = "en"
    backdrop_url: str = ""


class AkoolSessions:
    """A Vendor. client: with the key in its headers (`x-api-key`), and `read_refusal`. It is closed with this."""

    keep_alive_s = None
    credits_a_minute = None  # each avatar has a price of its own

    def __init__(self, client: HttpClient, settings: AkoolSettings) -> None:
        self._client = client
        self._settings = settings

    @property
    def name(self) -> str:
        return self._client.provider

    @property
    def model(self) -> str:
        return self._settings.avatar_id

    async def create(self, noted: Noted) -> Ticket:
        made = await data_of(self._client, Ask("api/open/v4/liveAvatar/session/create", self._wanted()))
        session_id = text_in(made, "_id")
        if not session_id:
            raise ProviderError(self.name, FailureCategory.BAD_RESPONSE, "a session without an id")
        await noted(session_id)
        # made at once or queued: until there is a room in it
        while (door := _door(made)) is None:
            if count_in(made, "status") == _FAILED:
                raise ProviderError(self.name, FailureCategory.UNAVAILABLE, "the session could not be made")
            await asyncio.sleep(_POLL_S)
            detail = Ask("api/open/v4/liveAvatar/session/detail", method="GET", query={"id": session_id})
            made = await data_of(self._client, detail)
        return Ticket(session_id, door, float(self._duration_s()))

    def control(self, ticket: Ticket, room: Room, tell: Tell) -> Control:
        settings = self._settings
        speaks = Speaks(settings.voice_id, settings.language, settings.backdrop_url)
        return ChatControl(self.name, room, tell, speaks, to=ticket.door.avatar)

    async def keep_alive(self, ticket: Ticket) -> None:
        """It wants nothing of the kind."""

    async def end(self, session_id: str, ticket: Ticket | None = None) -> None:
        del ticket
        try:
            await asked(self._client, Ask("api/open/v4/liveAvatar/session/close", {"id": session_id}))
        except ProviderError as error:
            # one that is over already cannot be closed
            if error.category is not FailureCategory.BAD_REQUEST:
                raise

    async def quota(self) -> Quota | None:
        answer = await data_of(self._client, Ask("api/open/v3/faceswap/quota/info", method="GET"))
        left = number_in(answer, "credit")
        return None if left is None else Quota(left, Unit.CREDITS)

    async def aclose(self) -> None:
        await self._client.aclose()

    def _duration_s(self) -> int:
        return min(self._settings.longest_session_s, _LONGEST_S)

    def _wanted(self) -> dict[str, Any]:
        settings = self._settings
        wanted = {
            "avatar_id": settings.avatar_id,
            "duration": self._duration_s(),
            "stream_type": "livekit",
            "mode_type": 1,  # it says what it is told; 2 is a conversation of its own
            "language": settings.language,
            "voice_id": settings.voice_id,
            "background_url": settings.backdrop_url,
        }
        return {name: value for name, value in wanted.items() if value != ""}


def _door(session: JsonObject) -> Door | None:
    credentials = session.get("credentials")
    url, token = text_in(credentials, "livekit_url"), text_in(credentials, "livekit_token")
    return Door(url, token, text_in(credentials, "livekit_server_identity")) if url and token else None

"""Which avatars and voices an AKOOL account has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from holo_app.providers.akool.failures import asked
from holo_app.providers.http.client import Ask, HttpClient
from holo_app.providers.http.json_values import JsonObject, inside, list_in, text_in

_PAGE: Final = 100
_MOST_PAGES: Final = 20


@dataclass(frozen=True, slots=True)
class GalleryAvatar:
    """id: for the settings. picture_url: a small picture of it."""

    id: str
    name: str
    gender: str = ""
    picture_url: str = ""


@dataclass(frozen=True, slots=True)
class GalleryVoice:
    """id: for the settings. sample_url: what it sounds like."""

    id: str
    name: str
    language: str = ""
    gender: str = ""
    sample_url: str = ""


class Gallery:
    """Lists. client: as for AkoolSessions; it is not closed with this. Raises, from each: ProviderError."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client

    async def avatars(self) -> list[GalleryAvatar]:
        """Those that can be live, in AKOOL's order."""
        return [
            GalleryAvatar(
                avatar_id,
                text_in(entry, "name") or avatar_id,
                text_in(entry, "gender"),
                text_in(entry, "thumbnailUrl") or text_in(entry, "url"),
            )
            for entry in await self._all("api/open/v4/liveAvatar/avatar/list", {})
            if (avatar_id := text_in(entry, "avatar_id") or text_in(entry, "_id"))
        ]

    async def voices(self) -> list[GalleryVoice]:
        """Those that can be live."""
        return [
            GalleryVoice(
                voice_id,
                text_in(entry, "name") or voice_id,
                text_in(entry, "language"),
                text_in(entry, "gender"),
                text_in(entry, "preview"),
            )
            for entry in await self._all("api/open/v4/voice/list", {"support_stream": 1})
            if (voice_id := text_in(entry, "voice_id") or text_in(entry, "_id"))
        ]

    async def _all(self, path: str, query: Mapping[str, int]) -> list[JsonObject]:
        found: list[JsonObject] = []
        for page in range(1, _MOST_PAGES + 1):
            ask = Ask(path, method="GET", query={**query, "page": page, "size": _PAGE})
            answer = await asked(self._client, ask)
            data = inside(answer, "data")
            entries = [entry for entry in _entries(data) if isinstance(entry, dict)]
            found += entries
            if len(entries) < _PAGE:
                break
        return found


def _entries(data: object) -> list[object]:
    """A list, or an object with the list in it: both are seen."""
    if isinstance(data, list):
        return list(data)
    return list_in(data, "result") or list_in(data, "list")

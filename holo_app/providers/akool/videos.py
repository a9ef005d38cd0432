"""Talking-avatar videos: ordered, asked after until they are made, fetched.

A webhook would tell earlier, but the signature in AKOOL's own example does not verify: asking is the source of truth.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from holo_app.domain.usage import ProviderRole, Unit, Use
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.clock import Clock
from holo_app.ports.meter import CURRENT_TURN, Meter
from holo_app.providers.akool.failures import data_of
from holo_app.providers.http.client import Ask, HttpClient
from holo_app.providers.http.json_values import JsonObject, count_in, number_in, text_in

_DONE: Final = 3
_FAILED: Final = 4
_GROWTH: Final = 1.5
_LONGEST_PAUSE_S: Final = 30.0
_AVATAR_FROM: Final = 2


@dataclass(frozen=True, slots=True)
class VideoOrder:
    """What is said by whom. size: of the picture, in pixels."""

    text: str
    avatar_id: str
    voice_id: str
    size: tuple[int, int] = (1080, 1920)


@dataclass(frozen=True, slots=True)
class Polling:
    """first_s: until it is first asked, growing to half a minute. longest_s: then it is given up."""

    first_s: float = 5.0
    longest_s: float = 1800.0


class Videos:
    """Makes videos, and tells the meter once for each order. client: as for AkoolSessions.

    files: fetches what was made, from wherever that is: without a key in its headers. Neither is closed with this.
    """

    def __init__(
        self, client: HttpClient, files: HttpClient, meter: Meter, clock: Clock, polling: Polling | None = None
    ) -> None:
        self._client = client
        self._files = files
        self._meter = meter
        self._clock = clock
        self._polling = polling or Polling()

    async def made(self, order: VideoOrder) -> AsyncGenerator[bytes]:
        """The file of a video, in pieces, once it is made: minutes. Raises: ProviderError; TIMEOUT: it took too long."""
        at, used = self._clock.utc(), {}
        try:
            answer = await data_of(self._client, Ask("api/open/v3/talkingavatar/create", _wanted(order)))
            video_id = text_in(answer, "_id")
            if not video_id:
                raise ProviderError(self._client.provider, FailureCategory.BAD_RESPONSE, "a video without an id")
            used = {Unit.CHARACTERS: float(len(order.text))}
            video = await self._until_made(video_id, answer)
            if (credits_used := number_in(video, "deduction_credit")) is not None:
                used[Unit.CREDITS] = credits_used
            async with self._files.content(Ask(_address(self._client, video), method="GET")) as pieces:
                async for piece in pieces:
                    yield piece
        finally:
            name, model = self._client.provider, order.avatar_id
            measured = Unit.CREDITS in used
            self._meter.used(Use(ProviderRole.AVATAR, name, model, at, used, None, measured, CURRENT_TURN.get()))

    async def _until_made(self, video_id: str, answer: JsonObject) -> JsonObject:
        name, pause_s = self._client.provider, self._polling.first_s
        try:
            async with asyncio.timeout(self._polling.longest_s):
                while (status := count_in(answer, "video_status")) != _DONE:
                    if status == _FAILED:
                        detail = text_in(answer, "error_reason") or "the video could not be made"
                        raise ProviderError(name, FailureCategory.UNAVAILABLE, detail[:200])
                    await asyncio.sleep(pause_s)
                    pause_s = min(pause_s * _GROWTH, _LONGEST_PAUSE_S)
                    answer = await self._state(video_id, answer)
        except TimeoutError:
            raise ProviderError(name, FailureCategory.TIMEOUT, "the video was not made in time") from None
        return answer

    async def _state(self, video_id: str, known: JsonObject) -> JsonObject:
        query = {"video_model_id": video_id}
        try:
            return await data_of(
                self._client, Ask("api/open/v3/content/video/infobymodelid", method="GET", query=query)
            )
        except ProviderError as error:
            # it is being made and paid for all the same: what passes is waited for
            if not error.category.retryable:
                raise
            return known


def _address(client: HttpClient, video: JsonObject) -> str:
    url = text_in(video, "video")
    if not url.startswith(("https://", "http://")):
        raise ProviderError(client.provider, FailureCategory.BAD_RESPONSE, "a video without an address")
    return url


def _wanted(order: VideoOrder) -> Mapping[str, Any]:
    width, height = order.size
    figure = {
        "type": "avatar",
        "avatar_id": order.avatar_id,
        "scale_x": 1,
        "scale_y": 1,
        "width": width,
        "height": height,
        "offset_x": width // 2,
        "offset_y": height // 2,
    }
    speech = {"type": "audio", "input_text": order.text, "voice_id": order.voice_id}
    return {"width": width, "height": height, "avatar_from": _AVATAR_FROM, "elements": [figure, speech]}

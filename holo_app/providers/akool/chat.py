"""How an AKOOL avatar is told to speak: JSON in packets without a topic, of 960 bytes at most."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.akool.failures import CODES, OK
from holo_app.providers.http.json_values import inside, number_in, text_in
from holo_app.providers.livekit_room.room import Message, Room
from holo_app.providers.livekit_room.vendor import Saying, Sign, Tell, Told

LARGEST_PACKET: Final = 960
"""Bytes."""
_BYTES_A_SECOND: Final = 6_000
"""The makers' own client sends no faster."""
_ACKNOWLEDGED_S: Final = 2.0
_SIGNS: Final = {"audio_start": Sign.STARTED, "audio_end": Sign.ENDED}


@dataclass(frozen=True, slots=True)
class Speaks:
    """With which voice, in which language, before what."""

    voice_id: str
    language: str
    backdrop_url: str


class ChatControl:
    """A Control."""

    brings_cues = False

    def __init__(self, provider: str, room: Room, tell: Tell, speaks: Speaks, *, to: str) -> None:
        self._provider = provider
        self._room = room
        self._tell = tell
        self._speaks = speaks
        self._to = to
        self._numbers = itertools.count(1)
        self._settled: asyncio.Future[ProviderError | None] | None = None
        self._settling = ""

    async def open(self) -> None:
        """Set voice and language. One that does not acknowledge it is taken at its word."""
        speaks = self._speaks
        params = {"vid": speaks.voice_id, "lang": speaks.language, "mode": 1, "bgurl": speaks.backdrop_url}
        data = {name: value for name, value in params.items() if value != ""}
        self._settled = asyncio.get_running_loop().create_future()
        self._settling = await self._command("set-params", data)
        done, _ = await asyncio.wait([self._settled], timeout=_ACKNOWLEDGED_S)
        if done and (error := self._settled.result()) is not None:
            raise error

    async def say(self, saying: Saying) -> None:
        for packet in packets(f"say-{saying.utterance}", saying.text):
            await self._room.send(packet, to=self._to)
            await asyncio.sleep(len(packet) / _BYTES_A_SECOND)

    async def hush(self) -> None:
        await self._command("interrupt", None)

    def heard(self, message: Message) -> None:
        try:
            event = json.loads(message.payload)
        except (ValueError, RecursionError):
            return
        kind = text_in(event, "type")
        if kind == "event":
            sign = _SIGNS.get(text_in(event, "pld", "event"))
            if sign is not None:
                head, _, number = text_in(event, "mid").partition("-")
                self._tell(Told(sign, int(number) if head == "say" and number.isdecimal() else None))
        elif kind == "command":
            self._acknowledged(text_in(event, "mid"), inside(event, "pld"))

    async def aclose(self) -> None:
        """Nothing of its own."""

    def _acknowledged(self, mid: str, answer: object) -> None:
        if self._settled is None or self._settled.done() or mid != self._settling:
            return
        code = number_in(answer, "code")
        error = None
        if code is not None and code != OK:
            category = CODES.get(int(code), FailureCategory.BAD_REQUEST)
            error = ProviderError(self._provider, category, f"code {code:g}: {text_in(answer, 'msg')[:200]}")
        self._settled.set_result(error)

    async def _command(self, name: str, data: dict[str, Any] | None) -> str:
        mid = f"cmd-{next(self._numbers)}"
        payload: dict[str, Any] = {"cmd": name} if data is None else {"cmd": name, "data": data}
        if name == "set-params":
            self._settling = mid
        await self._room.send(_written({"v": 2, "type": "command", "mid": mid, "pld": payload}), to=self._to)
        return mid


def packets(mid: str, text: str) -> Iterator[bytes]:
    """A chat message in pieces that each fit into a packet, cut between characters and, where there are any, between words."""
    left, index = text, 0
    while True:
        piece = _that_fits(mid, index, left)
        left = left[len(piece) :]
        yield _chat(mid, index, piece, last=not left)
        if not left:
            return
        index += 1


def _that_fits(mid: str, index: int, text: str) -> str:
    """The longest beginning of a text that fits; at least one character."""
    if len(_chat(mid, index, text, last=False)) <= LARGEST_PACKET:
        return text
    low, high = 1, min(len(text), LARGEST_PACKET)
    while low < high:
        middle = (low + high + 1) // 2
        if len(_chat(mid, index, text[:middle], last=False)) <= LARGEST_PACKET:
            low = middle
        else:
            high = middle - 1
    border = text.rfind(" ", 0, low) + 1
    return text[: border or low]


def _chat(mid: str, index: int, text: str, *, last: bool) -> bytes:
    return _written({"v": 2, "type": "chat", "mid": mid, "idx": index, "fin": last, "pld": {"text": text}})


def _written(message: dict[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")

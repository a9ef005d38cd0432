"""Azure AI Speech, as far as the kiosk uses it: recognition and synthesis over its WebSocket protocol.

Source: Microsoft's JavaScript Speech SDK 1.52.0. The native SDK 1.53.0 is the judge of it, where it is installed.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
import struct
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from xml.etree import ElementTree as ET

from aiohttp import web

from tests.emulators.faults import Fault
from tests.emulators.web import CutError, Emulator, Refused, Wire

KEY = "0123456789abcdef0123456789abcdef"
RATE_HZ = 24_000
_WORD_S = 0.3
_END_S = 0.2
_TICKS = 10_000_000
_SOUND_BYTES = 9_600
_HUM = b"".join(struct.pack("<h", round(8_000 * math.sin(place * 0.17))) for place in range(RATE_HZ))
_REFUSALS = {
    Fault.UNAUTHORIZED: (401, "Access denied due to invalid subscription key or wrong API endpoint."),
    Fault.QUOTA: (403, "Out of call volume quota. Quota will be replenished in 2 days."),
    Fault.RATE_LIMITED: (429, "Requests have exceeded call rate limit of your current pricing tier."),
    Fault.RATE_LIMITED_FOR: (429, "Requests have exceeded call rate limit of your current pricing tier."),
    Fault.BAD_REQUEST: (400, "The locale is not supported."),
    Fault.SERVER_ERROR: (500, "Internal server error."),
    Fault.OVERLOADED: (503, "Service unavailable."),
}
Headers = Mapping[str, str]


class AzureEmulator(Emulator):
    """Hears `text` in whatever is no silence, and speaks what it is asked to.

    phrases: what it hears in place of `text`, each a phrase of its own. turn_bytes: it ends a turn after so much sound,
    and goes on in the next. status: of each phrase that it hears. shapes: (share of a word, viseme id) for every word;
    empty for a locale without visemes. speechless: no sound comes. extra: entries before every other; broken: metadata
    that are no JSON. again: set when a second turn begins. texts_a_connection: it lets go of one when it is asked for
    more. received: path and body of the texts that it was sent.
    """

    def __init__(self, text: str = "How much is it – 149 or 199 pounds?") -> None:
        super().__init__()
        self.phrases = [text]
        self.turn_bytes: int | None = None
        self.shapes: tuple[tuple[float, int], ...] = ((0.0, 21), (0.3, 11), (0.8, 15))
        self.received: list[tuple[str, str]] = []
        self.status = "Success"
        self.speechless = False
        self.extra: list[object] = []
        self.broken = False
        self.again = asyncio.Event()
        self.texts_a_connection: int | None = None
        self.turned_away: list[Mapping[str, str]] = []
        self._turn = ""

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/speech/recognition/conversation/cognitiveservices/v1", self._recognise)
        router.add_get("/cognitiveservices/websocket/v1", self._speak)

    def refusal(self, fault: Fault) -> Refused:
        status, message = _REFUSALS[fault]
        return Refused(status, {"error": {"code": str(status), "message": message}})

    def unknown_event(self) -> str:
        return text_frame("surprise.of.tomorrow", self._turn, {"new": [1, None, {"deep": "value"}]})

    def late_failure(self) -> str | None:
        if self.received[-1][0] == "ssml":
            return None
        return text_frame("speech.phrase", self._turn, {"RecognitionStatus": "Error", "Offset": 0, "Duration": 0})

    async def _opened(self, request: web.Request) -> Wire | web.Response:
        if request.headers.get("ocp-apim-subscription-key") != KEY:
            self.turned_away.append({name.lower(): value for name, value in request.headers.items()})
            return self.refused(Fault.UNAUTHORIZED)
        return await self.socket(request, ("USP",))

    async def _recognise(self, request: web.Request) -> web.StreamResponse:
        wire = await self._opened(request)
        if isinstance(wire, web.Response):
            return wire
        recognition = _Recognition(self, wire, detailed=request.query.get("format") == "detailed")
        try:
            with suppress(CutError, ConnectionResetError):
                while (message := await wire.receive()) is not None:
                    await recognition.push(message)
        finally:
            await wire.finish(*recognition.problem)
        return wire.connection

    async def _speak(self, request: web.Request) -> web.StreamResponse:
        wire = await self._opened(request)
        if isinstance(wire, web.Response):
            return wire
        problem: tuple[int, str] = (1000, "")
        try:
            with suppress(CutError, ConnectionResetError):
                problem = await self._synthesise(wire)
        finally:
            await wire.finish(*problem)
        return wire.connection

    async def _synthesise(self, wire: Wire) -> tuple[int, str]:
        """Speak what is asked for until the client goes. The code and reason to close with."""
        context: dict[str, Any] = {}
        texts = 0
        while isinstance(message := await wire.receive(), str):
            headers, body = split_text(message)
            self.note(headers, body)
            if headers["path"] == "synthesis.context":
                context = json.loads(body)["synthesis"]["audio"]
            elif headers["path"] == "ssml":
                texts += 1
                if self.texts_a_connection is not None and texts > self.texts_a_connection:
                    return 1000, "idle for too long"
                if (spoken := spoken_text(body)) is None:
                    return 1007, "SSML parsing error"
                await self._synthesis(wire, headers["x-requestid"], spoken, context)
        return 1000, ""

    async def _synthesis(self, wire: Wire, turn: str, spoken: str, context: Mapping[str, Any]) -> None:
        tag = {"context": {"serviceTag": "emulated"}}
        await wire.send(text_frame("turn.start", turn, tag), counts=False)
        audio = {"type": "inline", "streamId": "A" * 32}
        await wire.send(text_frame("response", turn, {**tag, "audio": audio}), counts=False)
        wanted = context["metadataOptions"]
        if self.extra:
            await wire.send(text_frame("audio.metadata", turn, {"Metadata": self.extra}), counts=False)
        if self.broken:
            await wire.send(f"X-RequestId:{turn}\r\nPath:audio.metadata\r\n\r\n{{", counts=False)
        at = 0
        for word in [] if self.speechless else re.findall(r"\w[\w'’.,:]*\w|\w", spoken):
            start = round(_WORD_S * _TICKS) * at
            entries = [
                metadata("Viseme", start + round(share * _WORD_S * _TICKS), VisemeId=viseme, IsLastAnimation=True)
                for share, viseme in (self.shapes if wanted["visemeEnabled"] else ())
            ]
            if wanted["wordBoundaryEnabled"]:
                text = {"Text": word, "Length": len(word), "BoundaryType": "WordBoundary"}
                entries.append(metadata("WordBoundary", start, Duration=round(0.8 * _WORD_S * _TICKS), text=text))
            for entry in entries:
                await wire.send(text_frame("audio.metadata", turn, {"Metadata": [entry]}), counts=False)
            await self._sound(wire, turn, _WORD_S)
            at += 1
        if at:
            if self.shapes:
                closed = metadata("Viseme", round(at * _WORD_S * _TICKS), VisemeId=0, IsLastAnimation=True)
                await wire.send(text_frame("audio.metadata", turn, {"Metadata": [closed]}), counts=False)
            await self._sound(wire, turn, _END_S)
            end = metadata("SessionEnd", round((at * _WORD_S + _END_S) * _TICKS))
            await wire.send(text_frame("audio.metadata", turn, {"Metadata": [end]}), counts=False)
        await wire.send(text_frame("turn.end", turn, {}), counts=False)

    async def _sound(self, wire: Wire, turn: str, seconds: float) -> None:
        pcm = _HUM[: 2 * round(seconds * RATE_HZ)]
        headers = f"X-RequestId:{turn}\r\nContent-Type:audio/x-wav\r\nX-StreamId:{'A' * 32}\r\nPath:audio\r\n".encode()
        for at in range(0, len(pcm), _SOUND_BYTES):
            await wire.send(struct.pack(">H", len(headers)) + headers + pcm[at : at + _SOUND_BYTES])

    def note(self, headers: Headers, body: str) -> None:
        """Write down a text message."""
        self._turn = headers.get("x-requestid", "")
        self.received.append((headers["path"], body))
        if [path for path, _ in self.received].count("speech.context") > 1:
            self.again.set()


class _Recognition:
    """One connection. problem: the code and reason to close it with."""

    def __init__(self, emulator: AzureEmulator, wire: Wire, *, detailed: bool) -> None:
        self._emulator = emulator
        self._wire = wire
        self._detailed = detailed
        self._turn = ""
        self._over: set[str] = set()
        self._bytes = 0
        self._loud = False
        self._said = 0
        self.problem: tuple[int, str] = (1000, "")

    async def push(self, message: str | bytes) -> None:
        if isinstance(message, str):
            self._emulator.note(*split_text(message))
            return
        headers, sound = split_bytes(message)
        turn = headers.get("x-requestid", "")
        if turn in self._over:
            return
        if turn != self._turn:
            await self._begin(turn, headers, sound)
        elif not sound:
            await self._end()
        else:
            await self._hear(sound)

    async def _begin(self, turn: str, headers: Headers, sound: bytes) -> None:
        right = headers.get("content-type") == "audio/x-wav" and len(sound) == 44 and sound[:4] == b"RIFF"
        if not right:
            self.problem = (1007, "the stream does not begin with a RIFF header")
            raise CutError
        self._turn, self._bytes, self._loud = turn, 0, False
        await self._send("turn.start", {"context": {"serviceTag": "emulated"}}, counts=False)

    async def _hear(self, sound: bytes) -> None:
        self._bytes += len(sound)
        if any(sound) and not self._loud:
            self._loud = True
            await self._send("speech.startDetected", {"Offset": 100_000}, counts=False)
            beginning = " ".join(self._phrase().split()[:2])
            await self._send("speech.hypothesis", {"Text": beginning, "Offset": 100_000, "Duration": 3_000_000})
        if self._emulator.turn_bytes is not None and self._bytes >= self._emulator.turn_bytes:
            await self._end()

    async def _end(self) -> None:
        if self._loud:
            await self._send("speech.hypothesis", {"Text": self._phrase().lower(), "Offset": 100_000})
            await self._send("speech.endDetected", {"Offset": 9_000_000}, counts=False)
            await self._send("speech.phrase", self._success())
            self._said += 1
        else:
            await self._send("speech.phrase", {"RecognitionStatus": "InitialSilenceTimeout", "Offset": 0})
        await self._send("turn.end", {}, counts=False)
        self._over.add(self._turn)

    def _phrase(self) -> str:
        return self._emulator.phrases[min(self._said, len(self._emulator.phrases) - 1)]

    def _success(self) -> Mapping[str, Any]:
        phrase = {"RecognitionStatus": self._emulator.status, "Offset": 100_000, "Duration": 8_000_000}
        text = self._phrase()
        if not self._detailed:
            return {**phrase, "DisplayText": text}
        best = {"Confidence": 0.93, "Lexical": text.lower(), "ITN": text, "MaskedITN": text, "Display": text}
        return {**phrase, "NBest": [best, {**best, "Confidence": 0.2, "Display": "nonsense"}]}

    async def _send(self, path: str, body: Mapping[str, Any], *, counts: bool = True) -> None:
        await self._wire.send(text_frame(path, self._turn, body), counts=counts)


def text_frame(path: str, turn: str, body: Mapping[str, Any]) -> str:
    """A text message of the service."""
    head = f"X-RequestId:{turn}\r\nContent-Type:application/json; charset=utf-8\r\nPath:{path}\r\n\r\n"
    return head + json.dumps(body, ensure_ascii=False)


def metadata(kind: str, offset: int, **data: Any) -> Mapping[str, Any]:
    """An entry of audio.metadata."""
    return {"Type": kind, "Data": {"Offset": offset, **data}}


def split_text(message: str) -> tuple[Headers, str]:
    """Headers, by lower-case name, and body."""
    head, _, body = message.partition("\r\n\r\n")
    return _headers(head), body


def split_bytes(message: bytes) -> tuple[Headers, bytes]:
    """Headers, by lower-case name, and sound."""
    end = 2 + int.from_bytes(message[:2], "big")
    return _headers(message[2:end].decode()), message[end:]


def spoken_text(document: str) -> str | None:
    """What a document has said; None: it is none that Azure takes."""
    try:
        root = ET.fromstring(document)  # noqa: S314 - as above
    except ET.ParseError:
        return None
    space = "{http://www.w3.org/2001/10/synthesis}"
    voice = root.find(f"{space}voice")
    if root.tag != f"{space}speak" or voice is None or not voice.get("name"):
        return None
    return "".join(voice.itertext())


def _headers(head: str) -> Headers:
    lines = (line.partition(":") for line in head.split("\r\n") if ":" in line)
    return {name.strip().lower(): value.strip() for name, _, value in lines}

"""ElevenLabs' speech synthesis: its HTTP answers, its socket for one text and its socket for many contexts.

Source: elevenlabs 2.78.0 (its own client), elevenlabs.io.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from aiohttp import web

from tests.emulators.faults import REFUSALS, Fault
from tests.emulators.voice_sounds import CHARACTER_MS, spoken
from tests.emulators.web import CutError, Emulator, Refused, Wire

KEY = "xi-emulated-0123456789abcdef"
VOICE = "21m00Tcm4TlvDq8ikWAM"
OTHER_VOICE = "pNInz6obpgDQGcFmaJgB"
_ERRORS = {
    Fault.UNAUTHORIZED: (401, "invalid_api_key", "Invalid API key"),
    Fault.QUOTA: (401, "quota_exceeded", "This request exceeds your quota."),
    Fault.RATE_LIMITED: (429, "too_many_concurrent_requests", "Too many concurrent requests."),
    Fault.RATE_LIMITED_FOR: (429, "too_many_concurrent_requests", "Too many concurrent requests."),
    Fault.BAD_REQUEST: (400, "max_character_limit_exceeded", "The text is too long."),
    Fault.SERVER_ERROR: (500, "internal_server_error", "Something went wrong."),
    Fault.OVERLOADED: (429, "system_busy", "The system is experiencing heavy traffic."),
}
_MOST_CONTEXTS = 5
_CHARACTERS_A_MESSAGE = 12
_READ_OUT = {"£": "pounds ", "0": "zero ", "1": "one ", "4": "four ", "9": "nine "}
_INITIAL = frozenset(
    {"text", "context_id", "voice_settings", "generation_config", "xi_api_key", "try_trigger_generation"}
)


class ElevenLabsEmulator(Emulator):
    """Hums the text. aligned: it says when each character sounds.

    plural: it writes the newer models' `charsStartTimesMs`.
    """

    def __init__(self, *, plural: bool = False, aligned: bool = True) -> None:
        super().__init__()
        self._plural = plural
        self._aligned = aligned
        self.wires: list[Wire] = []
        self.closed_contexts: list[str] = []
        self.heard: list[Mapping[str, Any]] = []

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/v1/text-to-speech/{voice}", self._whole)
        router.add_post("/v1/text-to-speech/{voice}/stream", self._whole)
        router.add_post("/v1/text-to-speech/{voice}/stream/with-timestamps", self._timed)
        router.add_get("/v1/text-to-speech/{voice}/stream-input", self._one)
        router.add_get("/v1/text-to-speech/{voice}/multi-stream-input", self._many)
        router.add_get("/v2/voices", self._voices)
        router.add_get("/v1/user/subscription", self._subscription)

    def refusal(self, fault: Fault) -> Refused:
        status, name, message = _ERRORS[fault]
        return Refused(status, {"detail": {"status": name, "message": message}})

    def late_failure(self) -> Mapping[str, Any]:
        return {"message": "Something went wrong.", "error": "internal_server_error", "code": 1011}

    def unknown_event(self) -> Mapping[str, Any]:
        return {"audio": None, "mood": {"glad": 1}, "contextId": "nobody's"}

    def break_open(self, fault: Fault) -> None:
        """The next text on a connection that is open goes wrong."""
        for wire in self.wires:
            wire.go_wrong_next(fault)

    async def expire(self) -> None:
        """All that are connected are told that they have been silent for too long."""
        message = {"message": "Have not received a new text input.", "error": "input_timeout_exceeded", "code": 1008}
        wires, self.wires = self.wires, []
        for wire in wires:
            await wire.connection.send_json(message)
            await wire.connection.close(code=1008, message=b"Have not received a new text input within the timeout")

    async def _whole(self, request: web.Request) -> web.StreamResponse:
        body = (await self.record(request)).body
        fault = await self.next_fault()
        if fault in REFUSALS or not self._authorised(request):
            return self.refused(fault or Fault.UNAUTHORIZED)
        sound = spoken(body["text"])
        pieces = [sound[at : at + 1_777] for at in range(0, len(sound), 1_777)]
        return await self.stream(request, fault, pieces, "audio/pcm", events=False)

    async def _timed(self, request: web.Request) -> web.StreamResponse:
        body = (await self.record(request)).body
        fault = await self.next_fault()
        if fault in REFUSALS or not self._authorised(request):
            return self.refused(fault or Fault.UNAUTHORIZED)
        lines, at = [], 0
        for part in _parts(body["text"]):
            line = {
                "audio_base64": b64encode(spoken(part)).decode(),
                "alignment": _line_alignment(part, at) if self._aligned else None,
                "normalized_alignment": None,
            }
            lines.append(json.dumps(line).encode() + b"\n")
            at += len(part)
        # the fast models cost half a credit for each character
        headers = {"request-id": "r-1", "character-cost": str(-(-len(body["text"]) // 2))}
        return await self.stream(request, fault, lines, "application/json", events=False, headers=headers)

    async def _one(self, request: web.Request) -> web.StreamResponse:
        if not self._authorised(request):
            return self.refused(Fault.UNAUTHORIZED)
        wire = await self.socket(request)
        if isinstance(wire, web.Response):
            return wire
        try:
            text = ""
            while (received := await wire.receive()) is not None:
                message = json.loads(received)
                if message["text"] == "":
                    for part in _parts(text.strip()):
                        await wire.send(self._message(part))
                    await wire.send({"isFinal": True}, counts=False)
                    break
                text += message["text"]
            return await wire.finish()
        except (CutError, ConnectionResetError):
            return await wire.finish()

    async def _many(self, request: web.Request) -> web.StreamResponse:
        if not self._authorised(request):
            return self.refused(Fault.UNAUTHORIZED)
        wire = await self.socket(request)
        if isinstance(wire, web.Response):
            return wire
        self.wires.append(wire)
        try:
            with suppress(CutError, ConnectionResetError):
                await self._contexts(wire)
        finally:
            if wire in self.wires:
                self.wires.remove(wire)
            done = await wire.finish()
        return done

    async def _contexts(self, wire: Wire) -> None:
        texts: dict[str, str] = {}
        while (received := await wire.receive()) is not None:
            message = json.loads(received)
            self.heard.append(message)
            if message.get("close_socket"):
                return
            name = message["context_id"]
            if message.get("close_context"):
                # what was flushed is spoken to its end
                for part in _parts(texts.pop(name, "").strip()):
                    await wire.send({**self._message(part), "contextId": name})
                self.closed_contexts.append(name)
                await wire.send({"isFinal": True, "contextId": name}, counts=False)
                continue
            if name not in texts and not await self._begins(wire, message, len(texts)):
                return
            texts[name] = texts.get(name, "") + message["text"]

    async def _begins(self, wire: Wire, message: Mapping[str, Any], open_contexts: int) -> bool:
        error = ""
        if open_contexts >= _MOST_CONTEXTS:
            error = "max_active_conversations"
        elif message["text"] != " " or not set(message) <= _INITIAL:
            error = "invalid_initial_message"
        if error:
            text = "Maximum simultaneous contexts per WebSocket connection exceeded (5)." if open_contexts else "Bad."
            await wire.send({"message": text, "error": error, "code": 1008}, counts=False)
            await wire.connection.close(code=1008, message=text.encode())
        return not error

    def _message(self, text: str) -> dict[str, Any]:
        message: dict[str, Any] = {"audio": b64encode(spoken(text)).decode(), "alignment": None}
        if self._aligned:
            message["alignment"] = self._alignment([(sign, CHARACTER_MS) for sign in text])
            message["normalizedAlignment"] = self._alignment(list(_read_out(text)))
        return message

    def _alignment(self, characters: list[tuple[str, int]]) -> dict[str, Any]:
        starts, at = [], 0
        for _, length in characters:
            starts.append(at)
            at += length
        prefix = "chars" if self._plural else "char"
        return {
            "chars": [sign for sign, _ in characters],
            f"{prefix}StartTimesMs": starts,
            f"{prefix}DurationsMs": [length for _, length in characters],
        }

    async def _voices(self, request: web.Request) -> web.StreamResponse:
        await self.record(request)
        fault = await self.next_fault()
        if fault in REFUSALS or not self._authorised(request):
            return self.refused(fault or Fault.UNAUTHORIZED)
        voices = [{"voice_id": VOICE, "name": "Rachel", "category": "premade", "labels": {}}, {"voice_id": OTHER_VOICE}]
        return web.json_response({"voices": voices, "has_more": False, "next_page_token": None, "total_count": 2})

    async def _subscription(self, request: web.Request) -> web.StreamResponse:
        await self.record(request)
        if not self._authorised(request):
            return self.refused(Fault.UNAUTHORIZED)
        return web.json_response({"tier": "creator", "character_count": 1_200, "character_limit": 100_000})

    @staticmethod
    def _authorised(request: web.Request) -> bool:
        return request.headers.get("xi-api-key") == KEY


def _parts(text: str) -> list[str]:
    """The text in pieces as it is spoken, some within a word."""
    return [text[at : at + _CHARACTERS_A_MESSAGE] for at in range(0, len(text), _CHARACTERS_A_MESSAGE)]


def _read_out(text: str) -> Iterator[tuple[str, int]]:
    """Characters as they are spoken, with milliseconds; what is read out as more takes as long as what it stands for."""
    for sign in text:
        letters = _READ_OUT.get(sign, sign)
        for place, letter in enumerate(letters):
            share = CHARACTER_MS // len(letters)
            yield letter, CHARACTER_MS - share * (len(letters) - 1) if place == len(letters) - 1 else share


def _line_alignment(text: str, before: int) -> dict[str, Any]:
    places = range(before, before + len(text))
    return {
        "characters": list(text),
        "character_start_times_seconds": [place * CHARACTER_MS / 1000 for place in places],
        "character_end_times_seconds": [(place + 1) * CHARACTER_MS / 1000 for place in places],
    }

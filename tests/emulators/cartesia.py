"""Cartesia's speech synthesis over its socket, and its list of voices. Source: cartesia 4.2.0, docs.cartesia.ai."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from itertools import accumulate
from typing import Any

from aiohttp import web

from tests.emulators.faults import REFUSALS, Fault
from tests.emulators.voice_sounds import CHARACTER_MS, spoken
from tests.emulators.web import CutError, Emulator, Refused, Wire

KEY = "sk_car_emulated0123456789"
VOICE = "a0e99841-438c-4a64-b679-ae501e7d6091"
OTHER_VOICE = "6ccbfb76-1fc6-48f7-b71d-91ac6298247b"
_ERRORS = {
    Fault.UNAUTHORIZED: (401, None, "Unauthorized", "The API key is not valid."),
    Fault.QUOTA: (402, "quota_exceeded", "Out of credits", "You have used all your credits."),
    Fault.RATE_LIMITED: (429, "concurrency_limited", "Too many concurrent requests", "The limit was exceeded."),
    Fault.RATE_LIMITED_FOR: (429, "concurrency_limited", "Too many concurrent requests", "The limit was exceeded."),
    Fault.BAD_REQUEST: (400, "model_not_found", "Invalid model", "The model is not valid."),
    Fault.SERVER_ERROR: (500, None, "Internal error", "Something went wrong."),
    Fault.OVERLOADED: (503, None, "Unavailable", "Try again."),
}
_SAID = {"a": "æ", "c": "k", "i": "ɪ", "o": "oʊ", "u": "ʌ", "r": "ɹ", "y": "j", "g": "ɡ", "x": "ks", "e": "ɛ"}
_KNOWN = """
    context_id model_id transcript voice language output_format continue flush add_timestamps add_phoneme_timestamps
    use_normalized_timestamps max_buffer_delay_ms generation_config pronunciation_dict_id speed duration
"""
_FIELDS = frozenset(_KNOWN.split())
_CHARACTERS_A_CHUNK = 14


class CartesiaEmulator(Emulator):
    """Hums the transcript. phonemes: it has them for the language. late_times: they come after the sound that they time."""

    def __init__(self, *, phonemes: bool = True, late_times: bool = True) -> None:
        super().__init__()
        self._phonemes = phonemes
        self._late_times = late_times
        self._wires: list[Wire] = []
        self.heard: list[Mapping[str, Any]] = []
        self.cancelled: list[str] = []

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/tts/websocket", self._tts)
        router.add_get("/voices", self._voices)

    def refusal(self, fault: Fault) -> Refused:
        status, code, title, message = _ERRORS[fault]
        return Refused(status, {"error_code": code, "title": title, "message": message, "request_id": "r-1"})

    def late_failure(self) -> Mapping[str, Any]:
        return {
            "type": "error",
            "done": True,
            "status_code": 500,
            "error_code": None,
            "title": "Internal error",
            "message": "Something went wrong.",
            "request_id": "r-1",
        }

    def unknown_event(self) -> Mapping[str, Any]:
        return {"type": "mood", "context_id": self.heard[-1]["context_id"], "mood": {"glad": 1}}

    async def expire(self) -> None:
        """All connections that have been silent are closed."""
        wires, self._wires = self._wires, []
        for wire in wires:
            await wire.connection.close(code=1000)

    async def _tts(self, request: web.Request) -> web.StreamResponse:
        if not self._authorised(request):
            return self.refused(Fault.UNAUTHORIZED)
        wire = await self.socket(request)
        if isinstance(wire, web.Response):
            return wire
        self._wires.append(wire)
        try:
            with suppress(CutError, ConnectionResetError):
                await self._requests(wire)
        finally:
            if wire in self._wires:
                self._wires.remove(wire)
            done = await wire.finish()
        return done

    async def _requests(self, wire: Wire) -> None:
        texts: dict[str, str] = {}
        while (received := await wire.receive()) is not None:
            message = json.loads(received)
            self.heard.append(message)
            name = message["context_id"]
            if message.get("cancel"):
                self.cancelled.append(name)
                continue
            wrong = self._wrong(message)
            if wrong:
                error = {"type": "error", "done": True, "status_code": 400, "title": "Bad request", "message": wrong}
                await wire.send({**error, "error_code": None, "request_id": "r", "context_id": name}, counts=False)
                continue
            texts[name] = texts.get(name, "") + message["transcript"]
            if not message.get("continue"):
                await self._speak(wire, message, texts.pop(name))

    @staticmethod
    def _wrong(message: Mapping[str, Any]) -> str:
        if not set(message) <= _FIELDS:
            return "A field is not known."
        if message["voice"].get("mode") != "id" or not message["voice"].get("id"):
            return "The voice is not valid."
        form = message["output_format"]
        return "" if form == {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 24_000} else "Bad format."

    async def _speak(self, wire: Wire, asked: Mapping[str, Any], text: str) -> None:
        common = {"context_id": asked["context_id"], "status_code": 206, "done": False}
        at = 0
        for part in _parts(text):
            times = []
            if asked.get("add_timestamps"):
                times.append({"type": "timestamps", **common, "word_timestamps": _words(part, at)})
            if asked.get("add_phoneme_timestamps") and self._phonemes:
                times.append({"type": "phoneme_timestamps", **common, "phoneme_timestamps": _phonemes(part, at)})
            sound = {"type": "chunk", **common, "data": b64encode(spoken(part)).decode(), "step_time": 12.5}
            for message in [sound, *times] if self._late_times else [*times, sound]:
                await wire.send(message)
            at += len(part)
        await wire.send({"type": "done", **common, "done": True}, counts=False)

    async def _voices(self, request: web.Request) -> web.StreamResponse:
        await self.record(request)
        fault = await self.next_fault()
        if fault in REFUSALS or not self._authorised(request):
            return self.refused(fault or Fault.UNAUTHORIZED)
        voices = [{"id": VOICE, "name": "Nina"}, {"id": OTHER_VOICE, "name": "Tom"}]
        return web.json_response({"data": [] if "starting_after" in request.query else voices, "has_more": False})

    @staticmethod
    def _authorised(request: web.Request) -> bool:
        version = request.query.get("cartesia_version") or request.headers.get("cartesia-version")
        keys = {request.headers.get("authorization", "").removeprefix("Bearer "), request.headers.get("x-api-key")}
        return bool(version) and KEY in keys


def _parts(text: str) -> list[str]:
    """Whole words of some length, each with the blank after it."""
    parts: list[str] = [""]
    for word in text.split():
        if len(parts[-1]) > _CHARACTERS_A_CHUNK:
            parts.append("")
        parts[-1] += f"{word} "
    parts[-1] = parts[-1].rstrip()
    return parts


def _words(text: str, before: int) -> dict[str, Any]:
    words = text.split()
    starts = [0, *accumulate(len(word) + 1 for word in words[:-1])]
    return {
        "words": words,
        "start": [_seconds(before + start) for start in starts],
        "end": [_seconds(before + start + len(word)) for start, word in zip(starts, words, strict=True)],
    }


def _phonemes(text: str, before: int) -> dict[str, Any]:
    places = [place for place, sign in enumerate(text) if sign.isalpha()]
    return {
        "phonemes": [_SAID.get(text[place].lower(), text[place].lower()) for place in places],
        "start": [_seconds(before + place) for place in places],
        "end": [_seconds(before + place + 1) for place in places],
    }


def _seconds(characters: int) -> float:
    return characters * CHARACTER_MS / 1000

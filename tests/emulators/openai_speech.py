"""OpenAI's speech synthesis. Source: OpenAI's OpenAPI description 2.3.0."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from tests.emulators.faults import REFUSALS, Fault
from tests.emulators.openai import OpenAiEmulator
from tests.emulators.voice_sounds import spoken
from tests.emulators.web import sse

SPEECH_MODEL = "gpt-4o-mini-tts"
OLD_SPEECH_MODEL = "tts-1"
USE = {"input_tokens": 14, "output_tokens": 101, "total_tokens": 115}
_LONGEST_TEXT = 4_096
_NAMED = "alloy ash ballad coral echo fable onyx nova sage shimmer verse marin cedar"
_VOICES = frozenset(_NAMED.split())
_ODD_PIECE = 1_777
"""Bytes: pieces of a body end where they like, also within a sample."""


class OpenAiSpeechEmulator(OpenAiEmulator):
    """Hums what it is given. Of the formats it has `pcm` only."""

    def routes(self, router: web.UrlDispatcher) -> None:
        super().routes(router)
        router.add_post("/v1/audio/speech", self._speech)

    def unknown_event(self) -> Mapping[str, Any]:
        return {"type": "speech.audio.mood", "mood": {"glad": 1}}

    async def _speech(self, request: web.Request) -> web.StreamResponse:
        body = (await self.record(request)).body
        fault = await self.next_fault()
        if fault in REFUSALS:
            return self.refused(fault)
        if not self._authorised(request):
            return self.refused(Fault.UNAUTHORIZED)
        if not self._acceptable(body):
            return self.refused(Fault.BAD_REQUEST)
        sound = spoken(body["input"])
        pieces = [sound[at : at + _ODD_PIECE] for at in range(0, len(sound), _ODD_PIECE)]
        if body.get("stream_format", "audio") == "audio":
            return await self.stream(request, fault, pieces, "audio/pcm", events=False)
        events = [sse({"type": "speech.audio.delta", "audio": b64encode(piece).decode()}) for piece in pieces]
        done = sse({"type": "speech.audio.done", "usage": USE})
        return await self.stream(request, fault, [*events, done], "text/event-stream")

    @staticmethod
    def _acceptable(body: Mapping[str, Any]) -> bool:
        voice = body["voice"]
        known = voice in _VOICES if isinstance(voice, str) else isinstance(voice.get("id"), str)
        old = body["model"].startswith("tts-1")
        return (
            known
            and 0 < len(body["input"]) <= _LONGEST_TEXT
            and body.get("response_format") == "pcm"
            and not (old and (body.get("stream_format") == "sse" or "instructions" in body))
        )

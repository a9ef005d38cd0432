"""OpenAI's recognition: whole utterances, and while somebody speaks. Source: OpenAI's OpenAPI description 2.3.0."""

from __future__ import annotations

import io
import json
import wave
from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress
from email import message_from_bytes
from typing import Any

from aiohttp import web

from tests.emulators.faults import REFUSALS, Fault
from tests.emulators.openai import OpenAiEmulator
from tests.emulators.sound import Ear
from tests.emulators.web import CutError, Wire, sse

RATE_HZ = 24_000
_SHORTEST_S = 0.1
_TRANSCRIPTION = "conversation.item.input_audio_transcription"


class OpenAiHearingEmulator(OpenAiEmulator):
    """Hears `text` in whatever is loud. forms: the fields of each upload. sessions: those of each Realtime session.

    language: told by the models that tell one. pieces: Realtime cuts the utterance into so many, and tells the last one first.
    by_seconds: usage is counted in seconds, not in tokens.
    """

    def __init__(self, text: str = "How long does it last?", *, language: str = "en", pieces: int = 1) -> None:
        super().__init__(text)
        self.language = language
        self.pieces = pieces
        self.by_seconds = False
        self.forms: list[dict[str, list[str]]] = []
        self.sessions: list[Mapping[str, Any]] = []
        self.heard_s = 0.0

    def routes(self, router: web.UrlDispatcher) -> None:
        super().routes(router)
        router.add_post("/v1/audio/transcriptions", self._transcriptions)
        router.add_get("/v1/realtime", self._realtime)

    def late_failure(self) -> Mapping[str, Any]:
        return {"type": "error", "event_id": "event_9", **super().late_failure()}

    def unknown_event(self) -> Mapping[str, Any]:
        return {"type": "rate_limits.updated", "event_id": "event_8", "rate_limits": [{"name": "tokens", "limit": 9}]}

    async def _transcriptions(self, request: web.Request) -> web.StreamResponse:
        asked = await self.record(request)
        fault = await self.next_fault()
        if fault in REFUSALS:
            return self.refused(fault)
        if not self._authorised(request):
            return self.refused(Fault.UNAUTHORIZED)
        form, file = _parts(asked.headers["content-type"], asked.content)
        self.forms.append(form)
        with wave.open(io.BytesIO(file)) as recording:
            assert (recording.getnchannels(), recording.getsampwidth()) == (1, 2)
            ear = Ear(self.text, recording.getframerate())
            ear.push(recording.readframes(recording.getnframes()))
        self.heard_s = ear.seconds
        if ear.seconds < _SHORTEST_S:
            return self.refused(Fault.BAD_REQUEST)
        done = {**self._told(form["model"][0]), "text": ear.all_words, "usage": self._used(ear)}
        if form.get("stream") != ["true"] or form["model"] == ["whisper-1"]:
            return web.json_response(done)
        words = ear.all_words.split(" ") if ear.all_words else []
        deltas = [word if not place else f" {word}" for place, word in enumerate(words)]
        events = [{"type": "transcript.text.delta", "delta": delta} for delta in deltas]
        pieces = [sse(event) for event in [*events, {"type": "transcript.text.done", **done}]]
        return await self.stream(request, fault, pieces, "text/event-stream")

    async def _realtime(self, request: web.Request) -> web.StreamResponse:
        if not self._authorised(request):
            await self.record(request)
            return self.refused(Fault.UNAUTHORIZED)
        wire = await self.socket(request, ("realtime",))
        if isinstance(wire, web.Response):
            return wire
        try:
            with suppress(CutError, ConnectionError):
                await self._session(wire)
        finally:
            response = await wire.finish()
        return response

    async def _session(self, wire: Wire) -> None:
        ear, told, model = Ear(self.text, RATE_HZ), "", ""
        await wire.send({"type": "session.created", "event_id": "event_0", "session": {"id": "sess_0"}}, counts=False)
        while (message := await wire.receive()) is not None:
            asked = json.loads(message)
            match asked["type"]:
                case "session.update":
                    self.sessions.append(asked["session"])
                    heard = asked["session"]["audio"]["input"]
                    assert heard["format"] == {"type": "audio/pcm", "rate": RATE_HZ}
                    model = heard["transcription"]["model"]
                    await wire.send({"type": "session.updated", "session": asked["session"]}, counts=False)
                case "input_audio_buffer.append":
                    ear.push(b64decode(asked["audio"], validate=True))
                    self.heard_s = ear.seconds
                    if ear.words != told:
                        await wire.send(_delta("item_0", ear.words.removeprefix(told)))
                        told = ear.words
                case "input_audio_buffer.commit":
                    await self._committed(wire, ear, told, model)
                case _:
                    await wire.send(_error("invalid_request_error", "unknown_event", "What is that?"), counts=False)

    async def _committed(self, wire: Wire, ear: Ear, told: str, model: str) -> None:
        if ear.seconds < _SHORTEST_S:
            await wire.send(_error("invalid_request_error", "input_audio_buffer_commit_empty", "Too short."))
            return
        if rest := ear.all_words.removeprefix(told):
            await wire.send(_delta("item_0", rest))
        words, share = ear.all_words.split(), -(-len(ear.all_words.split()) // self.pieces) or 1
        texts = [" ".join(words[place * share : (place + 1) * share]) for place in range(self.pieces)]
        for place in range(self.pieces):
            before = f"item_{place - 1}" if place else None
            taken = {"type": "input_audio_buffer.committed", "item_id": f"item_{place}", "previous_item_id": before}
            await wire.send(taken, counts=False)
        for place in reversed(range(self.pieces)):
            done = {"type": f"{_TRANSCRIPTION}.completed", "item_id": f"item_{place}", "content_index": 0}
            await wire.send({**done, "transcript": texts[place], "usage": self._used(ear), **self._told(model)})

    def _told(self, model: str) -> Mapping[str, Any]:
        tells = model in {"gpt-transcribe", "gpt-live-transcribe"}
        return {"languages": [{"code": self.language}] if self.language else []} if tells else {}

    def _used(self, ear: Ear) -> Mapping[str, Any]:
        if self.by_seconds:
            return {"type": "duration", "seconds": round(ear.seconds, 2)}
        details = {"text_tokens": 2, "audio_tokens": 10}
        return {
            "type": "tokens", "input_tokens": 12, "input_token_details": details, "output_tokens": 7, "total_tokens": 19
        }  # fmt: skip


def _delta(item_id: str, delta: str) -> Mapping[str, Any]:
    return {"type": f"{_TRANSCRIPTION}.delta", "item_id": item_id, "content_index": 0, "delta": delta}


def _error(kind: str, code: str, message: str) -> Mapping[str, Any]:
    error = {"type": kind, "code": code, "message": message, "param": None, "event_id": None}
    return {"type": "error", "event_id": "event_9", "error": error}


def _parts(content_type: str, content: bytes) -> tuple[dict[str, list[str]], bytes]:
    """The fields of a multipart form, and its file."""
    form, file = dict[str, list[str]](), b""
    parsed = message_from_bytes(b"content-type: " + content_type.encode() + b"\r\n\r\n" + content)
    for part in parsed.walk():
        name = part.get_param("name", header="content-disposition")
        body = part.get_payload(decode=True)
        if name == "file":
            assert str(part.get_filename()).endswith(".wav")
            file = body if isinstance(body, bytes) else b""
        elif isinstance(name, str) and isinstance(body, bytes):
            form.setdefault(name, []).append(body.decode())
    return form, file

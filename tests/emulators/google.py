"""Google Cloud's speech services by REST, as far as the kiosk uses them.

Source: google-cloud-speech 2.41.0, google-cloud-texttospeech 2.38.0.
"""

from __future__ import annotations

import json
import math
import re
import struct
from base64 import b64decode, b64encode
from collections.abc import Mapping
from html import escape
from typing import Any
from xml.etree import ElementTree as ET

from aiohttp import web

from tests.emulators.faults import REFUSALS, WAIT_S, Fault
from tests.emulators.web import Emulator, Refused

KEY = "AIzaEmulated-0123456789abcdefghijklmnop"
PROJECT = "emulated-shop"
RATE_HZ = 24_000
WORD_S = 0.3
_LEAD_S = 0.1
_LONGEST_BYTES = 5_000
_SPLIT_BYTES = 200
_HUM = b"".join(struct.pack("<h", round(8_000 * math.sin(place * 0.17))) for place in range(RATE_HZ))
_ERRORS = {
    Fault.UNAUTHORIZED: (400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", "API_KEY_INVALID"),
    Fault.QUOTA: (403, "PERMISSION_DENIED", "This API method requires billing to be enabled.", "BILLING_DISABLED"),
    Fault.RATE_LIMITED: (429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Requests per minute'.", ""),
    Fault.RATE_LIMITED_FOR: (429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Requests per minute'.", ""),
    Fault.BAD_REQUEST: (400, "INVALID_ARGUMENT", "Invalid recognition 'config'.", ""),
    Fault.SERVER_ERROR: (500, "INTERNAL", "Internal error encountered.", ""),
    Fault.OVERLOADED: (503, "UNAVAILABLE", "The service is currently unavailable.", ""),
}
_MARKED_VOICE = re.compile(r"-(Standard|Wavenet|Neural2|Studio)-")


class GoogleEmulator(Emulator):
    """Hears `parts` in whatever is no silence, each a result of its own, and speaks what it is asked to.

    tokens: bearer tokens that it takes beside the API key. marks: whether it tells when marks were passed.
    sound: what it sends in place of sound.
    """

    def __init__(self, text: str = "How much is it – 149 or 199 pounds?") -> None:
        super().__init__()
        self.parts = [text]
        self.tokens: set[str] = set()
        self.marks = True
        self.sound: str | None = None

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/v2/projects/{project}/locations/{location}/recognizers/_:recognize", self._recognise)
        router.add_post("/v1beta1/text:synthesize", self._synthesise)
        router.add_get("/v1/voices", self._voices)

    def refusal(self, fault: Fault) -> Refused:
        code, status, message, reason = _ERRORS[fault]
        details: list[Mapping[str, Any]] = []
        if reason:
            details.append({"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason})
        if fault is Fault.RATE_LIMITED_FOR:
            details.append({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{WAIT_S:g}s"})
        return error(code, status, message, details)

    async def _voices(self, request: web.Request) -> web.StreamResponse:
        asked = await self._admitted(request)
        if isinstance(asked, web.StreamResponse):
            return asked
        names = ["en-US-Neural2-C", "en-US-Chirp3-HD-Charon"]
        voices = [{"languageCodes": ["en-US"], "name": name, "naturalSampleRateHertz": RATE_HZ} for name in names]
        return web.json_response({"voices": voices})

    async def _recognise(self, request: web.Request) -> web.StreamResponse:
        asked = await self._admitted(request)
        if isinstance(asked, web.StreamResponse):
            return asked
        fault, body = asked
        if request.match_info["project"] != PROJECT:
            return _answer(error(403, "PERMISSION_DENIED", "Permission 'speech.recognizers.recognize' denied."))
        config, pcm = body["config"], b64decode(body["content"], validate=True)
        decoding = config["explicitDecodingConfig"]
        if decoding["encoding"] != "LINEAR16" or not config["languageCodes"] or not config["model"] or not pcm:
            return _answer(error(400, "INVALID_ARGUMENT", "Invalid recognition 'config'."))
        seconds = len(pcm) / 2 / decoding["sampleRateHertz"]
        if seconds > 60:
            return _answer(error(400, "INVALID_ARGUMENT", "Sync input too long."))
        billed = f"{math.ceil(seconds)}s"
        answer: dict[str, Any] = {"metadata": {"totalBilledDuration": billed, "requestId": "5e2b", "tomorrow": 1}}
        if any(pcm):
            answer["results"] = [self._result(part, config["languageCodes"][0]) for part in self.parts]
        return await self._sent(request, fault, answer)

    async def _synthesise(self, request: web.Request) -> web.StreamResponse:
        asked = await self._admitted(request)
        if isinstance(asked, web.StreamResponse):
            return asked
        fault, body = asked
        said, voice = body["input"], body["voice"]
        text = said.get("ssml") or said.get("text") or ""
        name = voice.get("name", f"{voice['languageCode']}-Standard-A")
        if not text or len(text.encode()) > _LONGEST_BYTES or len(said) != 1:
            return _answer(
                error(400, "INVALID_ARGUMENT", "Either `input.text` or `input.ssml` is longer than 5000 bytes.")
            )
        if "ssml" in said and _MARKED_VOICE.search(name) is None:
            return _answer(error(400, "INVALID_ARGUMENT", "This voice does not support SSML input."))
        if not name.startswith(voice["languageCode"]) and "modelName" not in voice:
            return _answer(error(400, "INVALID_ARGUMENT", f"Voice '{name}' does not exist for this language."))
        words = _words(text if "ssml" in said else f"<speak>{escape(text)}</speak>")
        if words is None:
            return _answer(
                error(400, "INVALID_ARGUMENT", "Invalid SSML. Newer voices like Neural2 require valid SSML.")
            )
        wanted = self.marks and body.get("enableTimePointing") == ["SSML_MARK"]
        spoken = dict(_spoken(words, marks=wanted))
        if self.sound is not None:
            spoken["audioContent"] = self.sound
        return await self._sent(request, fault, spoken)

    async def _admitted(self, request: web.Request) -> tuple[Fault | None, Any] | web.StreamResponse:
        recorded = await self.record(request)
        fault = await self.next_fault()
        if fault in REFUSALS:
            return self.refused(fault)
        if request.headers.get("x-goog-api-key") == KEY:
            return fault, recorded.body
        if request.headers.get("authorization", "").removeprefix("Bearer ") in self.tokens:
            return fault, recorded.body
        return _answer(error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."))

    async def _sent(self, request: web.Request, fault: Fault | None, answer: Mapping[str, Any]) -> web.StreamResponse:
        content = json.dumps(answer, indent=2).encode()
        half = len(content) // 2
        pieces = [content[:half], content[half:]]
        if fault is Fault.SPLIT:  # sound is too long for that
            fault, pieces = None, [*(content[at : at + 1] for at in range(_SPLIT_BYTES)), content[_SPLIT_BYTES:]]
        return await self.stream(request, fault, pieces, "application/json", events=False)

    @staticmethod
    def _result(text: str, locale: str) -> Mapping[str, Any]:
        alternatives = [{"transcript": text, "confidence": 0.93}, {"transcript": "nonsense", "confidence": 0.1}]
        return {"alternatives": alternatives, "resultEndOffset": "1.2s", "languageCode": locale.lower()}


def error(code: int, status: str, message: str, details: list[Mapping[str, Any]] | None = None) -> Refused:
    """A google.rpc.Status as JSON."""
    return Refused(code, {"error": {"code": code, "status": status, "message": message, "details": details or []}})


def _answer(refusal: Refused) -> web.Response:
    return web.json_response(dict(refusal.body), status=refusal.status)


def _words(ssml: str) -> list[tuple[str | None, str]] | None:
    """Mark, if there is one, and text of each word; None: it is no SSML."""
    try:
        root = ET.fromstring(ssml)  # noqa: S314 - what our own client wrote
    except ET.ParseError:
        return None
    if root.tag != "speak":
        return None
    words: list[tuple[str | None, str]] = [(None, word) for word in (root.text or "").split()]
    for mark in root:
        for place, word in enumerate((mark.tail or "").split()):
            words.append((mark.get("name") if place == 0 else None, word))
    return words


def _spoken(words: list[tuple[str | None, str]], *, marks: bool) -> Mapping[str, Any]:
    at, points = _LEAD_S, []
    for mark, word in words:
        if mark is not None:
            points.append({"markName": mark, "timeSeconds": round(at, 4)})
        at += WORD_S if any(letter.isalnum() for letter in word) else 0.0
    pcm = bytes(2 * round(_LEAD_S * RATE_HZ)) + (_HUM * math.ceil(at))[: 2 * round((at - _LEAD_S) * RATE_HZ)]
    form = struct.pack("<HHIIHH", 1, 1, RATE_HZ, 2 * RATE_HZ, 2, 16)
    chunks = b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(pcm)) + pcm
    wav = b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks
    answer: dict[str, Any] = {"audioContent": b64encode(wav).decode(), "audioConfig": {"audioEncoding": "LINEAR16"}}
    return {**answer, "timepoints": points} if marks else answer

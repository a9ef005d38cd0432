"""Deepgram's recognition. Source: deepgram-sdk 7.17, Deepgram's documentation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from aiohttp import web

from tests.emulators.faults import Fault
from tests.emulators.sound import Ear
from tests.emulators.web import CutError, Emulator, Refused, Wire

KEY = "0123456789abcdef0123456789abcdef01234567"
_ERRORS = {
    Fault.UNAUTHORIZED: (401, "INVALID_AUTH", "Invalid credentials."),
    Fault.QUOTA: (402, "ASR_PAYMENT_REQUIRED", "Project does not have enough credits."),
    Fault.RATE_LIMITED: (429, "TOO_MANY_REQUESTS", "Too many requests."),
    Fault.RATE_LIMITED_FOR: (429, "TOO_MANY_REQUESTS", "Too many requests."),
    Fault.BAD_REQUEST: (400, "Bad Request", "No such model."),
    Fault.SERVER_ERROR: (500, "INTERNAL", "Internal server error."),
    Fault.OVERLOADED: (503, "UNAVAILABLE", "Service unavailable."),
}
_SETTLE_S = 0.3
"""Live: silence after which words are settled."""

_UPDATE_S = 0.24
_EAGER_S, _SURE_S = 0.24, 0.4
"""Flux: silence after which a turn may be over, and is."""


class DeepgramEmulator(Emulator):
    """Hears `text` in whatever is loud. heard: every text frame and the length of every binary one, as they came.

    language: the one that it hears, where it is asked for several. sureness: of Flux, that a turn is over.
    close: the code and reason with which it hangs up in place of the first result. abrupt: Flux hangs up without any goodbye.
    """

    def __init__(self, text: str = "How long does it last?", *, language: str = "en", sureness: float = 0.82) -> None:
        super().__init__()
        self.text = text
        self.language = language
        self.sureness = sureness
        self.abrupt = False
        self.close: tuple[int, str] | None = None
        self.heard: list[int | Mapping[str, Any]] = []

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/v1/listen", self._listen)
        router.add_get("/v2/listen", self._flux)

    def refusal(self, fault: Fault) -> Refused:
        status, code, message = _ERRORS[fault]
        body = {"err_code": code, "err_msg": message, "request_id": "5e2b"}
        return Refused(status, body, {"dg-error": message, "dg-request-id": "5e2b"})

    def late_failure(self) -> Mapping[str, Any]:
        return {
            "type": "Error", "sequence_id": 3, "code": "INTERNAL_SERVER_ERROR", "variant": "INTERNAL",
            "description": "Something failed.", "message": None,
        }  # fmt: skip

    async def _listen(self, request: web.Request) -> web.StreamResponse:
        return await self._served(request, self._live)

    async def _flux(self, request: web.Request) -> web.StreamResponse:
        return await self._served(request, self._turns)

    async def _served(self, request: web.Request, serve: Any) -> web.StreamResponse:
        if request.headers.get("authorization") not in {f"Token {KEY}", f"token {KEY}", "Bearer a.b.c"}:
            await self.record(request)
            return self.refused(Fault.UNAUTHORIZED)
        wire = await self.socket(request)
        if isinstance(wire, web.Response):
            return wire
        try:
            with suppress(CutError, ConnectionError):
                await serve(wire, request.query)
        finally:
            response = await wire.finish(*(self.close or (1000, "")))
        return response

    async def _live(self, wire: Wire, query: Mapping[str, str]) -> None:
        ear, told, settled = Ear(self.text, int(query["sample_rate"])), "", False
        while (message := await wire.receive()) is not None:
            if isinstance(message, bytes):
                self.heard.append(len(message))
                ear.push(message)
                if self.close is not None:
                    return
                if ear.silent_s >= _SETTLE_S and ear.all_words and not settled:
                    settled = True
                    await wire.send(self._results(ear, ear.all_words, final=True, query=query))
                elif ear.words != told and not settled and query.get("interim_results") == "true":
                    told = ear.words
                    await wire.send(self._results(ear, told, final=False, query=query))
                continue
            asked = json.loads(message)
            self.heard.append(asked)
            if asked["type"] in {"Finalize", "CloseStream"}:
                # one without words is usual, and comes after words that were settled before
                words = "" if settled else ear.all_words
                settled = settled or bool(words)
                await wire.send(self._results(ear, words, final=True, query=query))
            if asked["type"] == "CloseStream":
                await wire.send(self._metadata(ear))
                return

    async def _turns(self, wire: Wire, query: Mapping[str, str]) -> None:
        ear, state, updated_s, told = Ear(self.text, int(query["sample_rate"])), "initial", 0.0, 0
        await wire.send({"type": "Connected", "request_id": "5e2b", "sequence_id": 0}, counts=False)
        while (message := await wire.receive()) is not None:
            if not isinstance(message, bytes):
                asked = json.loads(message)
                self.heard.append(asked)
                if asked["type"] == "CloseStream":
                    # decoded to its end, but not confirmed
                    over = state == "over"
                    await wire.send(
                        self._turn(
                            ear, "Update", told + 1, sureness=0.1, words="" if over else ear.all_words, later=over
                        )
                    )
                    wire.hang_up(goodbye=not self.abrupt)
                    return
                continue
            self.heard.append(len(message))
            ear.push(message)
            if self.close is not None:
                return
            event = self._event(ear, state, ear.seconds - updated_s)
            if not event:
                continue
            updated_s, told = ear.seconds, told + 1
            state = {"StartOfTurn": "speaking", "EagerEndOfTurn": "maybe over", "EndOfTurn": "over",
                     "TurnResumed": "speaking"}.get(event, state)  # fmt: skip
            ending = event in {"EagerEndOfTurn", "EndOfTurn"}
            sureness = {"EagerEndOfTurn": self.sureness / 2, "EndOfTurn": self.sureness}.get(event, 0.05)
            over = state == "over" and not ending
            words = "" if over else ear.all_words if ending else ear.words
            await wire.send(self._turn(ear, event, told, sureness=sureness, words=words, later=over))

    def _event(self, ear: Ear, state: str, since_s: float) -> str:
        if state in {"initial", "over"} and ear.words and not ear.silent_s:
            return "StartOfTurn"
        if state == "maybe over" and not ear.silent_s:
            return "TurnResumed"
        if state == "speaking" and ear.silent_s >= _EAGER_S:
            return "EagerEndOfTurn"
        if state == "maybe over" and ear.silent_s >= _SURE_S:
            return "EndOfTurn"
        return "Update" if since_s >= _UPDATE_S else ""

    def _turn(
        self, ear: Ear, event: str, number: int, *, sureness: float, words: str, later: bool
    ) -> Mapping[str, Any]:
        turn = {
            "type": "TurnInfo",
            "request_id": "5e2b",
            "sequence_id": number,
            "event": event,
            "turn_index": int(later),
            "audio_window_start": 0.0,
            "audio_window_end": ear.seconds,
            "transcript": words,
            "words": [{"word": word, "confidence": 0.95} for word in words.split()],
            "end_of_turn_confidence": sureness,
            "languages": [self.language] if words else [],
        }
        return {**turn, "trigger": "model"} if event == "EndOfTurn" else turn

    def _results(self, ear: Ear, words: str, *, final: bool, query: Mapping[str, str]) -> Mapping[str, Any]:
        best: dict[str, Any] = {
            "transcript": words,
            "confidence": 0.98 if words else 0.0,
            "words": [
                {"word": word.lower(), "punctuated_word": word, "start": 0.1, "end": 0.4, "confidence": 0.98}
                for word in words.split()
            ],
        }
        if query["language"] == "multi" and words:
            best["languages"] = [self.language]
            best["words"] = [{**word, "language": self.language} for word in best["words"]]
        return {
            "type": "Results",
            "channel_index": [0, 1],
            "duration": ear.seconds,
            "start": 0.0,
            "is_final": final,
            "speech_final": final and bool(words),
            "from_finalize": False,
            "channel": {"alternatives": [best]},
            "metadata": {
                "request_id": "5e2b",
                "model_uuid": "1f0c",
                "model_info": {"name": "general-nova-3", "version": "2026-01-01.0", "arch": "nova-3"},
            },
        }

    @staticmethod
    def _metadata(ear: Ear) -> Mapping[str, Any]:
        return {
            "type": "Metadata",
            "transaction_key": "deprecated",
            "request_id": "5e2b",
            "sha256": "e3b0",
            "created": "2026-11-22T07:00:00.000Z",
            "duration": round(ear.seconds, 3),
            "channels": 1,
        }

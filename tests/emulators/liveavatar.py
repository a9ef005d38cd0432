"""LiveAvatar's service: sessions over HTTP, the room, and LITE's socket. Source: the notes on its guides and SDKs."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from aiohttp import web

from tests.emulators.avatar_act import RATE_HZ, Act
from tests.emulators.faults import REFUSALS, Fault
from tests.emulators.web import Emulator, Refused

if TYPE_CHECKING:
    from tests.emulators.livekit import EmulatedRoom

KEY = "la-emulated-0123456789abcdef"
AVATAR_ID = "dd73ea75-1218-4ef3-92ce-606d5f7fbc0a"
IDENTITY = "heygen"
CONTROL, RESPONSE = "agent-control", "agent-response"
_ERRORS = {
    Fault.UNAUTHORIZED: (401, 40100, "Unauthorized"),
    Fault.QUOTA: (403, 40300, "Insufficient credits for this session"),
    Fault.RATE_LIMITED: (429, 42900, "Too many requests"),
    Fault.RATE_LIMITED_FOR: (429, 42900, "Too many requests"),
    Fault.BAD_REQUEST: (400, 40000, "avatar_id is not valid"),
    Fault.SERVER_ERROR: (500, 50000, "Internal error"),
    Fault.OVERLOADED: (503, 50300, "No capacity"),
}


class LiveAvatarEmulator(Emulator):
    """success: the envelope's code, which the documents do not agree on. live: sessions that were started and not stopped.

    rooms: by session, once somebody came in. credits_left: of the account. act: makes what a session's avatar does in its room;
    None: there are no rooms.
    """

    def __init__(self, act: Callable[[], Act] | None = None) -> None:
        super().__init__()
        self.success = 1000
        self.credits_left = 42.0
        self.longest_s = 600
        self.live: set[str] = set()
        self.kept_alive: list[str] = []
        self.rooms: dict[str, EmulatedRoom] = {}
        self.commands: list[Mapping[str, Any]] = []
        self._act = act or Act
        self._numbers = itertools.count(1)
        self._tokens: dict[str, str] = {}
        self._modes: dict[str, str] = {}
        self._server = None if act is None else _room_server(self._admit)

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/v1/sessions/token", self._token)
        router.add_post("/v1/sessions/start", self._start)
        router.add_post("/v1/sessions/keep-alive", self._keep_alive)
        router.add_post("/v1/sessions/stop", self._stop)
        router.add_get("/v1/users/credits", self._credits)
        router.add_get("/lite/{session}", self._lite)
        if self._server is not None:
            self._server.routes(router)

    @property
    def open_rooms(self) -> int:
        """How many clients are in rooms."""
        return 0 if self._server is None else self._server.open_rooms

    def refusal(self, fault: Fault) -> Refused:
        status, code, message = _ERRORS[fault]
        return Refused(status, {"code": code, "data": None, "message": message})

    async def _token(self, request: web.Request) -> web.StreamResponse:
        asked = await self.record(request)
        fault = await self.next_fault()
        if fault in REFUSALS:
            return self.refused(fault)
        if request.headers.get("x-api-key") != KEY:
            return self.refused(Fault.UNAUTHORIZED)
        session = f"ses-{next(self._numbers)}"
        self._tokens[f"tok-{session}"] = session
        self._modes[session] = asked.body["mode"]
        return await self._data(request, {"session_id": session, "session_token": f"tok-{session}"}, fault)

    async def _start(self, request: web.Request) -> web.StreamResponse:
        await self.record(request)
        fault = await self.next_fault()
        if fault in REFUSALS:
            return self.refused(fault)
        session = self._session(request)
        if session is None:
            return self.refused(Fault.UNAUTHORIZED)
        self.live.add(session)
        started: dict[str, Any] = {
            "session_id": session,
            "livekit_url": f"ws://127.0.0.1:{self.port}",
            "livekit_client_token": f"room-{session}",
            "livekit_agent_token": None,
            "max_session_duration": self.longest_s,
        }
        if self._modes[session] == "LITE":
            started["ws_url"] = f"ws://127.0.0.1:{self.port}/lite/{session}"
        return await self._data(request, started, fault, status=201)

    async def _keep_alive(self, request: web.Request) -> web.StreamResponse:
        await self.record(request)
        session = self._session(request)
        if session is None:
            return self.refused(Fault.UNAUTHORIZED)
        self.kept_alive.append(session)
        return await self._data(request, None)

    async def _stop(self, request: web.Request) -> web.StreamResponse:
        asked = await self.record(request)
        fault = await self.next_fault()
        if fault in REFUSALS:
            return self.refused(fault)
        by_key = request.headers.get("x-api-key") == KEY
        session = asked.body.get("session_id") if by_key else self._session(request)
        if session is None:
            return self.refused(Fault.UNAUTHORIZED)
        if session not in self.live:
            return web.json_response({"code": 40400, "data": None, "message": "session not found"}, status=404)
        self.live.discard(session)
        room = self.rooms.pop(session, None)
        if room is not None:
            await room.kick()
        return await self._data(request, None)

    async def _credits(self, request: web.Request) -> web.StreamResponse:
        await self.record(request)
        fault = await self.next_fault()
        if fault in REFUSALS:
            return self.refused(fault)
        return await self._data(request, {"credits_left": self.credits_left}, fault)

    def _session(self, request: web.Request) -> str | None:
        return self._tokens.get(request.headers.get("authorization", "").removeprefix("Bearer "))

    async def _data(
        self, request: web.Request, data: Mapping[str, Any] | None, fault: Fault | None = None, *, status: int = 200
    ) -> web.StreamResponse:
        if fault is Fault.FAILS_LATE:
            return web.json_response({"code": 503, "data": None, "message": "Try again later"}, status=status)
        answer: dict[str, Any] = {"code": self.success, "data": data, "message": "Session ✓"}
        if fault is Fault.UNKNOWN:
            answer |= {"trace_id": "x", "data": {**(data or {}), "new": [1, {"deep": None}]}}
        whole = json.dumps(answer, ensure_ascii=False).encode()
        if fault is None:
            return web.Response(body=whole, status=status, content_type="application/json")
        pieces = [whole[: len(whole) // 2], whole[len(whole) // 2 :]]
        return await self.stream(request, fault, pieces, "application/json", events=False)

    def _admit(self, token: str) -> EmulatedRoom | None:
        session = token.removeprefix("room-")
        if session not in self.live:
            return None
        from tests.emulators.livekit import EmulatedRoom  # noqa: PLC0415 - only where there are rooms

        if session not in self.rooms:
            self.rooms[session] = EmulatedRoom(self._act(), IDENTITY, self._told)
        return self.rooms[session]

    def _told(self, room: EmulatedRoom, payload: bytes, topic: str) -> None:
        if topic != CONTROL:
            return
        command = json.loads(payload)
        self.commands.append(command)
        source = command.get("event_id")

        def tell(kind: str, **more: Any) -> None:
            event = {"event_id": f"ev-{next(self._numbers)}", "event_type": kind, "source_event_id": source, **more}
            room.send(json.dumps(event).encode(), RESPONSE)

        match command["event_type"]:
            case "avatar.speak_text":
                text = command["text"]
                room.act.say(text, lambda: tell("avatar.speak_started"), lambda: tell("avatar.speak_ended"))
                tell("avatar.transcription", text=text)
                tell("mood.of_tomorrow", feeling={"new": True})
            case "avatar.interrupt":
                room.act.hush()
                tell("avatar.speak_ended")
            case _:
                pass

    async def _lite(self, request: web.Request) -> web.StreamResponse:
        wire = await self.socket(request)
        if isinstance(wire, web.Response):
            return wire
        room = self.rooms[request.match_info["session"]]
        await wire.send({"type": "session.state_updated", "state": "connecting"}, counts=False)
        await wire.send({"type": "session.state_updated", "state": "connected"}, counts=False)
        loop = asyncio.get_running_loop()
        telling: set[asyncio.Task[None]] = set()
        sound: list[bytes] = []

        def tell(kind: str, source: str) -> Callable[[], None]:
            def now() -> None:
                task = loop.create_task(
                    wire.send({"type": kind, "event_id": source, "task": {"id": "t"}}, counts=False)
                )
                telling.add(task)
                task.add_done_callback(telling.discard)

            return now

        while (message := await wire.receive()) is not None:
            command = json.loads(message)
            self.commands.append({key: value for key, value in command.items() if key != "audio"})
            match command["type"]:
                case "agent.speak":
                    sound.append(base64.b64decode(command["audio"]))
                case "agent.speak_end":
                    heard = np.repeat(np.frombuffer(b"".join(sound), "<i2"), RATE_HZ // 24_000)
                    sound.clear()
                    source = command["event_id"]
                    room.act.play(heard, tell("agent.speak_started", source), tell("agent.speak_ended", source))
                case "agent.interrupt":
                    sound.clear()
                    room.act.hush()
                case _:
                    pass
        await asyncio.gather(*telling, return_exceptions=True)
        return await wire.finish()


def _room_server(admit: Callable[[str], EmulatedRoom | None]) -> Any:
    from tests.emulators.livekit import RoomServer  # noqa: PLC0415 - aiortc and the makers' protocol are a second of loading

    return RoomServer(admit)

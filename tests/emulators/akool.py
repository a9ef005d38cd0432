"""AKOOL's service: sessions, gallery, videos, and its messages in a room. Source: the notes on its demo and documentation."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.emulators.avatar_act import Act
from tests.emulators.faults import REFUSALS, Fault
from tests.emulators.web import Emulator, Refused

if TYPE_CHECKING:
    from tests.emulators.livekit import EmulatedRoom

KEY = "ak-emulated-0123456789abcdef"
AVATAR_ID = "avatar-1"
IDENTITY = "akool-server"
LARGEST_PACKET = 960
VIDEO = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00" + bytes(range(256)) * 8
_ERRORS = {
    Fault.UNAUTHORIZED: (401, 1101, "invalid token"),
    Fault.QUOTA: (200, 1006, "your credit is not enough"),
    Fault.RATE_LIMITED: (429, 1005, "operation is too frequent"),
    Fault.RATE_LIMITED_FOR: (429, 1005, "operation is too frequent"),
    Fault.BAD_REQUEST: (200, 1003, "param error"),
    Fault.SERVER_ERROR: (500, 9999, "system error"),
    Fault.OVERLOADED: (503, 9999, "busy"),
}


class AkoolEmulator(Emulator):
    """live: sessions that were made and not closed. queued: how often a new session, or a video, is still being made.

    commands: every message of the client's. refused_packets: those that were too large. fails_videos: the next ones cannot be
    made. act: as for LiveAvatarEmulator.
    """

    def __init__(self, act: Callable[[], Act] | None = None) -> None:
        super().__init__()
        self.live: set[str] = set()
        self.queued = 0
        self.credit = 118.5
        self.fails_videos = False
        self.rooms: dict[str, EmulatedRoom] = {}
        self.commands: list[Mapping[str, Any]] = []
        self.refused_packets = 0
        self.acknowledged = 1000
        self.keys_at_files: list[str | None] = []
        self._act = act or Act
        self._numbers = itertools.count(1)
        self._waits: dict[str, int] = {}
        self._texts: dict[str, list[str]] = {}
        self._server = None if act is None else _room_server(self._admit)

    def routes(self, router: web.UrlDispatcher) -> None:
        live = "/api/open/v4/liveAvatar"
        router.add_post(f"{live}/session/create", self._create)
        router.add_get(f"{live}/session/detail", self._detail)
        router.add_post(f"{live}/session/close", self._close)
        router.add_get(f"{live}/avatar/list", self._avatars)
        router.add_get("/api/open/v4/voice/list", self._voices)
        router.add_get("/api/open/v3/faceswap/quota/info", self._quota)
        router.add_post("/api/open/v3/talkingavatar/create", self._order)
        router.add_get("/api/open/v3/content/video/infobymodelid", self._video)
        router.add_get("/files/{name}", self._file)
        if self._server is not None:
            self._server.routes(router)

    def refusal(self, fault: Fault) -> Refused:
        status, code, message = _ERRORS[fault]
        return Refused(status, {"code": code, "msg": message})

    async def _create(self, request: web.Request) -> web.StreamResponse:
        fault, refused = await self._received(request)
        if refused is not None:
            return refused
        session = f"ses-{next(self._numbers)}"
        self.live.add(session)
        self._waits[session] = self.queued
        return await self._data(request, self._state(session), fault)

    async def _detail(self, request: web.Request) -> web.StreamResponse:
        fault, refused = await self._received(request)
        if refused is not None:
            return refused
        session = request.query["id"]
        self._waits[session] -= 1
        return await self._data(request, self._state(session), fault)

    def _state(self, session: str) -> Mapping[str, Any]:
        made = {"_id": session, "uid": 7, "stream_type": "livekit", "status": 1, "credentials": None}
        if self._waits[session] > 0:
            return made
        credentials = {
            "livekit_url": f"ws://127.0.0.1:{self.port}",
            "livekit_token": f"room-{session}",
            "livekit_room_name": session,
            "livekit_client_identity": "kiosk",
            "livekit_server_identity": IDENTITY,
        }
        return {**made, "status": 3, "credentials": credentials}

    async def _close(self, request: web.Request) -> web.StreamResponse:
        fault, refused = await self._received(request)
        if refused is not None:
            return refused
        session = self.requests[-1].body["id"]
        if session not in self.live:
            return web.json_response({"code": 1003, "msg": "session is not found"})
        self.live.discard(session)
        room = self.rooms.pop(session, None)
        if room is not None:
            await room.kick()
        return await self._data(request, {"_id": session, "status": 4}, fault)

    async def _avatars(self, request: web.Request) -> web.StreamResponse:
        fault, refused = await self._received(request)
        if refused is not None:
            return refused
        page, size = int(request.query["page"]), int(request.query["size"])
        every = [
            {
                "avatar_id": f"avatar-{number}",
                "name": f"Person {number}",
                "gender": "Female",
                "thumbnailUrl": "https://x/1",
            }
            for number in range(1, 131)
        ]
        return await self._data(request, {"count": len(every), "result": every[(page - 1) * size : page * size]}, fault)

    async def _voices(self, request: web.Request) -> web.StreamResponse:
        fault, refused = await self._received(request)
        if refused is not None:
            return refused
        voices = [
            {"voice_id": "v-1", "name": "Ann", "language": "English", "gender": "Female", "preview": "https://x/1"}
        ]
        return await self._data(request, voices, fault)

    async def _quota(self, request: web.Request) -> web.StreamResponse:
        fault, refused = await self._received(request)
        return refused or await self._data(request, {"credit": self.credit}, fault)

    async def _order(self, request: web.Request) -> web.StreamResponse:
        fault, refused = await self._received(request)
        if refused is not None:
            return refused
        video = f"vid-{next(self._numbers)}"
        self._waits[video] = self.queued
        return await self._data(request, {"_id": video, "video_status": 1}, fault)

    async def _video(self, request: web.Request) -> web.StreamResponse:
        fault, refused = await self._received(request)
        if refused is not None:
            return refused
        video = request.query["video_model_id"]
        self._waits[video] -= 1
        if self.fails_videos:
            return await self._data(request, {"_id": video, "video_status": 4, "error_reason": "the text is too long"})
        if self._waits[video] > 0:
            return await self._data(request, {"_id": video, "video_status": 2, "video": None}, fault)
        done = {"_id": video, "video_status": 3, "video": f"{self.base_url}/files/{video}.mp4", "deduction_credit": 2.5}
        return await self._data(request, done, fault)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        await self.record(request)
        self.keys_at_files.append(request.headers.get("x-api-key"))
        fault = await self.next_fault()
        half = len(VIDEO) // 2
        return await self.stream(request, fault, [VIDEO[:half], VIDEO[half:]], "video/mp4", events=False)

    async def _received(self, request: web.Request) -> tuple[Fault | None, web.StreamResponse | None]:
        await self.record(request)
        fault = await self.next_fault()
        if fault in REFUSALS:
            return None, self.refused(fault)
        if request.headers.get("x-api-key") != KEY:
            return None, self.refused(Fault.UNAUTHORIZED)
        return fault, None

    async def _data(self, request: web.Request, data: Any, fault: Fault | None = None) -> web.StreamResponse:
        if fault is Fault.FAILS_LATE:
            return web.json_response({"code": 9999, "msg": "system error"})
        answer: dict[str, Any] = {"code": 1000, "msg": "OK ✓", "data": data}
        if fault is Fault.UNKNOWN:
            answer |= {"trace": [None], "data": {**data, "new": {"deep": [1]}}}
        whole = json.dumps(answer, ensure_ascii=False).encode()
        if fault is None:
            return web.Response(body=whole, content_type="application/json")
        pieces = [whole[: len(whole) // 2], whole[len(whole) // 2 :]]
        return await self.stream(request, fault, pieces, "application/json", events=False)

    def _admit(self, token: str) -> EmulatedRoom | None:
        from tests.emulators.livekit import EmulatedRoom  # noqa: PLC0415 - only where there are rooms

        session = token.removeprefix("room-")
        if session not in self.live:
            return None
        if session not in self.rooms:
            self.rooms[session] = EmulatedRoom(self._act(), IDENTITY, self._told)
        return self.rooms[session]

    def _told(self, room: EmulatedRoom, payload: bytes, topic: str) -> None:
        if len(payload) > LARGEST_PACKET or topic:
            self.refused_packets += 1
            return
        command = json.loads(payload)
        self.commands.append(command)
        mid = command["mid"]

        def tell(kind: str, load: Mapping[str, Any]) -> None:
            room.send(json.dumps({"v": 2, "type": kind, "mid": mid, "pld": load}).encode())

        if command["type"] == "command":
            name = command["pld"]["cmd"]
            if name == "interrupt":
                room.act.hush()
                tell("event", {"event": "audio_end"})
            tell("command", {"cmd": name, "code": self.acknowledged, "msg": "OK"})
            return
        pieces = self._texts.setdefault(mid, [])
        pieces.append(command["pld"]["text"])
        if command["fin"]:
            text = "".join(self._texts.pop(mid))
            tell("chat", {"text": text, "from": "bot"})
            room.act.say(
                text, lambda: tell("event", {"event": "audio_start"}), lambda: tell("event", {"event": "audio_end"})
            )


def _room_server(admit: Callable[[str], EmulatedRoom | None]) -> Any:
    from tests.emulators.livekit import RoomServer  # noqa: PLC0415 - aiortc and the makers' protocol are a second of loading

    return RoomServer(admit)

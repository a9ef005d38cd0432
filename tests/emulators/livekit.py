"""A LiveKit room with one avatar in it, as far as the makers' own client needs it: signalling, media, data.

Source: livekit-protocol 1.1.29 and what livekit 1.2.1 asks for. It has one server for one client, no simulcast, no TURN, no
resuming. libwebrtc takes no part of a connection from a loopback device: the machine needs an address besides it (`reachable`).
"""

from __future__ import annotations

import asyncio
import fractions
import json
import time
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import numpy as np
from aiohttp import WSMsgType, web
from aioice.ice import get_host_addresses
from aiortc import MediaStreamTrack, RTCConfiguration, RTCDataChannel, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from aiortc.sdp import candidate_from_sdp
from av import AudioFrame, VideoFrame
from livekit.protocol import models as proto
from livekit.protocol import rtc as signal

from tests.emulators.avatar_act import RATE_HZ, Act

_PUBLISHER, _SUBSCRIBER = 0, 1
_AVATAR_SID, _STREAM = "PA_avatar", "camera"
_SOUND_STEP = RATE_HZ // 50
_CLOCK_HZ = 90_000
_TRACKS = ("TR_vid", "TR_aud")


def reachable() -> bool:
    """Whether the client can connect on this machine."""
    return bool(get_host_addresses(use_ipv4=True, use_ipv6=False))


class EmulatedRoom:
    """One client's room. on_data: told of each message of the client's, with its topic. act: what the avatar does."""

    def __init__(self, act: Act, identity: str, on_data: Callable[[EmulatedRoom, bytes, str], None]) -> None:
        self.act = act
        self.received: list[tuple[str, bytes]] = []
        self.connected = asyncio.Event()
        self.entered = False
        self._identity = identity
        self._on_data = on_data
        self._peers = {way: RTCPeerConnection(RTCConfiguration(iceServers=[])) for way in (_PUBLISHER, _SUBSCRIBER)}
        self._early: dict[int, list[dict[str, Any]] | None] = {_PUBLISHER: [], _SUBSCRIBER: []}
        self._connection: web.WebSocketResponse | None = None
        self._request: web.Request | None = None
        self._reliable: RTCDataChannel | None = None

    def send(self, payload: bytes, topic: str = "") -> None:
        """Data from the avatar, to the client."""
        packet = proto.DataPacket(kind=proto.DataPacket.RELIABLE, participant_identity=self._identity)
        packet.user.payload, packet.user.topic = payload, topic
        packet.user.participant_sid, packet.user.participant_identity = _AVATAR_SID, self._identity
        if self._reliable is not None and self._reliable.readyState == "open":
            self._reliable.send(packet.SerializeToString())

    async def kick(self, reason: proto.DisconnectReason = proto.ROOM_DELETED) -> None:
        """Put the client out."""
        await self._signal(leave=signal.LeaveRequest(reason=reason, action=signal.LeaveRequest.DISCONNECT))

    async def cut(self) -> None:
        """Break everything off, without a word."""
        if self._request is not None and self._request.transport is not None:
            self._request.transport.abort()
        await self._close_peers()

    async def run(self, request: web.Request) -> web.WebSocketResponse:
        """Serve the client until it goes."""
        self._request = request
        self._connection = web.WebSocketResponse(max_msg_size=0)
        await self._connection.prepare(request)
        try:
            await self._invite()
            async for message in self._connection:
                if message.type is WSMsgType.BINARY:
                    await self._handle(signal.SignalRequest.FromString(message.data))
        finally:
            self.act.close()
            await self._close_peers()
        return self._connection

    async def _close_peers(self) -> None:
        """Whole, also when this is cancelled: a peer that closes by itself at that moment waits for the same end."""
        closing = asyncio.gather(*(peer.close() for peer in self._peers.values()))
        try:
            await asyncio.shield(closing)
        except asyncio.CancelledError:
            await asyncio.wait([closing])
            raise

    async def _signal(self, **answer: Any) -> None:
        if self._connection is not None and not self._connection.closed:
            with suppress(ConnectionResetError):  # the client has gone
                await self._connection.send_bytes(signal.SignalResponse(**answer).SerializeToString())

    async def _invite(self) -> None:
        await self._signal(join=_join(self._identity, self.act.size))
        publisher, subscriber = self._peers[_PUBLISHER], self._peers[_SUBSCRIBER]
        self._reliable = subscriber.createDataChannel("_reliable")
        self._reliable.on("open", self.connected.set)
        subscriber.createDataChannel("_lossy", ordered=False, maxRetransmits=0)
        for track, sid in zip((_Video(self.act), _Sound(self.act)), _TRACKS, strict=True):
            sender = subscriber.addTrack(track)
            # the names that clients expect: whose stream, and which track; one stream, so that both are kept in step
            sender._stream_id, sender._track_id = f"{_AVATAR_SID}|{_STREAM}", sid
        publisher.on("datachannel", lambda channel: channel.on("message", self._take))
        await subscriber.setLocalDescription(await subscriber.createOffer())
        offer = signal.SessionDescription(type="offer", sdp=subscriber.localDescription.sdp, id=1)
        await self._signal(offer=offer)

    def _take(self, raw: bytes) -> None:
        packet = proto.DataPacket.FromString(raw)
        if packet.WhichOneof("value") == "user":
            self.received.append((packet.user.topic, packet.user.payload))
            self._on_data(self, packet.user.payload, packet.user.topic)

    async def _handle(self, request: Any) -> None:
        match request.WhichOneof("message"):
            case "answer":
                description = RTCSessionDescription(request.answer.sdp, "answer")
                await self._peers[_SUBSCRIBER].setRemoteDescription(description)
                await self._late_candidates(_SUBSCRIBER)
            case "offer":
                await self._answer(request.offer)
            case "trickle":
                way, candidate = request.trickle.target, json.loads(request.trickle.candidateInit)
                early = self._early[way]
                if early is None:
                    await self._candidate(way, candidate)
                else:
                    early.append(candidate)
            case "ping":
                await self._signal(pong=int(time.time() * 1000))
            case "ping_req":
                asked = request.ping_req.timestamp
                pong = signal.Pong(last_ping_timestamp=asked, timestamp=int(time.time() * 1000))
                await self._signal(pong_resp=pong)
            case "leave" if self._connection is not None:
                await self._connection.close()
            case _:
                pass

    async def _answer(self, offer: Any) -> None:
        publisher = self._peers[_PUBLISHER]
        await publisher.setRemoteDescription(RTCSessionDescription(offer.sdp, "offer"))
        await publisher.setLocalDescription(await publisher.createAnswer())
        answer = signal.SessionDescription(type="answer", sdp=publisher.localDescription.sdp, id=offer.id)
        await self._signal(answer=answer)
        await self._late_candidates(_PUBLISHER)

    async def _late_candidates(self, way: int) -> None:
        early, self._early[way] = self._early[way], None
        for candidate in early or []:
            await self._candidate(way, candidate)

    async def _candidate(self, way: int, candidate: dict[str, Any]) -> None:
        if text := candidate.get("candidate"):
            parsed = candidate_from_sdp(text.split(":", 1)[1])
            parsed.sdpMid, parsed.sdpMLineIndex = candidate.get("sdpMid"), candidate.get("sdpMLineIndex")
            await self._peers[way].addIceCandidate(parsed)


class RoomServer:
    """Rooms by their token. Put its `routes` into an emulator's.

    admit(token): the room for it, or None where nobody may come in with it.
    """

    def __init__(self, admit: Callable[[str], EmulatedRoom | None]) -> None:
        self._admit = admit
        self.open_rooms = 0

    def routes(self, router: web.UrlDispatcher) -> None:
        """Version 1 of the address is not there, as on older servers: the client then takes version 0."""
        router.add_get("/rtc", self._enter)
        router.add_get("/rtc/validate", self._validate)

    async def _validate(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text="success") if self._known(request) else _refused()

    async def _enter(self, request: web.Request) -> web.StreamResponse:
        room = self._admit(_token(request))
        if room is None or room.entered:
            return _refused()  # nobody comes back: this server knows no resuming
        room.entered = True
        self.open_rooms += 1
        try:
            return await room.run(request)
        finally:
            self.open_rooms -= 1

    def _known(self, request: web.Request) -> bool:
        return self._admit(_token(request)) is not None


def _token(request: web.Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ")


def _refused() -> web.Response:
    return web.Response(status=HTTPStatus.UNAUTHORIZED, text="invalid token")


def _join(identity: str, size: tuple[int, int]) -> Any:
    avatar = proto.ParticipantInfo(
        sid=_AVATAR_SID,
        identity=identity,
        name="Avatar",
        state=proto.ParticipantInfo.ACTIVE,
        joined_at=int(time.time()),
    )
    avatar.tracks.add(
        sid=_TRACKS[0], type=proto.VIDEO, name="video", width=size[0], height=size[1], source=proto.CAMERA,
        mime_type="video/VP8", mid="0", stream=_STREAM,
    )  # fmt: skip
    avatar.tracks.add(
        sid=_TRACKS[1], type=proto.AUDIO, name="audio", source=proto.MICROPHONE, mime_type="audio/opus", mid="1",
        stream=_STREAM,
    )  # fmt: skip
    me = proto.ParticipantInfo(sid="PA_me", identity="kiosk", state=proto.ParticipantInfo.ACTIVE)
    me.permission.can_publish = me.permission.can_subscribe = me.permission.can_publish_data = True
    join = signal.JoinResponse(
        participant=me, other_participants=[avatar], server_version="1.9.0", subscriber_primary=True, ping_timeout=15,
        ping_interval=5,
    )  # fmt: skip
    join.room.sid, join.room.name = "RM_1", "room"
    join.server_info.version, join.server_info.protocol = "1.9.0", 15
    return join


class _Paced(MediaStreamTrack):
    """A track whose pieces come when they are due."""

    def __init__(self, act: Act) -> None:
        super().__init__()
        self._act = act
        self._piece = 0

    async def _next(self, seconds: float) -> float:
        """Wait for the next piece. Returns the second of the act at which it begins."""
        if self.readyState != "live":
            raise MediaStreamError
        at_s = self._piece * seconds
        self._piece += 1
        await asyncio.sleep(max(0.0, self._act.began_s + at_s - time.monotonic()))
        return at_s


class _Video(_Paced):
    kind = "video"

    async def recv(self) -> VideoFrame:
        at_s = await self._next(1 / self._act.fps)
        await self._act.has_picture.wait()
        frame = VideoFrame.from_ndarray(self._act.picture(at_s), format="rgb24")
        frame.pts, frame.time_base = round(at_s * _CLOCK_HZ), fractions.Fraction(1, _CLOCK_HZ)
        return frame


class _Sound(_Paced):
    kind = "audio"

    async def recv(self) -> AudioFrame:
        at_s = await self._next(_SOUND_STEP / RATE_HZ)
        await self._act.has_sound.wait()
        frame = AudioFrame.from_ndarray(self._act.sound(at_s, _SOUND_STEP)[np.newaxis], format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE_HZ, round(at_s * RATE_HZ)
        frame.time_base = fractions.Fraction(1, RATE_HZ)
        return frame

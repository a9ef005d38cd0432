"""Monitors of a virtual X server that can be plugged in and out: RandR 1.5 by hand, as there may be no `xrandr`."""

from __future__ import annotations

import os
import socket
import struct
from pathlib import Path

_INTERN_ATOM, _QUERY_EXTENSION = 16, 98
_QUERY_VERSION, _SET_MONITOR, _DELETE_MONITOR = 0, 43, 44
_LOCAL = 256
_COOKIE = b"MIT-MAGIC-COOKIE-1"
Area = tuple[int, int, int, int]


class Monitors:
    """A connection of our own to the X server. Monitors that were plugged in go with `close`."""

    def __init__(self, display: str) -> None:
        number = display.rpartition(":")[2].split(".")[0]
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(f"/tmp/.X11-unix/X{number}")  # noqa: S108 - where X servers listen
        cookie = _cookie(number)
        name = _COOKIE if cookie else b""
        hello = struct.pack("<BxHHHHxx", ord("l"), 11, 0, len(name), len(cookie))
        self._socket.sendall(hello + _padded(name) + _padded(cookie))
        head = self._read(8)
        body = self._read(4 * struct.unpack("<6xH", head)[0])
        assert head[0] == 1, body
        vendor = struct.unpack_from("<H", body, 16)[0]
        self._root = struct.unpack_from("<I", body, 32 + (vendor + 3) // 4 * 4 + 8 * body[21])[0]
        self._send(_QUERY_EXTENSION, 0, struct.pack("<Hxx", 5) + b"RANDR")
        self._randr = self._reply()[9]
        self._send(self._randr, _QUERY_VERSION, struct.pack("<II", 1, 5))
        self._reply()
        self._plugged: set[str] = set()

    def plug(self, name: str, area: Area) -> None:
        """A monitor is there from now on. area: x, y, width, height on the desktop."""
        x, y, width, height = area
        millimetres = (width // 4, height // 4)
        self._send(
            self._randr,
            _SET_MONITOR,
            struct.pack("<IIBBHhhHHII", self._root, self._atom(name), 0, 0, 0, x, y, width, height, *millimetres),
        )
        self._plugged.add(name)
        self._atom(name)  # an answer: the server is done

    def unplug(self, name: str) -> None:
        """It is gone."""
        self._send(self._randr, _DELETE_MONITOR, struct.pack("<II", self._root, self._atom(name)))
        self._plugged.discard(name)
        self._atom(name)

    def close(self) -> None:
        for name in sorted(self._plugged):
            self.unplug(name)
        self._socket.close()

    def _atom(self, name: str) -> int:
        self._send(_INTERN_ATOM, 0, struct.pack("<Hxx", len(name)) + name.encode())
        atom: int = struct.unpack_from("<I", self._reply(), 8)[0]
        return atom

    def _send(self, major: int, minor: int, body: bytes) -> None:
        body = _padded(body)
        self._socket.sendall(struct.pack("<BBH", major, minor, 1 + len(body) // 4) + body)

    def _reply(self) -> bytes:
        head = self._read(32)
        assert head[0] == 1, f"the X server answered with error {head[1]}"
        return head + self._read(4 * struct.unpack_from("<I", head, 4)[0])

    def _read(self, count: int) -> bytes:
        received = b""
        while len(received) < count:
            part = self._socket.recv(count - len(received))
            assert part, "the X server hung up"
            received += part
        return received


def _padded(content: bytes) -> bytes:
    return content + b"\0" * (-len(content) % 4)


def _cookie(number: str) -> bytes:
    """What `xvfb-run` protects its server with; empty where there is none."""
    file = Path(os.environ.get("XAUTHORITY", ""))
    if not file.is_file():
        return b""
    content, at = file.read_bytes(), 0
    while at < len(content):
        family = struct.unpack_from(">H", content, at)[0]
        at += 2
        fields = []
        for _ in range(4):
            length = struct.unpack_from(">H", content, at)[0]
            fields.append(content[at + 2 : at + 2 + length])
            at += 2 + length
        if family in (_LOCAL, 0xFFFF) and fields[1] in (number.encode(), b"") and fields[2] == _COOKIE:
            return fields[3]
    return b""

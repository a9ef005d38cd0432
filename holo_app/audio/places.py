"""Choosing the device: which one a name means, and what to say when there is none. Pure."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from holo_app.audio.sound_server import ServerDevice, ServerView
from holo_app.errors import DeviceError

_BRIDGES = ("pulse", "pipewire", "default")
"""The ALSA devices through which a sound server is reached, best first. Only `pulse` lets the server's device be chosen."""

_SERVER_RATE_HZ = 48_000
"""A server takes any rate; this one its devices have most often (the client library does not tell it reliably)."""


class Kind(StrEnum):
    """The two directions of sound; the value names the device in errors."""

    MICROPHONE = "microphone"
    SPEAKER = "speaker"


@dataclass(frozen=True, slots=True)
class PortDevice:
    """A device of PortAudio. inputs, outputs: channels. default: the kinds for which it is the system's choice."""

    index: int
    name: str
    inputs: int
    outputs: int
    rate_hz: int
    default: frozenset[Kind] = frozenset()

    def serves(self, kind: Kind) -> bool:
        """Whether sound can go that way."""
        return (self.inputs if kind is Kind.MICROPHONE else self.outputs) > 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where to open a stream. name: for people. server: the device behind the sound server, where there is one."""

    kind: Kind
    port: PortDevice
    name: str
    rate_hz: int
    server: ServerDevice | None = None


def find_place(kind: Kind, wanted: str, ports: Sequence[PortDevice], view: ServerView | None) -> Place:
    """The device that `wanted` means: part of its name in any case, or "" for the system's choice.

    Raises: DeviceError: there is none; it lists the names that were found.
    """
    usable = [port for port in ports if port.serves(kind)]
    bridge = next((port for name in _BRIDGES for port in usable if port.name == name), None)
    if view is not None and bridge is not None and sys.platform.startswith("linux"):
        device = _on_server(kind, wanted, view)
        if device is not None:
            return Place(kind, bridge, device.label, _SERVER_RATE_HZ, device)
        usable = [port for port in usable if port.name not in _BRIDGES] if wanted else []
    port = _named(usable, wanted) if wanted else _default(kind, usable)
    if port is None:
        raise _none_found(kind, wanted, [p.name for p in usable], view)
    return Place(kind, port, port.name, port.rate_hz)


def still_there(place: Place, view: ServerView | None) -> bool:
    """Whether the server still has the device that was opened. True where no server was asked for it."""
    if place.server is None or view is None:
        return place.server is None
    return any(device.index == place.server.index for device in _devices(place.kind, view))


def _devices(kind: Kind, view: ServerView) -> tuple[ServerDevice, ...]:
    return view.sources if kind is Kind.MICROPHONE else view.sinks


def _on_server(kind: Kind, wanted: str, view: ServerView) -> ServerDevice | None:
    devices = sorted(_devices(kind, view), key=lambda device: device.fallback)
    if wanted:
        return next((device for device in devices if _means(wanted.casefold(), device)), None)
    default = view.default_source if kind is Kind.MICROPHONE else view.default_sink
    real = [device for device in devices if not device.fallback]
    return next((device for device in real if device.name == default), real[0] if real else None)


def _means(wanted: str, device: ServerDevice) -> bool:
    name, label = device.name.casefold(), device.label.casefold()
    # "usb" is not to mean the monitor of the usb loudspeaker: that one only by its full name
    return wanted in (name, label) if device.fallback else wanted in name or wanted in label


def _named(ports: Iterable[PortDevice], wanted: str) -> PortDevice | None:
    return next((port for port in ports if wanted.casefold() in port.name.casefold()), None)


def _default(kind: Kind, ports: Sequence[PortDevice]) -> PortDevice | None:
    return next((port for port in ports if kind in port.default), ports[0] if ports else None)


def _none_found(kind: Kind, wanted: str, names: list[str], view: ServerView | None) -> DeviceError:
    found = [device.label for device in _devices(kind, view) if not device.fallback] if view else []
    listed = ", ".join(dict.fromkeys([*found, *names])) or "none"
    looked_for = f"no device is called {wanted!r}" if wanted else "no device"
    return DeviceError(kind.value, f"{looked_for}; found: {listed}")

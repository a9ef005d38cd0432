"""Looking Glass Bridge, the vendor's program: which panels are connected, and the calibration of each.

Requests are PUT with a JSON body to localhost:33334; answers wrap each value as {"value": …}, a calibration is JSON in a text.
Source: the schemas of `@lookingglass/bridge` (bridge.js). No real Bridge was called: the tests speak to an emulator.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Any, Final
from urllib.parse import urlsplit

import structlog

log = structlog.get_logger(__name__)

BRIDGE_URL: Final = "http://localhost:33334"
_ANSWER_S: Final = 1.0
_LARGEST_BYTES: Final = 4_000_000
_SESSION: Final = "holo"


@dataclass(frozen=True, slots=True)
class BridgePanel:
    """One connected panel. name: its `hwid`, such as LKG-P00671. calibration: its `visual.json`. at: corner on the desktop."""

    name: str
    hardware: str
    calibration: Mapping[str, Any] = field(repr=False)
    at: tuple[int, int] = (0, 0)


def bridge_panels(url: str = BRIDGE_URL) -> list[BridgePanel]:
    """The panels that a running Bridge knows. Empty where none runs, which is normal and not worth a word, or where it fails.

    Takes some milliseconds without a Bridge and a few seconds at worst.
    """
    address = urlsplit(url)
    connection = HTTPConnection(address.hostname or "localhost", address.port, timeout=_ANSWER_S)
    try:
        token = _value(_ask(connection, "enter_orchestration", {"name": _SESSION}), "payload")
        devices = _value(_ask(connection, "available_output_devices", {"orchestration": token}), "payload")
        _ask(connection, "exit_orchestration", {"orchestration": token})
    except ConnectionRefusedError:
        return []
    except (OSError, HTTPException, ValueError) as error:
        log.warning("panel_bridge_failed", reason=str(error) or type(error).__name__)
        return []
    finally:
        connection.close()
    return [panel for panel in map(_panel, devices.values()) if panel is not None] if isinstance(devices, dict) else []


def _ask(connection: HTTPConnection, endpoint: str, body: Mapping[str, object]) -> Mapping[str, Any]:
    """Raises: OSError, HTTPException: no answer in time. ValueError: a refusal, or another answer than a JSON object."""
    connection.request("PUT", f"/{endpoint}", json.dumps(body), {"Content-Type": "application/json"})
    response = connection.getresponse()
    text = response.read(_LARGEST_BYTES)
    if response.status != HTTPStatus.OK:
        raise ValueError(f"{endpoint} was answered with {response.status}")
    content = json.loads(text)
    if not isinstance(content, dict):
        raise ValueError(f"{endpoint} was answered with no JSON object")  # noqa: TRY004 - the peer's fault
    return content


def _value(holder: object, name: str) -> Any:
    """The value that is wrapped under a name; None where it is not there."""
    inner = holder.get(name) if isinstance(holder, Mapping) else None
    return inner.get("value") if isinstance(inner, Mapping) else None


def _panel(device: object) -> BridgePanel | None:
    inside = device.get("value") if isinstance(device, Mapping) else None
    name, text, place = _value(inside, "hwid"), _value(inside, "calibration"), _value(inside, "windowCoords")
    if not isinstance(name, str) or not isinstance(text, str) or not text.strip():
        return None  # an ordinary screen: Bridge lists these too
    try:
        calibration = json.loads(text)
    except ValueError as error:
        log.warning("panel_bridge_calibration_broken", panel=name, reason=str(error))
        return None
    if not isinstance(calibration, dict):
        return None
    corner = place if isinstance(place, Mapping) else {}
    at = (round(corner.get("x", 0)), round(corner.get("y", 0)))
    return BridgePanel(name, str(_value(inside, "hardwareVersion") or ""), calibration, at)

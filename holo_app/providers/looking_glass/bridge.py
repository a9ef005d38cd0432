"""Looking Glass Bridge, the vendor's program: which panels are connected, and the calibration of each.

Requests are PUT with a JSON body to localhost:33334; answers wrap each value as {"value": …}, a calibration is JSON in a text.
Source: the schemas of `@lookingglass/bridge` (bridge.js). No real Bridge was called: the tests speak to an emulator.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import structlog

log = structlog.get_logger(__name__)

BRIDGE_URL: Final = "http://localhost:33334"
_CONNECT_S: Final = 0.25
_ANSWER_S: Final = 1.0
_SESSION: Final = "holo"


@dataclass(frozen=True, slots=True)
class BridgePanel:
    """One connected panel. name: its `hwid`, such as LKG-P00671. calibration: its `visual.json`, parsed. at: corner on the desktop."""

    name: str
    hardware: str
    calibration: Mapping[str, Any] = field(repr=False)
    at: tuple[int, int] = (0, 0)


def bridge_panels(url: str = BRIDGE_URL, transport: httpx.BaseTransport | None = None) -> list[BridgePanel]:
    """The panels that a running Bridge knows. Empty where none runs, which is normal and not worth a word, or where it fails.

    Takes some milliseconds without a Bridge and two or three seconds at worst.
    """
    timeout = httpx.Timeout(_ANSWER_S, connect=_CONNECT_S)
    # trust_env: a proxy of the shop has no business between two programs of one machine
    with httpx.Client(base_url=url, timeout=timeout, transport=transport, trust_env=False) as client:
        try:
            token = _value(_ask(client, "enter_orchestration", {"name": _SESSION}), "payload")
            try:
                devices = _value(_ask(client, "available_output_devices", {"orchestration": token}), "payload")
            finally:
                _ask(client, "exit_orchestration", {"orchestration": token})
        except httpx.ConnectError:
            return []
        except (httpx.HTTPError, ValueError) as error:
            log.warning("panel_bridge_failed", reason=str(error) or type(error).__name__)
            return []
    return [panel for panel in map(_panel, devices.values()) if panel is not None] if isinstance(devices, dict) else []


def _ask(client: httpx.Client, endpoint: str, body: Mapping[str, object]) -> Mapping[str, Any]:
    response = client.put(f"/{endpoint}", json=dict(body))
    response.raise_for_status()
    content = response.json()
    if not isinstance(content, dict):
        raise ValueError(f"{endpoint} was answered with no JSON object")
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

"""A panel's calibration, from its drive and from the vendor's Bridge: an emulator of its answers on a loopback socket."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from holo_app.bootstrap.panels import found_panels
from holo_app.providers.looking_glass.bridge import bridge_panels
from holo_app.providers.looking_glass.drive import drive_calibrations, mount_points
from tests.hologram.lightfield import weaving

TOKEN = "session-7"


def text(value: object, kind: str = "WSTRING") -> dict[str, object]:
    return {"name": "", "type": kind, "value": value}


def device(name: str, calibration: str, at: tuple[int, int] = (1920, 0)) -> dict[str, object]:
    inside = {
        "hwid": text(name),
        "hardwareVersion": text("portrait"),
        "calibration": text(calibration),
        "windowCoords": text({"x": at[0], "y": at[1]}, "INT2"),
    }
    return text(inside, "VARIANT_MAP")


PANEL = device("LKG-P-TEST", weaving.as_file(weaving.PORTRAIT))
ORDINARY = device("", "", (0, 0))


class Bridge:
    """What Looking Glass Bridge answers. devices: what it says is connected; spoilt: changes an answer's text."""

    def __init__(self) -> None:
        self.devices: object = {"0": ORDINARY, "1": PANEL}
        self.spoilt: Callable[[str], str] = lambda answer: answer
        self.status = 200
        self.asked: list[tuple[str, dict[str, Any]]] = []
        bridge = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_PUT(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                endpoint = self.path.strip("/")
                bridge.asked.append((endpoint, body))
                answer = bridge.spoilt(json.dumps(bridge.answer(endpoint, body))).encode()
                self.send_response(bridge.status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def answer(self, endpoint: str, body: dict[str, Any]) -> dict[str, object]:
        if endpoint == "enter_orchestration":
            return {"status": text("Completion"), "payload": text(TOKEN)}
        if body.get("orchestration") != TOKEN:
            return {"status": text("UnknownOrchestration")}
        payload = self.devices if endpoint == "available_output_devices" else ""
        return {"status": text("Completion"), "payload": text(payload, "VARIANT_MAP")}

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def bridge() -> Iterator[Bridge]:
    running = Bridge()
    yield running
    running.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_bridge_names_the_panels_and_brings_their_calibrations(bridge: Bridge) -> None:
    [panel] = bridge_panels(bridge.url)
    assert (panel.name, panel.hardware, panel.at) == ("LKG-P-TEST", "portrait", (1920, 0))
    assert panel.calibration == weaving.PORTRAIT
    assert [endpoint for endpoint, _ in bridge.asked] == [
        "enter_orchestration",
        "available_output_devices",
        "exit_orchestration",
    ]


def test_no_bridge_is_normal_and_not_worth_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    assert bridge_panels(f"http://127.0.0.1:{free_port()}") == []
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "devices",
    [
        None,
        [],
        {"0": None},
        {"0": text({"hwid": text("LKG-P")}, "VARIANT_MAP")},
        {"0": device("LKG-P", "no json")},
        {"0": device("LKG-P", "[1]")},
    ],
)
def test_a_bridge_that_says_nonsense_has_no_panels(bridge: Bridge, devices: object) -> None:
    bridge.devices = devices
    assert bridge_panels(bridge.url) == []


@pytest.mark.parametrize("spoil", [lambda _: "", lambda _: "[]", lambda answer: answer[:-3]])
def test_a_broken_answer_is_logged_and_there_are_no_panels(
    bridge: Bridge, spoil: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    bridge.spoilt = spoil
    assert bridge_panels(bridge.url) == []
    assert "panel_bridge_failed" in capsys.readouterr().out


def test_a_refusal_is_no_answer(bridge: Bridge) -> None:
    bridge.status = 500
    assert bridge_panels(bridge.url) == []


def put_drive(mount: Path, content: str) -> None:
    folder = mount / "LKG_calibration"
    folder.mkdir(parents=True)
    (folder / "visual.json").write_text(content, encoding="utf-8")


def test_a_panels_drive_is_found_among_others(tmp_path: Path) -> None:
    mounts = [tmp_path / name for name in ("PHOTOS", "LKG-P00671", "BROKEN", "LIST", "GONE")]
    mounts[0].mkdir()
    put_drive(mounts[1], weaving.as_file(weaving.PORTRAIT))
    put_drive(mounts[2], "{")
    put_drive(mounts[3], "[]")
    [(file, content)] = drive_calibrations(mounts)
    assert file == mounts[1] / "LKG_calibration" / "visual.json"
    assert content == weaving.PORTRAIT


def test_this_systems_mount_points_can_be_listed() -> None:
    assert all(isinstance(path, Path) for path in mount_points())


def test_drives_come_before_bridge_and_both_tell_the_panels_pixels(bridge: Bridge, tmp_path: Path) -> None:
    put_drive(tmp_path / "LKG-K", weaving.as_file(weaving.CELLED))
    put_drive(tmp_path / "EMPTY", "{}")
    panels = found_panels([tmp_path / "LKG-K", tmp_path / "EMPTY"], bridge.url)
    assert [(panel.serial, panel.pixels) for panel in panels] == [
        ("LKG-K-TEST", (1440, 2560)),
        ("LKG-P-TEST", (1536, 2048)),
    ]
    assert panels[0].source == f"the drive at {tmp_path / 'LKG-K'}"
    assert panels[1].source == "Looking Glass Bridge"

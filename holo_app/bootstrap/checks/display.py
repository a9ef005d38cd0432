"""Is there a screen, and can the graphics draw on it?"""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from holo_app.errors import DeviceError
from holo_app.ops.diagnoses import (
    DISPLAY_MISSING,
    DISPLAY_OK,
    DISPLAY_UNREACHABLE,
    GRAPHICS_MISSING,
    GRAPHICS_OK,
    GRAPHICS_SOFTWARE,
)
from holo_app.ops.doctor import Finding

_ANSWER_S = 2.0
_X_PORT = 6000
_SOFTWARE = ("llvmpipe", "softpipe", "swrast", "software", "basic render")


def check_display(environment: Mapping[str, str] | None = None) -> list[Finding]:
    """The screen that the environment names, then OpenGL without one."""
    return [_check_screen(os.environ if environment is None else environment), _check_graphics()]


def _check_screen(environment: Mapping[str, str]) -> Finding:
    if sys.platform in ("win32", "darwin"):
        return Finding(DISPLAY_OK, "the system has a desktop")
    wayland, x11 = environment.get("WAYLAND_DISPLAY"), environment.get("DISPLAY")
    if wayland and _answers_wayland(wayland, environment):
        return Finding(DISPLAY_OK, f"Wayland display {wayland} answers")
    if x11 and _answers_x11(x11):
        return Finding(DISPLAY_OK, f"X display {x11} answers")
    if wayland or x11:
        return Finding(DISPLAY_UNREACHABLE, f"the display {wayland or x11} does not answer")
    return Finding(DISPLAY_MISSING, "neither DISPLAY nor WAYLAND_DISPLAY is set")


def screen_problem(environment: Mapping[str, str]) -> str:
    """Why there is no desktop to open a window on; empty where there is one. Qt ends the process where there is none."""
    found = _check_screen(environment)
    return "" if found.diagnosis is DISPLAY_OK else found.text


def _answers_wayland(name: str, environment: Mapping[str, str]) -> bool:
    return _connects(str(Path(environment.get("XDG_RUNTIME_DIR", "/")) / name))


def _answers_x11(display: str) -> bool:
    match = re.fullmatch(r"(?P<host>.*):(?P<number>\d+)(\.\d+)?", display)
    if match is None:
        return False
    number = int(match["number"])
    if match["host"] in ("", "unix"):
        path = f"/tmp/.X11-unix/X{number}"  # noqa: S108 - where X servers listen
        return _connects(path) or _connects(f"\0{path}")
    try:
        with socket.create_connection((match["host"], _X_PORT + number), timeout=_ANSWER_S):
            return True
    except OSError:
        return False


def _connects(address: str) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(_ANSWER_S)
        try:
            connection.connect(address)
        except OSError:
            return False
        return True


def _check_graphics() -> Finding:
    from holo_app.hologram.gl_context import release, standalone_context  # noqa: PLC0415 - loads the graphics driver

    try:
        context = standalone_context()
    except DeviceError as error:
        return Finding(GRAPHICS_MISSING, f"no OpenGL 3.3: {error.problem}")
    try:
        renderer, version = context.info["GL_RENDERER"], context.version_code
    finally:
        release(context)
    text = f"OpenGL {version // 100}.{version // 10 % 10} by {renderer}"
    software = any(word in renderer.lower() for word in _SOFTWARE)
    return Finding(GRAPHICS_SOFTWARE if software else GRAPHICS_OK, text)

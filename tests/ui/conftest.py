"""Qt for the tests: a virtual X server when there is no display, and the application made as the kiosk makes it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QGuiApplication

from holo_app.ui.qt_setup import create_app


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """A screen of 1080×1920: the one that is there, or Xvfb on a free number."""
    if os.environ.get("DISPLAY"):
        yield os.environ["DISPLAY"]
        return
    read, write = os.pipe()
    server = subprocess.Popen(
        # -terminate: it goes with its last client, also when the tests crash
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1080x1920x24", "-nolisten", "tcp", "-terminate"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as answer:
        number = answer.readline().strip()
    if not number:
        pytest.fail("Xvfb did not start")
    os.environ["DISPLAY"] = f":{number}"
    yield os.environ["DISPLAY"]
    del os.environ["DISPLAY"]
    server.terminate()
    server.wait()


@pytest.fixture(scope="session")
def qapp(display: str) -> Iterator[QGuiApplication]:
    """pytest-qt's application, replaced by the kiosk's own; it lets go of the display before that goes."""
    app = create_app()
    yield app
    app.shutdown()

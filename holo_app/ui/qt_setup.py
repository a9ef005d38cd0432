"""Qt's global choices: they hold only when made before the application object exists."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import structlog
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import (
    QFontDatabase,
    QGuiApplication,
    QOffscreenSurface,
    QOpenGLContext,
    QSurfaceFormat,
)
from PySide6.QtQuick import QQuickWindow, QSGRendererInterface

from holo_app.resources import resource

log = structlog.get_logger(__name__)


def prepare_qt() -> None:
    """Choose OpenGL core profile and the basic render loop. Call before the application is made.

    moderngl dies in Qt's default compatibility context; the basic loop draws in the GUI thread, where the hologram's
    Python code must run anyway.
    """
    os.environ.setdefault("QSG_RENDER_LOOP", "basic")
    # every frame would begin with an idle wait of 5 ms: the frame loop leaves the voice its time already
    os.environ.setdefault("QT_QPA_UPDATE_IDLE_TIME", "0")
    # a flat overlay without rotated clips needs neither, and clearing them took a software rasteriser 3 ms a frame
    os.environ.setdefault("QSG_NO_DEPTH_BUFFER", "1")
    os.environ.setdefault("QSG_NO_STENCIL_BUFFER", "1")
    QQuickWindow.setGraphicsApi(QSGRendererInterface.GraphicsApi.OpenGL)
    surface = QSurfaceFormat()
    surface.setVersion(3, 3)
    surface.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    QSurfaceFormat.setDefaultFormat(surface)


def create_app(arguments: Sequence[str] = ()) -> QGuiApplication:
    """The application object, after `prepare_qt`; the running one where there is one already."""
    running = QCoreApplication.instance()
    if isinstance(running, QGuiApplication):
        return running
    prepare_qt()
    app = QGuiApplication([sys.argv[0], *arguments])
    app.setApplicationName("holo-app")
    return app


def load_fonts() -> None:
    """Bring our own typeface: a bare kiosk system has none. Without it Qt's default is used."""
    for font in sorted(resource("ui", "fonts").glob("*.otf")):
        if QFontDatabase.addApplicationFont(str(font)) < 0:
            log.warning("font_unreadable", file=font.name)


def graphics_problem() -> str:
    """Why no OpenGL 3.3 core context can be made on this screen; empty where one can. Call before any window."""
    surface = QOffscreenSurface()
    surface.create()
    context = QOpenGLContext()
    if not context.create():
        return "no OpenGL context could be made"
    version = (context.format().majorVersion(), context.format().minorVersion())
    if version < (3, 3):
        return f"OpenGL {version[0]}.{version[1]} is older than 3.3"
    if not context.makeCurrent(surface):
        return "the OpenGL context could not be used"
    context.doneCurrent()
    return ""


def use_software_scene() -> None:
    """Draw the overlay without OpenGL. Call before the first window."""
    QQuickWindow.setGraphicsApi(QSGRendererInterface.GraphicsApi.Software)

"""The door to OpenGL: a context of our own without any display, or the one that is current already."""

from __future__ import annotations

import moderngl

from holo_app.errors import DeviceError

_REQUIRED = 330


def standalone_context() -> moderngl.Context:
    """A context that needs no display and no window.

    Raises: DeviceError: no OpenGL 3.3 through EGL on this machine.
    """
    try:
        return moderngl.create_context(standalone=True, backend="egl", require=_REQUIRED)  # type: ignore[arg-type]  # its stub is wrong
    except Exception as error:  # the loader raises bare Exception, ImportError and ValueError alike
        raise DeviceError("display", f"OpenGL 3.3 is not available through EGL ({error})") from error


def current_context() -> moderngl.Context:
    """The context that the calling thread has made current, such as the window's.

    Raises: DeviceError: none is current, or it is older than OpenGL 3.3 core.
    """
    try:
        return moderngl.create_context(require=_REQUIRED)
    except Exception as error:  # as above
        raise DeviceError("display", f"the window's OpenGL is older than 3.3 or missing ({error})") from error

"""The door to OpenGL: a context of our own without any display, or the one that is current already."""

from __future__ import annotations

from typing import Any, Final

import moderngl

from holo_app.errors import DeviceError

_REQUIRED: Final = 330
_SOFTWARE: Final = ("llvmpipe", "softpipe", "swrast", "software")
_EGL: Final[dict[str, Any]] = {"backend": "egl"}


def standalone_context() -> moderngl.Context:
    """A context that needs no display and no window, current in the calling thread until `give_up` or `release`.

    Raises: DeviceError: no OpenGL 3.3 through EGL on this machine.
    """
    try:
        return moderngl.create_context(require=_REQUIRED, standalone=True, **_EGL)
    except Exception as error:  # the loader raises bare Exception, ImportError and ValueError alike
        raise DeviceError("display", f"OpenGL 3.3 is not available through EGL ({error})") from error


def give_up(ctx: moderngl.Context) -> None:
    """Let the calling thread have no context, so that a window's can be its own; `with ctx:` takes this one back.

    A thread cannot hold X11's (GLX) context while it holds EGL's: Qt's windows would stay dark.
    """
    with ctx:  # leaving the block is what lets go
        pass


def release(ctx: moderngl.Context) -> None:
    """Give a standalone context back; its being current too, which `ctx.release()` forgets."""
    give_up(ctx)
    ctx.release()


def current_context() -> moderngl.Context:
    """The context that the calling thread has made current, such as the window's; X11's and Wayland's alike.

    `moderngl.create_context` is not used here: it finds X11's contexts only, and hands out a stale one after a first.

    Raises: DeviceError: none is current, or it is older than OpenGL 3.3 core.
    """
    try:
        moderngl.init_context()
        ctx = moderngl.get_context()
    except Exception as error:  # as above
        raise DeviceError("display", f"the window has no OpenGL 3.3 ({error})") from error
    if ctx.version_code < _REQUIRED:
        raise DeviceError("display", f"the window has OpenGL {ctx.version_code / 100:.1f} instead of 3.3 or newer")
    return ctx


def draws_on_processor(ctx: moderngl.Context) -> bool:
    """Whether no graphics card draws, but the processor in its place."""
    name = str(ctx.info["GL_RENDERER"]).lower()
    return any(word in name for word in _SOFTWARE)

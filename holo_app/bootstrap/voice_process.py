"""How the child process that speaks is started: from a checkout or wheel by Python, from a bundle by the program itself."""

from __future__ import annotations

import sys


def piper_command() -> tuple[str, ...]:
    """The command line up to the server's own options."""
    if getattr(sys, "frozen", False):
        return (sys.executable, "piper-server")
    return (sys.executable, "-m", "holo_app.providers.piper.server")

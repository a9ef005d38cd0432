"""How the child processes that speak and encode are started: by Python from a checkout or wheel, by the program in a bundle."""

from __future__ import annotations

import sys


def piper_command() -> tuple[str, ...]:
    """The command line up to the server's own options."""
    if getattr(sys, "frozen", False):
        return (sys.executable, "piper-server")
    return (sys.executable, "-m", "holo_app.providers.piper.server")


def film_encoder_command() -> tuple[str, ...]:
    """The whole command line."""
    if getattr(sys, "frozen", False):
        return (sys.executable, "film-encoder")
    return (sys.executable, "-m", "holo_app.providers.pyav.server")

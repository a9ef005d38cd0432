"""How child processes that speak, hear and encode are started: from a checkout or wheel by Python, in a bundle by itself."""

from __future__ import annotations

import sys


def piper_command() -> tuple[str, ...]:
    """The command line up to the server's own options."""
    if getattr(sys, "frozen", False):
        return (sys.executable, "piper-server")
    return (sys.executable, "-m", "holo_app.providers.piper.server")


def kokoro_command() -> tuple[str, ...]:
    """The same for Kokoro."""
    if getattr(sys, "frozen", False):
        return (sys.executable, "kokoro-server")
    return (sys.executable, "-m", "holo_app.providers.kokoro.server")


def whisper_command() -> tuple[str, ...]:
    """The same for the process that hears with Whisper."""
    if getattr(sys, "frozen", False):
        return (sys.executable, "whisper-server")
    return (sys.executable, "-m", "holo_app.providers.whisper.server")


def film_encoder_command() -> tuple[str, ...]:
    """The whole command line."""
    if getattr(sys, "frozen", False):
        return (sys.executable, "film-encoder")
    return (sys.executable, "-m", "holo_app.providers.pyav.server")

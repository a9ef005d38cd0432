"""The protocol's audio events. Import them from here: the package warns of a module that it can do without."""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    # it imports `audioop`, deprecated in Python 3.11 and 3.12, and falls back by itself where that is gone
    warnings.simplefilter("ignore", DeprecationWarning)
    from wyoming.audio import AudioChunk, AudioStart, AudioStop

__all__ = ["AudioChunk", "AudioStart", "AudioStop"]

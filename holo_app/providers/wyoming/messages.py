"""The protocol's messages with sound in them. Import them from here: the package warns of a module that it can do without."""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    # it imports `audioop`, deprecated in Python 3.11 and 3.12, and falls back by itself where that is gone
    warnings.simplefilter("ignore", DeprecationWarning)
    from wyoming.audio import AudioChunk, AudioStart, AudioStop
    from wyoming.info import AsrModel, AsrProgram, Attribution, Describe, Info, TtsProgram, TtsVoice

__all__ = [
    "AsrModel",
    "AsrProgram",
    "Attribution",
    "AudioChunk",
    "AudioStart",
    "AudioStop",
    "Describe",
    "Info",
    "TtsProgram",
    "TtsVoice",
]

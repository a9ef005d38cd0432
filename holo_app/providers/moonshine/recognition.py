"""One call into moonshine's own library, without what its Python package makes of it.

The package hands all samples over and back as lists of floats, and makes a ctypes type for each length of sound, which ctypes
keeps for ever: some kilobytes a question, for months. Source: moonshine_voice 0.1.0, `transcriber.py`.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from moonshine_voice.transcriber import Transcriber

_NO_FLAGS = 0


def recognised(transcriber: Transcriber, samples: NDArray[np.float32], rate_hz: int) -> str:
    """What is said in samples of -1..1, (N,). Raises: MoonshineError: the library could not, or is closed."""
    from moonshine_voice.errors import check_error  # noqa: PLC0415 - loaded with the transcriber
    from moonshine_voice.moonshine_api import TranscriptC  # noqa: PLC0415 - as above

    sound = np.ascontiguousarray(samples, np.float32)
    transcript = ctypes.POINTER(TranscriptC)()
    # the package offers no other way: its version is pinned
    library, handle = transcriber._lib, transcriber._handle  # noqa: SLF001
    floats = sound.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
    check_error(
        library.moonshine_transcribe_without_streaming(
            handle, floats, len(sound), rate_hz, _NO_FLAGS, ctypes.byref(transcript)
        )
    )
    if not transcript:
        return ""
    lines = (transcript.contents.lines[k] for k in range(transcript.contents.line_count))
    return " ".join(ctypes.string_at(line.text).decode("utf-8", "ignore") for line in lines if line.text)

"""The echo canceller of libspeexdsp, which is part of the operating system (Debian: libspeexdsp1).

No package of the registry that wraps it is alive, and seven calls need no wrapper.

Source: speexdsp 1.2, `speex_echo.h` and `speex_preprocess.h`.
"""

from __future__ import annotations

import ctypes
import weakref

from holo_app.domain.audio import CAPTURE_RATE_HZ
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.echo import ECHO_FRAME_BYTES, ECHO_FRAME_SAMPLES, checked_echo_frame

_FILES = ("libspeexdsp.so.1", "libspeexdsp.1.dylib", "libspeexdsp-1.dll", "libspeexdsp.dll")

_ECHO_SET_SAMPLING_RATE = 24
_PREPROCESS_SET_DENOISE = 0
_PREPROCESS_SET_NOISE_SUPPRESS = 18
_PREPROCESS_SET_ECHO_SUPPRESS = 20
_PREPROCESS_SET_ECHO_SUPPRESS_ACTIVE = 22
_PREPROCESS_SET_ECHO_STATE = 24


class SpeexEcho:
    """An EchoCanceller: an adaptive filter of `tail_s`, and a suppressor of what the filter leaves.

    tail_s: how long after it was played a sound is still sought; the room's echo included. residual_db, residual_active_db:
    how far the suppressor may go while nobody, or somebody, talks near; 0 turns it off, −40 is much.
    Raises: ProviderError: the library is not installed.
    """

    def __init__(self, *, tail_s: float = 0.25, residual_db: int = -40, residual_active_db: int = -15) -> None:
        self._library = _library()
        self._tail = round(tail_s * CAPTURE_RATE_HZ)
        self._residual = {
            # with its noise reduction switched off the suppressor does nothing at all; 0 dB of it is none
            _PREPROCESS_SET_DENOISE: 1,
            _PREPROCESS_SET_NOISE_SUPPRESS: 0,
            _PREPROCESS_SET_ECHO_SUPPRESS: residual_db,
            _PREPROCESS_SET_ECHO_SUPPRESS_ACTIVE: residual_active_db,
        }
        self.reset()

    def played(self, frame: bytes) -> None:
        self._playing = checked_echo_frame(frame)

    def cleaned(self, frame: bytes) -> bytes:
        heard, clean = checked_echo_frame(frame), ctypes.create_string_buffer(ECHO_FRAME_BYTES)
        self._library.speex_echo_cancellation(self._echo, heard, self._playing, clean)
        self._library.speex_preprocess_run(self._suppressor, clean)
        return clean.raw

    def reset(self) -> None:
        library = self._library
        self._playing = bytes(ECHO_FRAME_BYTES)
        self._echo = library.speex_echo_state_init(ECHO_FRAME_SAMPLES, self._tail)
        self._suppressor = library.speex_preprocess_state_init(ECHO_FRAME_SAMPLES, CAPTURE_RATE_HZ)
        self._free_when_done()
        rate = ctypes.c_int(CAPTURE_RATE_HZ)
        library.speex_echo_ctl(self._echo, _ECHO_SET_SAMPLING_RATE, ctypes.byref(rate))
        for request, value in self._residual.items():
            library.speex_preprocess_ctl(self._suppressor, request, ctypes.byref(ctypes.c_int(value)))
        library.speex_preprocess_ctl(self._suppressor, _PREPROCESS_SET_ECHO_STATE, self._echo)

    def _free_when_done(self) -> None:
        """Free what was made before, and this as soon as nobody has the canceller any more."""
        if (last := getattr(self, "_free", None)) is not None:
            last()
        self._free = weakref.finalize(self, _free, self._library, self._echo, self._suppressor)


def _free(library: ctypes.CDLL, echo: int, suppressor: int) -> None:
    # the suppressor looks into the filter
    library.speex_preprocess_state_destroy(suppressor)
    library.speex_echo_state_destroy(echo)


def _library() -> ctypes.CDLL:
    problems = []
    for name in _FILES:
        try:
            return _declared(ctypes.CDLL(name))
        except (OSError, AttributeError) as error:
            problems.append(str(error))
    raise ProviderError("speex", FailureCategory.UNAVAILABLE, f"{problems[0]}; install libspeexdsp1")


def _declared(library: ctypes.CDLL) -> ctypes.CDLL:
    """With argument types: without them a pointer would be cut to 32 bits."""
    state, samples, anything, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int
    library.speex_echo_state_init.argtypes = [number, number]
    library.speex_echo_state_init.restype = state
    library.speex_echo_state_destroy.argtypes = [state]
    library.speex_echo_state_destroy.restype = None
    library.speex_echo_ctl.argtypes = [state, number, anything]
    library.speex_echo_cancellation.argtypes = [state, samples, samples, samples]
    library.speex_echo_cancellation.restype = None
    library.speex_preprocess_state_init.argtypes = [number, number]
    library.speex_preprocess_state_init.restype = state
    library.speex_preprocess_state_destroy.argtypes = [state]
    library.speex_preprocess_state_destroy.restype = None
    library.speex_preprocess_ctl.argtypes = [state, number, anything]
    library.speex_preprocess_run.argtypes = [state, samples]
    return library

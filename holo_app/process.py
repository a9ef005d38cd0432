"""What holds for the whole process, whichever of our programs it is. It must stand before the first heavy import."""

from __future__ import annotations

import ctypes
import os
import sys
from typing import Final

_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_M_ARENA_MAX: Final = -8
"""glibc's `malloc.h`."""

_LARGE_BYTES: Final = 1_000_000


def prepare_process() -> None:
    """Share a small machine well: small matrices on one thread, and memory that goes back when it is free.

    The sentence encoder's matrices are small: with more threads than one they only spin beside the speech models, and on a
    busy machine a question takes 35 ms instead of 5. glibc keeps a heap for each of our threads and, once a large block was
    freed, keeps the next ones too: with the models' passing megabytes that made 810 MB of 630.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries (musl) have none
        if mallopt is not None:
            mallopt(_M_ARENA_MAX, 2)
            mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
            mallopt(_M_TRIM_THRESHOLD, _LARGE_BYTES)


def give_back_memory() -> None:
    """Give what is free in the middle of the heaps to the system; it takes some milliseconds, in which nobody can allocate.

    Above, only what is free at a heap's end goes back: with it alone a kiosk that talks all day grows by 10 MB an hour.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)

"""A film file as it grows: the side of the pipe that draws."""

from __future__ import annotations

import os
import subprocess
import tempfile
from importlib.util import find_spec
from typing import IO

import numpy as np
from numpy.typing import NDArray

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.pyav.wire import FilmHeader

_NAME = "pyav"
_ENDING_LIMIT_S = 120.0  # an encoder keeps some dozens of pictures back, and of a quilt each takes a second
_GIVING_UP_LIMIT_S = 10.0


def installed() -> bool:
    """Whether PyAV is there; it is not loaded for that."""
    return find_spec("av") is not None


class FilmEncoder:
    """Sends one film to a process of its own. End it with `finish`, or with `abandon`, which leaves no file.

    command: starts `holo_app.providers.pyav.server`. pcm: `header.samples` samples, PCM16.
    Raises: ProviderError: the process cannot be started or used; so does every method but `abandon`.
    """

    def __init__(self, command: tuple[str, ...], header: FilmHeader, pcm: bytes = b"") -> None:
        self._complaints: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        try:
            read, write = os.pipe()
            self._pipe = os.fdopen(write, "wb")
            with os.fdopen(read, "rb") as theirs:
                self._process = subprocess.Popen(command, stdin=theirs, stderr=self._complaints)
        except OSError as error:
            self._pipe.close()
            self._complaints.close()
            raise ProviderError(_NAME, FailureCategory.UNAVAILABLE, str(error)) from error
        self._send(header.line() + pcm)

    def add(self, picture: NDArray[np.uint8]) -> None:
        """The next picture, (height, width, 3) sRGB, top row first."""
        self._send(np.ascontiguousarray(picture).data)

    def finish(self) -> None:
        """Return when the file is whole."""
        self._close_pipe()
        self._end(_ENDING_LIMIT_S)
        try:
            if self._process.returncode != 0:
                raise self._failure()
        finally:
            self._complaints.close()

    def abandon(self) -> None:
        """Give the film up; may be called after anything."""
        self._close_pipe()
        self._end(_GIVING_UP_LIMIT_S)
        self._complaints.close()

    def _send(self, data: bytes | memoryview) -> None:
        try:
            self._pipe.write(data)
        except OSError:
            # it has ended, and said why
            self._end(_GIVING_UP_LIMIT_S)
            raise self._failure() from None

    def _close_pipe(self) -> None:
        try:
            self._pipe.close()
        except OSError:
            # what was still to be written went nowhere: its exit code tells
            return

    def _end(self, limit_s: float) -> None:
        try:
            self._process.wait(limit_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _failure(self) -> ProviderError:
        self._complaints.seek(0)
        said = self._complaints.read().decode(errors="replace").strip()
        last = said.splitlines()[-1] if said else f"the encoding process ended with {self._process.returncode}"
        return ProviderError(_NAME, FailureCategory.BAD_RESPONSE, last)

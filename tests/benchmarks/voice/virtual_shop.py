"""A kiosk on a private PulseAudio server: clips go into its microphone, and both lines are recorded on one clock."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.audio.pulse import PulseServer

_AUDIBLE = 0.01
_WINDOW_S = 0.01


@dataclass
class Line:
    """One recorded line. Sample i was in the air at `began_at + i / rate_hz` (monotonic seconds).

    Sound is judged as it arrives and not kept: the kiosk needs the processor.
    """

    rate_hz: int
    began_at: float = float("inf")
    count: int = 0
    _rest: bytes = b""
    _windows: int = 0
    _loud: list[NDArray[np.intp]] = field(default_factory=list)

    def add(self, data: bytes) -> None:
        """Data that just arrived. The least delayed arrival of all tells when the line began."""
        self.count += len(data) // 2
        self.began_at = min(self.began_at, time.monotonic() - self.count / self.rate_hz)
        data = self._rest + data
        step = round(_WINDOW_S * self.rate_hz)
        whole = len(data) // (2 * step) * (2 * step)
        self._rest = data[whole:]
        # wider than 16 bits, because the quietest number has no counterpart
        peaks = np.abs(np.frombuffer(data[:whole], "<i2").astype(np.int32)).reshape(-1, step).max(axis=1, initial=0)
        self._loud.append(self._windows + np.flatnonzero(peaks > _AUDIBLE * 32768))
        self._windows += len(peaks)

    def loud(self) -> NDArray[np.float64]:
        """Moments (monotonic seconds) of the 10 ms windows that are audible."""
        loud = np.concatenate([np.zeros(0, np.intp), *self._loud])
        return np.asarray(self.began_at + loud * _WINDOW_S, dtype=np.float64)


class Recorder:
    """Records the microphone's and the speaker's line of a PulseAudio server until closed."""

    def __init__(self, server: PulseServer) -> None:
        self._server = server
        self.microphone = Line(16_000)
        self.speaker = Line(48_000)
        self._processes: list[subprocess.Popen[bytes]] = []
        self._threads: list[threading.Thread] = []

    @contextmanager
    def running(self) -> Iterator[Recorder]:
        for device, line in (("vmic_in.monitor", self.microphone), ("vspk.monitor", self.speaker)):
            process = subprocess.Popen(
                ["parec", f"--device={device}", "--raw", "--format=s16le", "--channels=1",
                 f"--rate={line.rate_hz}", "--latency-msec=40"],
                env={"PATH": "/usr/bin:/bin", **self._server.environment}, stdout=subprocess.PIPE,
            )  # fmt: skip
            thread = threading.Thread(target=self._pump, args=(process, line), daemon=True)
            thread.start()
            self._processes.append(process)
            self._threads.append(thread)
        try:
            yield self
        finally:
            for process in self._processes:
                process.terminate()
                process.wait()
            for thread in self._threads:
                thread.join()

    @staticmethod
    def _pump(process: subprocess.Popen[bytes], line: Line) -> None:
        assert process.stdout is not None
        while data := process.stdout.read1(4096):  # type: ignore[attr-defined]  # a buffered pipe has read1
            line.add(data)


def play(server: PulseServer, clip: Path) -> None:
    """Say a clip into the microphone; returns when it is over."""
    subprocess.run(
        ["paplay", "--device=vmic_in", "--latency-msec=20", str(clip)],
        env={"PATH": "/usr/bin:/bin", **server.environment},
        check=True,
        timeout=60,
    )

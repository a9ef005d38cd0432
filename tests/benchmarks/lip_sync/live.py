"""The whole kiosk on a private screen and a private sound server: what is seen against what is heard, taken outside of it."""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.audio.pulse import PulseServer
from tests.benchmarks.lip_sync.screen import observing, virtual_screen
from tests.benchmarks.lip_sync.tracks import Curve, Track, openness
from tests.benchmarks.voice.virtual_shop import Line, Recorder, play
from tests.benchmarks.voice.voice_to_voice import Kiosk, await_quiet

SCREEN = (432, 768)
_ANSWER_LIMIT_S = 20.0
_PAUSE_S = 0.3  # of silence, between two sentences
_SHORTEST_S = 0.9
_AROUND_S = 0.15


@dataclass
class KeptLine(Line):
    """A recorded line whose sound is kept."""

    data: list[bytes] = field(default_factory=list)

    def add(self, data: bytes) -> None:
        super().add(data)
        self.data.append(data)

    def samples(self) -> NDArray[np.int16]:
        sound = b"".join(self.data)
        return np.frombuffer(sound[: len(sound) // 2 * 2], "<i2")


@dataclass(frozen=True)
class Seen:
    """What came of a run. spans: of each sentence, in monotonic seconds. frames: the kiosk's own statistics."""

    mouth: Track
    sound: Track
    spans: Sequence[tuple[float, float]]
    block_ms: float
    frames: str


def watch_kiosk(clips: Sequence[Path], fps: int) -> Seen:
    """Ask the kiosk the questions of the clips, and watch and record its answers."""
    with tempfile.TemporaryDirectory(prefix="holo-") as name, virtual_screen(SCREEN) as screen, _display(screen.name):
        folder = Path(name)
        with _running(folder, fps) as (server, kiosk):
            recorder = Recorder(server)
            recorder.speaker = line = KeptLine(recorder.speaker.rate_hz)
            with recorder.running(), observing(screen, folder) as observer:
                answered = [_ask(server, recorder, clip) for clip in clips]
                block_s = _block_s(server)
                mouth = observer.seen()
        if not any(answered):
            raise RuntimeError("the kiosk answered none of the questions; see its log")
        sound = openness(line.samples(), line.rate_hz, line.began_at + block_s)
        spans = [(start + block_s, end + block_s) for start, end in sentences(line.loud())]
        return Seen(mouth, sound, spans, 1000 * block_s, kiosk.frames.read_text())


@contextmanager
def _running(folder: Path, fps: int) -> Iterator[tuple[PulseServer, Kiosk]]:
    """A sound server and a kiosk that listens on it."""
    (folder / "holo.toml").write_text(f"[display]\nfps_cap = {fps}\n")
    server = PulseServer(folder)
    server.start()
    try:
        kiosk = Kiosk(server, folder, window=True)
        try:
            kiosk.await_ready()
            yield server, kiosk
        finally:
            kiosk.process.terminate()
            kiosk.process.wait(30)
    finally:
        server.stop()


def sentences(loud: Curve) -> list[tuple[float, float]]:
    """Where something is said without a longer pause, from the moments that are loud."""
    if not len(loud):
        return []
    breaks = np.flatnonzero(np.diff(loud) > _PAUSE_S)
    starts, ends = loud[np.r_[0, breaks + 1]], loud[np.r_[breaks, len(loud) - 1]]
    return [
        (float(start) - _AROUND_S, float(end) + _AROUND_S)
        for start, end in zip(starts, ends, strict=True)
        if end - start >= _SHORTEST_S
    ]


def _ask(server: PulseServer, recorder: Recorder, clip: Path) -> bool:
    """Returns whether there was an answer; it is over then."""
    asked = time.monotonic()
    play(server, clip)
    while not (recorder.speaker.loud() > asked).any():
        if time.monotonic() - asked > _ANSWER_LIMIT_S:
            return False
        time.sleep(0.1)
    await_quiet(recorder)
    return True


def _block_s(server: PulseServer) -> float:
    """How far ahead a null sink hands its sound to whoever records it: it makes a whole block when the block is due.

    A recorder gets the block at the moment at which its first sample sounds, so that its last arrival is a block early.
    """
    of_speaker = server.pactl("list", "sinks").split("Name: vspk", 1)[1]
    found = re.search(r"configured (\d+) usec", of_speaker)
    assert found is not None
    return int(found[1]) / 1e6


@contextmanager
def _display(name: str) -> Iterator[None]:
    before = os.environ.get("DISPLAY")
    os.environ["DISPLAY"] = name
    try:
        yield
    finally:
        if before is None:
            del os.environ["DISPLAY"]
        else:
            os.environ["DISPLAY"] = before

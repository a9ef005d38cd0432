"""Both devices of a kiosk, as an EchoStage meets them: blocks and frames with stamps, in the order of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from holo_app.audio.echo import EchoStage
from holo_app.domain.audio import CAPTURE_RATE_HZ, AudioChunk
from holo_app.ports.microphone import MicFrame
from tests.fakes.rooms import Floats
from tests.fakes.sounds import pcm

_BLOCK = CAPTURE_RATE_HZ // 100
_FRAME = CAPTURE_RATE_HZ // 50


@dataclass(frozen=True)
class Devices:
    """How the devices stamp what they do.

    began_at: monotonic seconds of the first sample of both. rendered_ahead_s: so long before a block sounds it is rendered.
    drift_ppm: by how much the microphone's clock is slower than the speaker's and the computer's. jitter_s: deviation of
    each stamp.
    """

    began_at: float = 1000.0
    rendered_ahead_s: float = 0.03
    drift_ppm: float = 0.0
    jitter_s: float = 0.001

    def run(self, stage: EchoStage, played: Floats, heard: Floats) -> Floats:
        """What the stage makes of `heard`, (N,) both; no device waits, so this takes no time but the work's."""
        rng = np.random.default_rng(11)
        far, near = np.frombuffer(pcm(played), "<i2"), pcm(heard)
        given, clean = 0, []
        for start in range(0, len(heard) - _FRAME + 1, _FRAME):
            captured_s = (start + _FRAME) / CAPTURE_RATE_HZ * (1 + self.drift_ppm * 1e-6)
            while given < len(far) and given / CAPTURE_RATE_HZ <= captured_s + self.rendered_ahead_s:
                heard_at = self.began_at + given / CAPTURE_RATE_HZ + rng.normal(0, self.jitter_s)
                stage.played(far[given : given + _BLOCK], CAPTURE_RATE_HZ, heard_at)
                given += _BLOCK
            captured_at = self.began_at + captured_s + rng.normal(0, self.jitter_s)
            frame = stage.cleaned(MicFrame(AudioChunk(near[2 * start : 2 * (start + _FRAME)]), captured_at))
            clean.append(frame.audio.pcm if frame else b"")
        return np.frombuffer(b"".join(clean), "<i2") / 32768

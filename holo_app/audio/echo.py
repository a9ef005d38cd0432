"""The kiosk's own voice is taken out between the microphone and the ear.

    speaker's blocks, with the time at which each sounds ─┐ PlayedTrack ─┬─ early ─────────── EchoDelay: how late it is heard
                                                          │              └─ just before it is heard ─┐
    microphone's frames, with the time of capture ────────┴───────────────────────────────── EchoCanceller ── clean frames

Stamps say what sounded when, up to an error that stays the same while a device is open; the delay estimator finds that error.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np
import structlog

from holo_app.audio.echo_delay import EchoDelay
from holo_app.audio.played_track import PlayedTrack, StampedTime
from holo_app.audio.resample import Samples
from holo_app.audio.track_reader import TrackReader
from holo_app.domain.audio import BYTES_PER_SAMPLE, CAPTURE_RATE_HZ, AudioChunk
from holo_app.ports.echo import ECHO_FRAME_BYTES, ECHO_FRAME_SAMPLES, EchoCanceller
from holo_app.ports.microphone import MicFrame

log = structlog.get_logger(__name__)

_FRAME_S = ECHO_FRAME_SAMPLES / CAPTURE_RATE_HZ

_AHEAD_S = 0.015
"""The canceller is told of a sound so long before it is heard: estimates and stamps are off by less."""

_EARLY_S = 0.1
"""So much earlier than its stamp says may a sound be heard."""

_SETTLED_S = 0.1
"""The delay is sought in what sounded so long ago: all of that has been handed over, whatever the stamps say."""

_WORTH_A_JUMP_S = 0.01
"""An estimate that differs by less changes nothing: the canceller would have to learn anew."""

_ECHOES_FOR_S = 0.4
"""So long after a sound an echo of it may be heard: its delay, and the room."""

_SETTLES_WITHIN_S, _SOUNDING = 2.0, 1e-5 * 32768**2
"""So much sound, of at least that power, a canceller needs after its streams were shifted against each other."""

_BLOCKS_WAITING = 512
_FRAMES_BEFORE = round((_EARLY_S + _SETTLED_S) / _FRAME_S)


class EchoStage:
    """Owns a canceller, and gives it both streams so that each echo comes shortly after its sound.

    `played` may be called in an audio thread; all else belongs to one other thread. Time comes with the sound.
    """

    def __init__(self, canceller: EchoCanceller) -> None:
        self._canceller = canceller
        self._waiting: deque[tuple[Samples, int, float]] = deque(maxlen=_BLOCKS_WAITING)
        self._begin()

    @property
    def lateness_s(self) -> float | None:
        """How much later than stamped the speaker is heard, may be negative; None: not known yet."""
        delay_s = self._delay.delay_s
        return None if delay_s is None else delay_s - _EARLY_S

    @property
    def settled(self) -> bool:
        """Whether the delay is known, and the canceller has heard enough since."""
        return self.lateness_s is not None and self._learnt_s >= _SETTLES_WITHIN_S

    def played(self, samples: Samples, rate_hz: int, heard_at: float) -> None:
        """What the speaker plays, silence included: (N,) mono, the first sample sounding at `heard_at`, monotonic seconds.

        Does not block; copies the samples.
        """
        self._waiting.append((samples.copy(), rate_hz, heard_at))

    def cleaned(self, frame: MicFrame) -> MicFrame | None:
        """The frame without the echo. What is left over of a length that is not whole 10 ms comes with the next one.

        Returns: None: there are not yet 10 ms. Raises: ValueError: the frame is not of CAPTURE_RATE_HZ.
        """
        if frame.audio.rate_hz != CAPTURE_RATE_HZ:
            raise ValueError(f"the microphone delivers {CAPTURE_RATE_HZ} Hz, not {frame.audio.rate_hz}")
        self._take_played()
        self._rest += frame.audio.pcm
        read = self._cleaned_samples + len(self._rest) // BYTES_PER_SAMPLE
        if self._heard_time.note(read, frame.captured_at):
            log.info("echo_capture_torn")
        clean = b"".join(self._next_frames())
        left_s = len(self._rest) / BYTES_PER_SAMPLE / CAPTURE_RATE_HZ
        if not clean:
            return None
        return MicFrame(AudioChunk(clean), frame.captured_at - left_s, self._own_dbfs(), self.settled)

    def reset(self) -> None:
        """A device changed: the room, the stamps and the delay are others."""
        self._canceller.reset()
        self._begin()

    def _begin(self) -> None:
        self._waiting.clear()
        self._track = PlayedTrack()
        self._delay = EchoDelay()
        self._just_before, self._early = TrackReader(self._track), TrackReader(self._track, exact=False)
        self._heard_time = StampedTime(CAPTURE_RATE_HZ)
        self._heard_before: deque[bytes] = deque([bytes(ECHO_FRAME_BYTES)] * _FRAMES_BEFORE)
        self._cleaned_samples = 0
        self._rest = b""
        self._shift_s = self._learnt_s = 0.0
        self._own: deque[float] = deque(maxlen=round(_ECHOES_FOR_S / _FRAME_S))

    def _take_played(self) -> None:
        while self._waiting:
            self._track.add(*self._waiting.popleft())

    def _next_frames(self) -> list[bytes]:
        clean = []
        while len(self._rest) >= ECHO_FRAME_BYTES:
            heard, self._rest = self._rest[:ECHO_FRAME_BYTES], self._rest[ECHO_FRAME_BYTES:]
            clean.append(self._clean(heard, self._heard_time.at(self._cleaned_samples)))
            self._cleaned_samples += ECHO_FRAME_SAMPLES
        return clean

    def _clean(self, heard: bytes, at: float) -> bytes:
        if not self._track.time.known:
            self._canceller.played(bytes(ECHO_FRAME_BYTES))
            return self._canceller.cleaned(heard)
        self._listen_for_delay(heard, at)
        own = self._just_before.read(at - self._shift_s + _AHEAD_S, ECHO_FRAME_SAMPLES)
        self._own.append(float(np.mean(np.square(own, dtype=np.float32))))
        if self.lateness_s is not None and self._own[-1] > _SOUNDING:
            self._learnt_s += _FRAME_S
        self._canceller.played(_pcm(own))
        return self._canceller.cleaned(heard)

    def _listen_for_delay(self, heard: bytes, at: float) -> None:
        """Compare what is stamped with what was heard before: so an echo that comes before its stamp is found too."""
        self._heard_before.append(heard)
        self._delay.push(_pcm(self._early.read(at - _SETTLED_S, ECHO_FRAME_SAMPLES)), self._heard_before.popleft())
        lateness_s = self.lateness_s
        if lateness_s is not None and abs(lateness_s - self._shift_s) > _WORTH_A_JUMP_S:
            log.info("echo_delay_changed", from_ms=round(1000 * self._shift_s), to_ms=round(1000 * lateness_s))
            self._shift_s = lateness_s
            self._learnt_s = 0.0
            self._just_before.jump()

    def _own_dbfs(self) -> float:
        """As `MicFrame.own_dbfs`."""
        loudest = max(self._own, default=0.0) / 32768**2
        return 10 * math.log10(loudest) if loudest else -100.0


def _pcm(samples: Samples) -> bytes:
    return samples.astype("<i2", copy=False).tobytes()

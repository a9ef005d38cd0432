"""From microphone frames to scored frames and utterances: pre-roll, framing for the detector, the sound of one turn."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterator

from holo_app.dialogue.echo_residue import EchoResidue
from holo_app.dialogue.events import VoiceFrame
from holo_app.dialogue.room_level import RoomLevel
from holo_app.domain.audio import BYTES_PER_SAMPLE, CAPTURE_RATE_HZ, AudioChunk
from holo_app.ports.microphone import MicFrame
from holo_app.ports.vad import VoiceActivityDetector

_FULL_SCALE = 32768
_WINDOW_SAMPLES = CAPTURE_RATE_HZ // 100
_AUDIBLE = 0.01
_AUDIBLE_SHARE_OF_PEAK = 0.1
_NEAR_DB = 6.0
"""What is less than this above the room's own noise is no voice, whatever it sounds like: it is somebody far away."""

_TRUST_BEFORE_S = 0.6
_TRUST_AFTER_S = 0.12


class Ear:
    """Keeps the last `preroll_s` of sound, scores it frame by frame, and collects the running utterance."""

    def __init__(self, vad: VoiceActivityDetector, *, preroll_s: float = 0.5, longest_s: float = 30.0) -> None:
        self._vad = vad
        self._frame_bytes = vad.frame_samples * BYTES_PER_SAMPLE
        self._preroll_bytes = int(preroll_s * CAPTURE_RATE_HZ) * BYTES_PER_SAMPLE
        self._longest_bytes = int(longest_s * CAPTURE_RATE_HZ) * BYTES_PER_SAMPLE
        self._frame_s = vad.frame_samples / CAPTURE_RATE_HZ
        self._room = RoomLevel(self._frame_s)
        self._residue = EchoResidue(self._frame_s)
        self._unscored = bytearray()
        self._recent: deque[bytes] = deque()
        self._recent_bytes = 0
        self._utterance: bytearray | None = None
        self._heard_until = 0.0

    def push(self, frame: MicFrame) -> Iterator[VoiceFrame]:
        """Take captured sound; yields a scored frame for each full detector frame."""
        pcm = frame.audio.pcm
        self._heard_until = frame.captured_at
        self._remember(pcm)
        self._unscored += pcm
        while len(self._unscored) >= self._frame_bytes:
            scored = bytes(self._unscored[: self._frame_bytes])
            del self._unscored[: self._frame_bytes]
            behind_s = len(self._unscored) / BYTES_PER_SAMPLE / CAPTURE_RATE_HZ
            yield self._scored(scored, frame.captured_at - behind_s, frame)

    def open(self) -> None:
        """Begin an utterance with the whole pre-roll: a lost first syllable costs more than a little silence."""
        self._utterance = bytearray(b"".join(self._recent))

    def close(self) -> None:
        """Forget the utterance."""
        self._utterance = None

    def forget(self) -> None:
        """Forget the sound before now, because the device was away; a running utterance keeps what it has."""
        self._unscored.clear()
        self._recent.clear()
        self._recent_bytes = 0
        self._room.forget()
        self._residue.forget()
        self._vad.reset()

    def utterance(self) -> AudioChunk:
        """The sound of the utterance up to now; empty when there is none."""
        return AudioChunk(bytes(self._utterance or b""))

    def speech_ended_at(self, vad_says: float) -> float:
        """When the last audible speech sample of the utterance was in the air.

        The detector answers a few frames late or early, so the loudness of 10 ms windows decides; where noise hides the
        end (it lies implausibly far from what the detector said), `vad_says` stands.
        """
        samples = array("h", bytes(self._utterance or b""))
        quiet_samples = _trailing_quiet(samples)
        ended_at = self._heard_until - quiet_samples / CAPTURE_RATE_HZ
        plausible = vad_says - _TRUST_BEFORE_S <= ended_at <= vad_says + _TRUST_AFTER_S
        return ended_at if plausible else vad_says

    def _scored(self, pcm: bytes, at: float, frame: MicFrame) -> VoiceFrame:
        self._room.push(pcm)
        level, room = self._room.level_dbfs, self._room.room_dbfs
        probability = self._vad.probability(pcm)
        least = max(room + _NEAR_DB, self._residue.least_dbfs(level, frame.own_dbfs, settled=frame.settled))
        return VoiceFrame(
            at=at,
            probability=probability if level >= least else 0.0,
            seconds=self._frame_s,
            level_dbfs=level,
            room_dbfs=room,
        )

    def _remember(self, pcm: bytes) -> None:
        self._recent.append(pcm)
        self._recent_bytes += len(pcm)
        while self._recent_bytes - len(self._recent[0]) >= self._preroll_bytes:
            self._recent_bytes -= len(self._recent.popleft())
        if self._utterance is not None and len(self._utterance) < self._longest_bytes:
            self._utterance += pcm


def _trailing_quiet(samples: array[int]) -> int:
    """How many samples at the end lie under the audible threshold; a signal without speech counts as all quiet."""
    peak = max(max(samples, default=0), -min(samples, default=0))
    threshold = min(_AUDIBLE * _FULL_SCALE, _AUDIBLE_SHARE_OF_PEAK * peak)
    for end in range(len(samples), 0, -_WINDOW_SAMPLES):
        window = samples[max(0, end - _WINDOW_SAMPLES) : end]
        if max(*window, -min(window)) > threshold:
            return len(samples) - end
    return len(samples)

"""How loud the room is by itself, and how far a sound stands above it."""

from __future__ import annotations

import math
from array import array
from collections import deque
from operator import mul

from holo_app.dialogue.levels import RecentLevels

_FULL_SCALE = 32768
_QUIETEST_DBFS = -65.0
"""A microphone that delivers less is as good as silent; without this, digital silence would make a whisper a shout."""

_REMEMBERED_S = 5.0
_KNOWN_AFTER_S = 4.0
"""Until then the room counts as quiet: somebody may be speaking already."""

_QUIET_SHARE = 0.2
"""The room is what sounds in the quietest fifth of the time: speakers pause, and a room does not."""

_SMOOTHED_FRAMES = 4
"""A syllable: the voices of many rise above the room for one, somebody near does so for most of them."""


class RoomLevel:
    """Levels in dBFS (RMS), frame by frame.

    level_dbfs: of the last frames together. room_dbfs: of the room without whoever speaks; what begins suddenly and lasts
    counts after four seconds.
    """

    def __init__(self, frame_s: float) -> None:
        self._recent: deque[float] = deque(maxlen=_SMOOTHED_FRAMES)
        self._levels = RecentLevels(round(_REMEMBERED_S / frame_s))
        self._enough = round(_KNOWN_AFTER_S / frame_s)
        self.level_dbfs = self.room_dbfs = _QUIETEST_DBFS

    def push(self, pcm: bytes) -> None:
        """The next frame of PCM16."""
        power = power_of(pcm)
        self._recent.append(power)
        self.level_dbfs = dbfs(sum(self._recent) / len(self._recent))
        self._levels.push(dbfs(power))
        if len(self._levels) >= self._enough:
            self.room_dbfs = max(self._levels.quantile(_QUIET_SHARE), _QUIETEST_DBFS)

    def forget(self) -> None:
        """Another microphone, or another gain."""
        self._recent.clear()
        self._levels.clear()
        self.level_dbfs = self.room_dbfs = _QUIETEST_DBFS


def power_of(pcm: bytes) -> float:
    """Mean power of PCM16, 1 is full scale; 0 for nothing."""
    samples = array("h", pcm)
    if not samples:
        return 0.0
    total: int = sum(map(mul, samples, samples))
    return total / len(samples) / _FULL_SCALE**2


def dbfs(power: float) -> float:
    """A power as a level; −100 at the least."""
    return max(-100.0, 10 * math.log10(power)) if power else -100.0

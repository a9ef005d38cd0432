"""How often the screen is drawn, and what was measured of it. Pure: times are passed in."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from holo_app.domain.kiosk import KioskState

_SHARES: Final = MappingProxyType(
    {
        KioskState.ATTRACT: 0.5,
        KioskState.IDLE: 0.5,
        KioskState.LISTENING: 0.45,
        # transcription, retrieval and the first synthesis happen now: the answer's delay is what the customer feels
        KioskState.THINKING: 0.3,
        KioskState.SPEAKING: 0.7,
    }
)
_LOADING_SHARE = 0.15
"""Until the kiosk listens, every frame puts that off."""
_SLOWEST_FPS = 8.0
_SMOOTHING = 0.2
_MIN_PAUSE_S = 0.002
_KEPT_FRAMES = 36_000


class FramePacer:
    """Decides when the next frame starts, so that drawing takes only its share of the time and the voice the rest.

    A frame that comes late is not made up for: frames are skipped, never queued.
    """

    def __init__(self, target_fps: float) -> None:
        self._shortest_s = 1.0 / target_fps
        self._cost_s = 0.0

    def pause_s(self, cost_s: float, state: KioskState, *, loading: bool = False) -> float:
        """Seconds from the end of a frame that took `cost_s` to the start of the next one.

        loading: whether the voice loop is still being loaded.
        """
        share = _LOADING_SHARE if loading else _SHARES[state]
        self._cost_s += _SMOOTHING * (cost_s - self._cost_s) if self._cost_s else cost_s
        period = min(max(self._shortest_s, self._cost_s / share), 1.0 / _SLOWEST_FPS)
        return max(period - cost_s, _MIN_PAUSE_S)


@dataclass(slots=True)
class FrameStatistics:
    """What the screen cost. `frames_ms`: duration of each frame, the newest 36,000. `stalls_ms`: longest ones.

    A stall is any stretch in which the GUI thread could not have answered a touch: half a frame, or the lateness of one.
    """

    frames: int = 0
    longest_stall_ms: float = 0.0
    _frames_ms: deque[float] = field(default_factory=lambda: deque(maxlen=_KEPT_FRAMES))
    _hologram_ms: deque[float] = field(default_factory=lambda: deque(maxlen=_KEPT_FRAMES))
    _periods_ms: deque[float] = field(default_factory=lambda: deque(maxlen=_KEPT_FRAMES))

    def frame(
        self, *, took_ms: float, longest_part_ms: float, hologram_ms: float, late_ms: float, period_ms: float | None
    ) -> None:
        """Record one frame.

        longest_part_ms: of took_ms, the longest without a look at touches. hologram_ms: the part of took_ms spent under the
        overlay. late_ms: after it was due.
        """
        self.frames += 1
        self._frames_ms.append(took_ms)
        self._hologram_ms.append(hologram_ms)
        if period_ms is not None:
            self._periods_ms.append(period_ms)
        self.longest_stall_ms = max(self.longest_stall_ms, longest_part_ms, late_ms)

    def reset(self) -> None:
        """Forget what was measured while the kiosk was still loading."""
        self.frames, self.longest_stall_ms = 0, 0.0
        for kept in (self._frames_ms, self._hologram_ms, self._periods_ms):
            kept.clear()

    def as_dict(self) -> dict[str, float | int]:
        """The summary for a report: milliseconds and frames a second."""
        period_ms = percentile(self._periods_ms, 0.5)
        return {
            "frames": self.frames,
            "frame_ms_p50": percentile(self._frames_ms, 0.5),
            "frame_ms_p95": percentile(self._frames_ms, 0.95),
            "hologram_ms_p50": percentile(self._hologram_ms, 0.5),
            "fps_p50": round(1000 / period_ms, 1) if period_ms else 0.0,
            "longest_stall_ms": round(self.longest_stall_ms, 2),
        }


def percentile(values: deque[float], share: float) -> float:
    """The value below which `share` of the values lie; 0 without values."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)], 2)

"""What a film is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from holo_app.domain.avatar import FacePose


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture of a film.

    around: degrees by which the figure has turned, counter-clockwise as seen from above; None: it stands on no turntable.
    lines_s: the time of the hologram's scan lines, in seconds.
    """

    pose: FacePose
    around: float | None = None
    lines_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Film:
    """`frames` pictures at `fps` a second. Picture k stands from k / fps to (k + 1) / fps.

    shots: begins the film anew, picture by picture. sound_at_s: where its sound begins; None: it has none.
    """

    fps: int
    frames: int
    shots: Callable[[], Iterator[Shot]]
    sound_at_s: float | None = None

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.frames / self.fps

    def instant_s(self, frame: int) -> float:
        """The instant that a picture shows: the middle of its time, so that it is neither early nor late on the whole."""
        return (frame + 0.5) / self.fps

    def sample_of(self, frame: int, rate_hz: int) -> int:
        """The first sample of the sound that belongs to a picture, to the nearest one."""
        return round(frame * rate_hz / self.fps)

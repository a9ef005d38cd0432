"""What a viewer sees and hears of a cloud avatar, from the pixels that were shown and the samples that were played."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.avatar.scenario import Marks
from tests.benchmarks.lip_sync.tracks import Pair, Track, openness, pooled

LEAST_FPS, LONGEST_STILL_MS, LONGEST_LOCAL_MS = 25.0, 200.0, 300.0
_STILL_LOOK_S = 0.8
_NOISE = 0.12
"""Of the widest mouth: what the video's compression does to a mouth that keeps still."""
_LATEST_START_S = 0.25
_RED, _GREEN, _BLUE = 0, 1, 2
_BRIGHT, _DARK, _LEAST_COLUMNS = 150, 90, 4


@dataclass(frozen=True)
class Seen:
    """Looks at what was shown. at_s: monotonic. mouth: pixels of it. picture: another number with
    each of its pictures, −1 for the local figure."""

    at_s: NDArray[np.float64]
    mouth: NDArray[np.float64]
    picture: NDArray[np.int64]

    @property
    def period_s(self) -> float:
        """From look to look, but for the worst twentieth."""
        return float(np.percentile(np.diff(self.at_s), 95))


@dataclass(frozen=True)
class Figures:
    """What was measured. sound_early_ms: see `lip_sync.tracks`."""

    fps: float
    sound_early_ms: float
    likeness: float
    still_ms: float
    local_ms: float
    voice_told_ms: float
    gaps: int

    def lines(self) -> list[str]:
        """For a person to read."""
        return [
            f"pictures a second at the hologram   {self.fps:6.1f}   (at least {LEAST_FPS:.0f})",
            f"sound early by                      {self.sound_early_ms:6.1f} ms (-45 to +15), likeness {self.likeness:.2f}",
            f"interrupted, then still after       {self.still_ms:6.0f} ms (at most {LONGEST_STILL_MS:.0f})",
            f"put out, then local figure after    {self.local_ms:6.0f} ms (at most {LONGEST_LOCAL_MS:.0f})",
            f"put out, then voice told after      {self.voice_told_ms:6.0f} ms",
            f"gaps in the sound                   {self.gaps:6d}",
        ]


def mouth_pixels(picture: NDArray[np.uint8], *, blue_first: bool = False) -> float:
    """How much of a picture is an emulated avatar's open mouth: (H, W, 3 or more)."""
    red, blue = (_BLUE, _RED) if blue_first else (_RED, _BLUE)
    around = np.minimum(picture[..., red], picture[..., blue]).astype(np.float64) - picture[..., _GREEN]
    return float(np.clip(around / 160.0, 0.0, 1.0).sum())


def light_place(picture: NDArray[np.uint8], *, blue_first: bool = False) -> int:
    """Where across a picture the emulated avatar's light is, another place with each of its pictures; −1: there is none."""
    red, blue = (_BLUE, _RED) if blue_first else (_RED, _BLUE)
    lit = (np.minimum(picture[..., red], picture[..., _GREEN]) > _BRIGHT) & (picture[..., blue] < _DARK)
    columns = np.flatnonzero(np.count_nonzero(lit, axis=0))
    return int(np.median(columns)) if len(columns) >= _LEAST_COLUMNS else -1


def figures(seen: Seen, marks: Marks) -> Figures:
    """All of it. Raises: ValueError: mouth and sound have nothing in common."""
    shown = Track(seen.at_s, seen.mouth, stepped=True)
    heard = openness(marks.samples, marks.rate_hz, marks.began_s)
    pairs: list[Pair] = [(shown, heard, span) for span in marks.spans]
    found = pooled(pairs)
    return Figures(
        _pictures_a_second(seen, marks.spans),
        found.sound_early_ms,
        found.likeness,
        1000 * (still_s(seen, marks.interrupted_s)),
        1000 * (local_s(seen, marks.kicked_s)),
        1000 * (marks.failure_s - marks.kicked_s),
        gaps(marks),
    )


def _pictures_a_second(seen: Seen, spans: Sequence[tuple[float, float]]) -> float:
    """While something is said."""
    changes, seconds = 0, 0.0
    for start, end in spans:
        inside = (seen.at_s >= start + _LATEST_START_S) & (seen.at_s <= end)
        changes += int(np.count_nonzero(np.diff(seen.picture[inside])))
        seconds += end - start - _LATEST_START_S
    return changes / seconds


def still_s(seen: Seen, at_s: float) -> float:
    """From an interruption to the last movement of the mouth."""
    after = (seen.at_s >= at_s) & (seen.at_s < at_s + _STILL_LOOK_S)
    mouth = seen.mouth[after]
    moved = np.flatnonzero(np.abs(np.diff(mouth)) > _NOISE * seen.mouth.max())
    return float(seen.at_s[after][moved[-1] + 1] - at_s) if len(moved) else 0.0


def local_s(seen: Seen, at_s: float) -> float:
    """From the kick to the local figure; infinite where it never came."""
    came = np.flatnonzero((seen.at_s >= at_s) & (seen.picture < 0))
    return float(seen.at_s[came[0]] - at_s) if len(came) else float("inf")


def gaps(marks: Marks) -> int:
    """How often the sound broke off in the middle of a sentence: exact silence between samples that are none."""
    broken = 0
    for start, end in marks.spans:
        first = max(round((start - marks.began_s) * marks.rate_hz), 0)
        samples = marks.samples[first : round((end - marks.began_s) * marks.rate_hz)]
        steps = np.abs(np.diff(samples.astype(np.int32)))
        broken += int(np.count_nonzero((steps > 2500) & (samples[:-1] == 0))) + int(
            np.count_nonzero((steps > 2500) & (samples[1:] == 0))
        )
    return broken

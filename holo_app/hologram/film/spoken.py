"""A spoken line: the face that the kiosk would show, on the film's own time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from holo_app.domain.acting import FaceCue
from holo_app.domain.avatar import Mood
from holo_app.domain.speech import VisemeCue
from holo_app.hologram.animation import FaceAnimator
from holo_app.hologram.film.shots import Film, Shot

LEAD_IN_S: Final = 0.6
"""The face is seen before it speaks."""
LEAD_OUT_S: Final = 0.9
"""And after it: a film that ends on the last sound looks cut off."""

_LIPS_LEAD_S: Final = 0.006
"""Viewers forgive 45 ms of late sound but only 15 of early sound (ATSC IS-191): aim between the two."""


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """What mouth and face do while a line sounds. cues, faces: in seconds from its first sample. seconds: of its sound."""

    cues: tuple[VisemeCue, ...]
    seconds: float
    faces: tuple[FaceCue, ...] = ()


def spoken_film(line: SpokenLine, fps: int, seed: int) -> Film:
    """The face while it says a line. seed: of its whims (blinks, glances); the same one gives the same film."""

    def shots() -> Iterator[Shot]:
        face = FaceAnimator(seed)
        face.schedule(line.cues)
        for cue in line.faces:
            face.act(cue)
        for k in range(frames):
            at_s = film.instant_s(k)
            said_s = at_s - LEAD_IN_S
            mood = Mood.SPEAKING if 0.0 <= said_s < line.seconds else Mood.IDLE
            yield Shot(face.pose(at_s, said_s + _LIPS_LEAD_S, mood), lines_s=at_s)

    frames = math.ceil((LEAD_IN_S + line.seconds + LEAD_OUT_S) * fps)
    film = Film(fps, frames, shots, sound_at_s=LEAD_IN_S)
    return film

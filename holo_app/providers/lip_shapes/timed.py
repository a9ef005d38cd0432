"""A piece of speech with its time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from holo_app.domain.speech import Viseme, VisemeCue

SHORTEST_S = 1e-4
"""A mouth shape that is shorter than this is a rounding error."""


@dataclass(frozen=True, slots=True)
class Timed:
    """A phoneme, a character or a word, in seconds from the start of the whole synthesis."""

    text: str
    start_s: float
    end_s: float


def in_order(pieces: Iterable[Timed], after_s: float = 0.0) -> Iterator[Timed]:
    """The pieces without overlap, none before `after_s`; those whose times are no numbers are left out.

    A vendor's times are rounded and now and then wrong, and what they lead to must not be.
    """
    for piece in pieces:
        if not (math.isfinite(piece.start_s) and math.isfinite(piece.end_s)):
            continue
        start_s = max(piece.start_s, after_s)
        after_s = max(piece.end_s, start_s)
        yield Timed(piece.text, start_s, after_s)


def gapless(cues: Iterable[VisemeCue], start_s: float, end_s: float) -> tuple[VisemeCue, ...]:
    """The cues from exactly `start_s` to exactly `end_s`; where there is none the mouth is closed.

    cues: in order, without overlap. Neighbours of one shape become one cue, and cues without duration are dropped.
    """
    filled: list[VisemeCue] = []
    at_s = start_s
    for cue in cues:
        begin, end = max(cue.start_s, at_s), min(cue.end_s, end_s)
        if end - begin < SHORTEST_S:
            continue
        if begin - at_s >= SHORTEST_S:
            filled.append(VisemeCue(Viseme.SIL, at_s, begin))
        filled.append(VisemeCue(cue.viseme, filled[-1].end_s if filled else start_s, end))
        at_s = end
    if end_s - at_s >= SHORTEST_S or not filled:
        filled.append(VisemeCue(Viseme.SIL, at_s, end_s))
    filled[-1] = VisemeCue(filled[-1].viseme, filled[-1].start_s, end_s)
    return tuple(_joined(filled))


def _joined(cues: Sequence[VisemeCue]) -> Iterator[VisemeCue]:
    last: VisemeCue | None = None
    for cue in cues:
        if last is not None and cue.viseme is last.viseme:
            last = VisemeCue(last.viseme, last.start_s, cue.end_s)
            continue
        if last is not None:
            yield last
        last = cue
    if last is not None and last.end_s > last.start_s:
        yield last

"""What a recogniser itself says about the end of a turn, weighed against the model that only hears how it sounds."""

from __future__ import annotations

from dataclasses import dataclass

_UNSURE = 0.3


def weighed(told: float | None, sounds: float | None) -> float:
    """The end-of-turn score where the recogniser tells when turns are over. told: by it. sounds: the model's; None: unknown.

    It knows the words and the sound, so that it is believed: while it says nothing it is not sure, and neither is anybody else.
    Once it tells, the turn ends as soon as it would by the model alone, or sooner.
    """
    if told is None:
        return _UNSURE if sounds is None else min(_UNSURE, sounds)
    return told if sounds is None else max(told, sounds)


@dataclass(slots=True)
class Answered:
    """The words that the turn engine was given for a silence. They may still change in it."""

    snapshot: int
    text: str
    hums: bool

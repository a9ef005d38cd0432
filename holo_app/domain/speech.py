"""What is said and how the mouth says it: visemes, word times, transcripts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Viseme(StrEnum):
    """The 15 Oculus mouth shapes."""

    SIL = "sil"
    PP = "PP"
    FF = "FF"
    TH = "TH"
    DD = "DD"
    KK = "kk"
    CH = "CH"
    SS = "SS"
    NN = "nn"
    RR = "RR"
    AA = "aa"
    E = "E"
    I = "I"  # noqa: E741 - the standard's own name
    O = "O"  # noqa: E741 - the standard's own name
    U = "U"


@dataclass(frozen=True, slots=True)
class VisemeCue:
    """One mouth shape, in seconds from the start of the audio it belongs to."""

    viseme: Viseme
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class WordCue:
    """When one spoken word sounds, in seconds from the start of the audio it belongs to.

    text is the word as it is written in the text that was synthesised, with its punctuation.
    """

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """What speech recognition understood. confidence is 0..1, or None where the engine gives none.

    turn_over: the engine's own probability that the turn is over, 0..1, where it tells; None again once it takes that back.
    """

    text: str
    language: str
    final: bool
    confidence: float | None = None
    turn_over: float | None = None

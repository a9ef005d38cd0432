"""What was said and what was heard, with times: all that the measures know. Times are monotonic seconds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

TICK_S = 0.01
"""How long one `Tick` of the speaker sounds."""


class Scenario(StrEnum):
    """What is tried in one exchange. The pauses are named by their length."""

    INTERRUPTION = "interruption"
    EARLY_INTERRUPTION = "early interruption"
    BACKCHANNEL = "backchannel"
    PAUSE_700_MS = "pause 700 ms"
    PAUSE_1000_MS = "pause 1000 ms"


class Role(StrEnum):
    """What a clip is for in its exchange."""

    QUESTION = "question"
    BARGE_IN = "barge-in"
    BACKCHANNEL = "backchannel"
    FIRST_HALF = "first half"
    SECOND_HALF = "second half"


@dataclass(frozen=True, slots=True)
class Said:
    """One clip that the customer spoke. onset_at, ended_at: its first and its last audible sample."""

    role: Role
    text: str
    onset_at: float
    ended_at: float


@dataclass(frozen=True, slots=True)
class Tick:
    """TICK_S of audible speech. word: the word that sounded; gain_db: its loudness against the voice's own."""

    at: float
    word: str
    gain_db: float


@dataclass(frozen=True, slots=True)
class Exchange:
    """One scenario, once. said: in order; ticks: what was audible since it began, in order."""

    scenario: Scenario
    said: tuple[Said, ...]
    ticks: tuple[Tick, ...]

    def by(self, role: Role) -> Said | None:
        """The clip with that role."""
        return next((said for said in self.said if said.role is role), None)


def to_json(exchange: Exchange) -> dict[str, Any]:
    """As plain values, for another process."""
    ticks = [(round(tick.at, 4), tick.word, round(tick.gain_db, 1)) for tick in exchange.ticks]
    return {"scenario": exchange.scenario, "said": [asdict(said) for said in exchange.said], "ticks": ticks}


def from_json(plain: dict[str, Any]) -> Exchange:
    """The inverse of `to_json`."""
    return Exchange(
        Scenario(plain["scenario"]),
        tuple(Said(**{**said, "role": Role(said["role"])}) for said in plain["said"]),
        tuple(Tick(*tick) for tick in plain["ticks"]),
    )

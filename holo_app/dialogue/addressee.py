"""Is the kiosk spoken to at all? A shop is full of voices that do not mean it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of an utterance.

    above_room_db: how far its loudest stretch stands above the room's own noise. invited: somebody has just touched the
    screen to speak. present, facing: what a camera sees of people; None where there is none.
    """

    above_room_db: float
    invited: bool = False
    present: bool | None = None
    facing: bool | None = None


@dataclass(frozen=True, slots=True)
class AddresseePolicy:
    """above_room_db: a voice that stands out less is part of the room; invited_above_db: the same after a touch.

    Measured with the voices of six and of eight people over each other: within 10 dB of the room's quieter moments, while
    a customer 10 dB louder than they stood out by 14 dB at least. What stands out less could not be understood anyway.
    """

    above_room_db: float = 11.0
    invited_above_db: float = 8.0

    def addressed(self, evidence: Evidence) -> bool:
        """Whether the utterance may become a turn or stop the character."""
        if evidence.invited:
            return evidence.above_room_db >= self.invited_above_db
        if evidence.present is False or evidence.facing is False:
            return False
        return evidence.above_room_db >= self.above_room_db


class Audience:
    """What the kiosk knows of whoever may speak to it. room_dbfs: as in VoiceFrame; present, facing: as in Evidence."""

    def __init__(self, policy: AddresseePolicy) -> None:
        self._policy = policy
        self.room_dbfs = -100.0
        self.present: bool | None = None
        self.facing: bool | None = None

    def addressed_by(self, loudest_dbfs: float, *, invited: bool) -> bool:
        """Whether a sound so loud is meant for the kiosk."""
        return self._policy.addressed(Evidence(loudest_dbfs - self.room_dbfs, invited, self.present, self.facing))

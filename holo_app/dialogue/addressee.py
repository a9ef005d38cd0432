"""Is the kiosk spoken to at all? A shop is full of voices that do not mean it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of an utterance.

    above_room_db: how far its loudest stretch stands above the room's own noise. below_voice_db: while the character speaks, by
    how much it is quieter than the customer's own questions. invited: somebody has just touched the screen to speak. present,
    facing: what a camera sees of people; None where there is none.
    """

    above_room_db: float
    below_voice_db: float = 0.0
    invited: bool = False
    present: bool | None = None
    facing: bool | None = None


@dataclass(frozen=True, slots=True)
class AddresseePolicy:
    """above_room_db: a voice that stands out less is part of the room; invited_above_db: the same after a touch.

    below_voice_db: who interrupts speaks up; what is quieter by more than this is the rest of an echo, or somebody else.

    Measured with the voices of six and of eight people over each other: within 10 dB of the room's quieter moments, while
    a customer 10 dB louder than they stood out by 14 dB at least. What stands out less could not be understood anyway.
    """

    above_room_db: float = 11.0
    invited_above_db: float = 8.0
    below_voice_db: float = 12.0

    def addressed(self, evidence: Evidence) -> bool:
        """Whether the utterance may become a turn or stop the character."""
        if evidence.invited:
            return evidence.above_room_db >= self.invited_above_db
        if evidence.present is False or evidence.facing is False:
            return False
        return evidence.above_room_db >= self.above_room_db and evidence.below_voice_db <= self.below_voice_db


class Audience:
    """What the kiosk knows of whoever may speak to it. room_dbfs: as in VoiceFrame; present, facing: as in Evidence."""

    def __init__(self, policy: AddresseePolicy) -> None:
        self._policy = policy
        self.room_dbfs = -100.0
        self.present: bool | None = None
        self.facing: bool | None = None
        self._voice_dbfs: float | None = None

    def addressed_by(self, loudest_dbfs: float, *, invited: bool, speaking: bool = False) -> bool:
        """Whether a sound so loud is meant for the kiosk. speaking: it is talking itself meanwhile."""
        below_voice_db = self._voice_dbfs - loudest_dbfs if speaking and self._voice_dbfs is not None else 0.0
        return self._policy.addressed(
            Evidence(loudest_dbfs - self.room_dbfs, below_voice_db, invited, self.present, self.facing)
        )

    def answered(self, loudest_dbfs: float) -> None:
        """A question so loud was answered: that is how loud this customer is. One that is much quieter counts for half."""
        known = loudest_dbfs if self._voice_dbfs is None else self._voice_dbfs
        self._voice_dbfs = max(loudest_dbfs, (known + loudest_dbfs) / 2)

    def left(self) -> None:
        """The next customer has another voice."""
        self._voice_dbfs = None

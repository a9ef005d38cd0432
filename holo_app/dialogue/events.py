"""What happens to the turn engine. `at` is always Clock.monotonic() in seconds."""

from __future__ import annotations

from dataclasses import dataclass

from holo_app.dialogue.inputs import KioskInput


@dataclass(frozen=True, slots=True)
class VoiceFrame:
    """One scored frame of the microphone; `at` is when its last sample was in the air, `seconds` its length.

    level_dbfs: of the last tenth of a second. room_dbfs: of the room by itself; a sound far below the room is no voice.
    """

    at: float
    probability: float
    seconds: float
    level_dbfs: float = 0.0
    room_dbfs: float = -65.0


@dataclass(frozen=True, slots=True)
class PartialHeard:
    """A transcript of an utterance that still goes on. `utterance` is the number the engine gave it."""

    at: float
    utterance: int
    text: str


@dataclass(frozen=True, slots=True)
class Transcribed:
    """The answer to Transcribe. An empty text means that nothing was understood; `failed` that nobody could try.

    hums: the sound holds no consonant that a hum has not.
    """

    at: float
    utterance: int
    snapshot: int
    text: str
    failed: bool = False
    hums: bool = False


@dataclass(frozen=True, slots=True)
class EndScored:
    """The answer to ScoreEnd: how finished the utterance sounds, 0..1; None where no model could say."""

    at: float
    utterance: int
    snapshot: int
    probability: float | None


@dataclass(frozen=True, slots=True)
class ReplyAudible:
    """The first sample of the reply left the speaker."""

    at: float
    turn: int


@dataclass(frozen=True, slots=True)
class ReplyEnded:
    """The reply was said to its end (or failed for good)."""

    at: float
    turn: int
    ends_visit: bool = False


@dataclass(frozen=True, slots=True)
class Touched:
    """A person used the screen or the keyboard."""

    at: float
    input: KioskInput


@dataclass(frozen=True, slots=True)
class PeopleSeen:
    """What a camera sees: whether somebody stands before the kiosk, and looks at it. None: there is no camera any more."""

    at: float
    present: bool | None
    facing: bool | None


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed."""

    at: float


Event = VoiceFrame | PartialHeard | Transcribed | EndScored | ReplyAudible | ReplyEnded | Touched | PeopleSeen | Tick

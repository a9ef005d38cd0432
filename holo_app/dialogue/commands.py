"""What the turn engine wants done. The voice loop carries the commands out in order."""

from __future__ import annotations

from dataclasses import dataclass

from holo_app.domain.kiosk import KioskState


@dataclass(frozen=True, slots=True)
class OpenUtterance:
    """Keep the microphone's sound from now on, with the pre-roll before it."""

    utterance: int


@dataclass(frozen=True, slots=True)
class TranscribePartial:
    """Transcribe what there is, for the caption; answer with PartialHeard."""

    utterance: int


@dataclass(frozen=True, slots=True)
class Transcribe:
    """Transcribe the utterance up to now; answer with Transcribed. A newer snapshot makes older ones worthless."""

    utterance: int
    snapshot: int


@dataclass(frozen=True, slots=True)
class ScoreEnd:
    """Ask the end-of-turn model; answer with EndScored."""

    utterance: int
    snapshot: int


@dataclass(frozen=True, slots=True)
class CloseUtterance:
    """Forget the utterance's sound."""

    utterance: int


@dataclass(frozen=True, slots=True)
class StartReply:
    """Retrieve, answer and synthesise ahead, but let nothing be heard before CommitReply.

    end_of_speech_at: the engine's idea of when the customer stopped; None for typed text.
    """

    turn: int
    text: str
    end_of_speech_at: float | None


@dataclass(frozen=True, slots=True)
class KeepReply:
    """The customer made another sound and said nothing new: the reply that is being prepared is still the right one.

    end_of_speech_at: as for StartReply.
    """

    turn: int
    end_of_speech_at: float


@dataclass(frozen=True, slots=True)
class CommitReply:
    """The turn is over: the reply may be heard and recorded."""

    turn: int


@dataclass(frozen=True, slots=True)
class DiscardReply:
    """Nobody heard this reply and nobody will; it leaves no trace."""

    turn: int


@dataclass(frozen=True, slots=True)
class StopReply:
    """Silence the reply now; what was heard of it stays in the history."""

    turn: int


@dataclass(frozen=True, slots=True)
class Greet:
    """Say the character's greeting; it counts as a committed reply."""

    turn: int


@dataclass(frozen=True, slots=True)
class Duck:
    """Lower the voice while it is unclear whether the customer interrupts."""


@dataclass(frozen=True, slots=True)
class Unduck:
    """Back to full loudness."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Hold the reply where it is, in silence: somebody speaks on, and it is not clear yet whether to the kiosk."""


@dataclass(frozen=True, slots=True)
class Resume:
    """It was none of the reply's business: go on at the same sample."""


@dataclass(frozen=True, slots=True)
class ShowCustomer:
    """Caption of the customer's words."""

    text: str
    final: bool


@dataclass(frozen=True, slots=True)
class ShowState:
    """The visible state changed."""

    state: KioskState


@dataclass(frozen=True, slots=True)
class BeginVisit:
    """A customer is here: start a conversation."""


@dataclass(frozen=True, slots=True)
class EndVisit:
    """The customer left: end the conversation and wipe what the screen and memory hold of it."""


Command = (
    OpenUtterance
    | TranscribePartial
    | Transcribe
    | ScoreEnd
    | CloseUtterance
    | StartReply
    | KeepReply
    | CommitReply
    | DiscardReply
    | StopReply
    | Greet
    | Duck
    | Unduck
    | Hold
    | Resume
    | ShowCustomer
    | ShowState
    | BeginVisit
    | EndVisit
)

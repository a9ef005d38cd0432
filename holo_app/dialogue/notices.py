"""What the voice loop tells the screen. Plain values, safe to carry between threads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from holo_app.domain.acting import FaceCue
from holo_app.domain.circuit import CircuitState
from holo_app.domain.conversation import Message
from holo_app.domain.kiosk import KioskState, Trouble
from holo_app.domain.product import Product
from holo_app.domain.speech import VisemeCue
from holo_app.domain.usage import ProviderRole


@dataclass(frozen=True, slots=True)
class StateChanged:
    """The kiosk is now listening, thinking, speaking."""

    state: KioskState


@dataclass(frozen=True, slots=True)
class CustomerCaption:
    """What the customer is understood to say; replaced until `final`. An empty text takes the caption away."""

    text: str
    final: bool


@dataclass(frozen=True, slots=True)
class CharacterCaption:
    """What the character says from now on: one clause, starting at `start_s` of the speaker's content timeline."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class MouthScheduled:
    """Mouth shapes; cue times are seconds of the speaker's content timeline (what `Speaker.position_s` counts)."""

    cues: tuple[VisemeCue, ...]


@dataclass(frozen=True, slots=True)
class FaceScheduled:
    """How a clause is acted. One that comes again with the same start only brings better times."""

    cue: FaceCue


@dataclass(frozen=True, slots=True)
class PicturesScheduled:
    """A cloud avatar's utterance is in the speaker's queue; its first sample is at `start_s` of the content timeline."""

    utterance: int
    start_s: float


@dataclass(frozen=True, slots=True)
class SpeechCut:
    """What was scheduled after `at_s` of the content timeline will not be heard: close the mouth, end face and caption."""

    at_s: float


@dataclass(frozen=True, slots=True)
class ProductsShown:
    """Show these products' cards, the first one large. Empty: show none."""

    products: tuple[Product, ...]


@dataclass(frozen=True, slots=True)
class TroubleChanged:
    """`active` trouble has a named state on the screen until it is over. detail is for staff, not translated."""

    trouble: Trouble
    active: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class LanguageUsed:
    """The conversation is in this language now (BCP 47 primary tag), whoever chose it.

    heard, spoken: whether the engines understand it when it is spoken, and can say it; where not, typing and captions do.
    hears: the languages that are understood when they are spoken. advised: nothing could be made of what was said lately:
    point at the other languages, and at the keyboard.
    """

    language: str
    heard: bool
    spoken: bool
    hears: tuple[str, ...]
    advised: bool = False


@dataclass(frozen=True, slots=True)
class MicLevel:
    """Loudness of the microphone in dBFS (−100 = silence), a few times a second."""

    dbfs: float


@dataclass(frozen=True, slots=True)
class MessageRecorded:
    """A message was finished and stored."""

    message: Message


@dataclass(frozen=True, slots=True)
class TurnFinished:
    """One turn is over, whatever became of it.

    heard: what the customer was understood to say ("" for a greeting). answer: the whole answer. spoken: the part of it
    that left the speaker. facts: what the answer states, as `subject.field = value`. timings_ms: by Stage value.
    """

    heard: str
    answer: str
    spoken: str
    products: tuple[str, ...]
    facts: tuple[str, ...]
    timings_ms: Mapping[str, float]
    provider: str
    interrupted: bool


@dataclass(frozen=True, slots=True)
class ProviderFared:
    """How one provider fares. needs_staff: a key or the account must be put right. first_result_s: median; None: none yet."""

    role: ProviderRole
    name: str
    state: CircuitState
    needs_staff: bool
    calls: int
    failures: int
    first_result_s: float | None


@dataclass(frozen=True, slots=True)
class ProvidersFared:
    """Whenever that changes: every provider that is in use, by role and place in its chain. Never, where there are none."""

    providers: tuple[ProviderFared, ...]


@dataclass(frozen=True, slots=True)
class LoopReady:
    """Models are loaded and the kiosk hears (or has said why it cannot)."""


Notice = (
    StateChanged
    | CustomerCaption
    | CharacterCaption
    | MouthScheduled
    | FaceScheduled
    | PicturesScheduled
    | SpeechCut
    | ProductsShown
    | TroubleChanged
    | LanguageUsed
    | MicLevel
    | MessageRecorded
    | TurnFinished
    | ProvidersFared
    | LoopReady
)

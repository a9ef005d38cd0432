"""What the state ring and the trouble banner say. Pure: no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from holo_app.dialogue.notices import LanguageUsed, ProviderFared
from holo_app.domain.avatar import Mood
from holo_app.domain.kiosk import KioskState, Trouble
from holo_app.ui.language_notice import LanguageNotice, language_notice
from holo_app.ui.phrases import Phrases
from holo_app.ui.providers import ProviderLine, provider_lines

_SILENCE_DBFS = -55.0
_LOUD_DBFS = -12.0

_MOODS = {
    KioskState.ATTRACT: Mood.IDLE,
    KioskState.IDLE: Mood.IDLE,
    KioskState.LISTENING: Mood.LISTENING,
    KioskState.THINKING: Mood.THINKING,
    KioskState.SPEAKING: Mood.SPEAKING,
}

# what the customer must know first comes first
_SEVERITY = (
    Trouble.NO_MICROPHONE,
    Trouble.NO_SPEECH_MODEL,
    Trouble.NO_VOICE,
    Trouble.NO_SPEAKER,
    Trouble.EMPTY_CATALOGUE,
    Trouble.DATABASE_SET_ASIDE,
    Trouble.DATABASE_UNWRITABLE,
    Trouble.DISPLAY_LOST,
    Trouble.NO_GRAPHICS,
    Trouble.PROVIDER_NEEDS_STAFF,
)
_FOR_STAFF = frozenset({Trouble.PROVIDER_NEEDS_STAFF})
"""A customer would notice nothing."""
_DEAF = frozenset({Trouble.NO_MICROPHONE, Trouble.NO_SPEECH_MODEL})


@dataclass(frozen=True, slots=True)
class StatusInputs:
    """state: of the voice loop. ready: its models are loaded. troubles: active ones with their detail for staff.

    language: what the voice loop said last about the language in use. providers: those in use, and how they fare.
    """

    state: KioskState = KioskState.ATTRACT
    ready: bool = False
    troubles: Mapping[Trouble, str] = field(default_factory=dict)
    language: LanguageUsed | None = None
    mic_dbfs: float = -100.0
    providers: tuple[ProviderFared, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusProps:
    """The status in words and numbers.

    look: `starting`, `attract`, `idle`, `listening`, `thinking`, `speaking`, `trouble` or `deaf` (to the language in use);
    label: the same in words. level: microphone loudness 0..1. troubles: (title, hint), the most important first.
    staff_details: for staff, and so are providers. notice: on the language in use; none where it is heard and spoken.
    """

    look: str
    label: str
    level: float
    mood: Mood
    troubles: tuple[tuple[str, str], ...]
    staff_details: tuple[str, ...]
    notice: LanguageNotice | None = None
    providers: tuple[ProviderLine, ...] = ()


def derive_status(inputs: StatusInputs, phrases: Phrases) -> StatusProps:
    """The status of this instant."""
    active = [trouble for trouble in _SEVERITY if trouble in inputs.troubles]
    look = _look(
        inputs, deaf=not _DEAF.isdisjoint(active), unheard=inputs.language is not None and not inputs.language.heard
    )
    return StatusProps(
        look=look,
        label=phrases.text("state", look),
        level=loudness(inputs.mic_dbfs) if inputs.state is KioskState.LISTENING else 0.0,
        mood=Mood.TROUBLE if look == "trouble" else _MOODS[inputs.state],
        troubles=tuple(
            (phrases.troubles[t.value]["title"], phrases.troubles[t.value]["hint"])
            for t in active
            if t not in _FOR_STAFF
        ),
        staff_details=tuple(f"{t.value}: {inputs.troubles[t]}".rstrip(": ") for t in active),
        notice=language_notice(inputs.language, phrases),
        providers=provider_lines(inputs.providers, phrases),
    )


def _look(inputs: StatusInputs, *, deaf: bool, unheard: bool) -> str:
    if not inputs.ready:
        return "starting"
    if (deaf or unheard) and inputs.state in {KioskState.ATTRACT, KioskState.IDLE, KioskState.LISTENING}:
        return "trouble" if deaf else "deaf"
    return inputs.state.value


def loudness(dbfs: float) -> float:
    """Loudness in dBFS as 0..1 for a meter, in 20 steps, so that silence does not redraw the screen."""
    share = (dbfs - _SILENCE_DBFS) / (_LOUD_DBFS - _SILENCE_DBFS)
    return round(max(0.0, min(1.0, share)) * 20) / 20

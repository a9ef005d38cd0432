"""The states that a person in front of the kiosk can see, each with a name."""

from __future__ import annotations

from enum import StrEnum


class KioskState(StrEnum):
    """What the kiosk is doing."""

    ATTRACT = "attract"
    IDLE = "idle"
    LISTENING = "listening"
    THINKING = "thinking"
    SPEAKING = "speaking"


class Trouble(StrEnum):
    """Something is missing; the kiosk goes on with what is left and says so."""

    NO_MICROPHONE = "no_microphone"
    NO_SPEAKER = "no_speaker"
    NO_SPEECH_MODEL = "no_speech_model"
    NO_VOICE = "no_voice"
    NO_GRAPHICS = "no_graphics"
    DISPLAY_LOST = "display_lost"
    DATABASE_SET_ASIDE = "database_set_aside"
    DATABASE_UNWRITABLE = "database_unwritable"
    EMPTY_CATALOGUE = "empty_catalogue"
    PROVIDER_NEEDS_STAFF = "provider_needs_staff"
    """A provider's key is wrong, or its quota used up; the kiosk's own engines do its work."""

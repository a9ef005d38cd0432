"""What a person does at the screen, as the voice loop sees it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TalkPressed:
    """Touch or key to start a conversation, or to be listened to at once (it interrupts the character)."""


@dataclass(frozen=True, slots=True)
class StopPressed:
    """Touch or key to make the character stop talking."""


@dataclass(frozen=True, slots=True)
class TextTyped:
    """A question typed by the customer."""

    text: str


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """The customer chose a language (BCP 47 primary tag)."""

    language: str


@dataclass(frozen=True, slots=True)
class VisitEnded:
    """The customer left: end the conversation and go back to the attract screen."""


KioskInput = TalkPressed | StopPressed | TextTyped | LanguageChosen | VisitEnded

"""What a call to a provider used: tokens, characters, seconds, credits and money, measured or estimated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID


class ProviderRole(StrEnum):
    """What a provider does for the kiosk; the value is the key of its chain in the settings."""

    STT = "stt"
    LLM = "llm"
    TTS = "tts"
    AVATAR = "avatar"


class Unit(StrEnum):
    """What providers count."""

    INPUT_TOKENS = "input_tokens"
    CACHED_TOKENS = "cached_tokens"
    """Those of the input tokens that were kept from an earlier call, and are cheaper."""
    OUTPUT_TOKENS = "output_tokens"
    CHARACTERS = "characters"
    AUDIO_SECONDS = "audio_seconds"
    SESSION_SECONDS = "session_seconds"
    CREDITS = "credits"


_NONE: Mapping[Unit, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Cost:
    """Money in millionths of the currency's major unit: one call costs far less than a cent."""

    micros: int
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class Use:
    """One call. measured: the provider said so; else it was counted here, and the bill may differ.

    turn: the turn of the conversation that it was made for; None: for none, such as a test by staff.
    """

    role: ProviderRole
    provider: str
    model: str
    at: datetime
    units: Mapping[Unit, float] = field(default_factory=lambda: _NONE)
    cost: Cost | None = None
    measured: bool = True
    turn: UUID | None = None

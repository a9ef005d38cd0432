"""Conversations, their messages, and what each turn cost in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """Who a message is from."""

    CUSTOMER = "customer"
    CHARACTER = "character"


class Stage(StrEnum):
    """A measured part of a turn; the value is the key under which its milliseconds are stored and printed."""

    END_OF_TURN = "end_of_turn"
    """Last speech sample of the customer → the engine is sure that the turn is over."""
    STT = "stt"
    """Work of the final transcription."""
    RETRIEVE = "retrieve"
    ANSWER = "answer"
    """Question handed to the answerer → its first clause."""
    TTS_FIRST_AUDIO = "tts_first_audio"
    """First clause handed to synthesis → its first audio."""
    END_OF_SPEECH_TO_FIRST_AUDIO = "end_of_speech_to_first_audio"
    """Last speech sample of the customer → first sample that leaves the speaker, of the answer or of a filler before it."""
    FIRST_AUDIO_OF_ANSWER = "first_audio_of_answer"
    """Last speech sample of the customer → first sample of the answer itself; later than the other where a filler was said."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer used. Counts are 0 for engines that have none."""

    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """One thing said.

    text: the whole text as produced. heard: the part whose audio left the device (customer messages: the same as
    text). timings_ms: milliseconds by Stage value. products: SKUs that the message speaks of, most important first.
    interrupted: the customer cut it short.
    """

    id: UUID
    conversation_id: UUID
    role: Role
    text: str
    heard: str
    language: str
    at: datetime
    products: tuple[str, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    provider: str = ""
    usage: Usage = Usage()
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """One visit of one customer, under a pseudonym made for this visit only. Times are UTC."""

    id: UUID
    character_id: str
    language: str
    started_at: datetime
    ended_at: datetime | None = None

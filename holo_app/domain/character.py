"""Who speaks on the display."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Character:
    """A persona. `voice` and `avatar` name entries that the voice and hologram adapters know; language is BCP 47."""

    id: str
    name: str
    category: str
    system_prompt: str
    traits: tuple[str, ...]
    voice: str
    avatar: str
    language: str
    greeting: str = ""

"""What the customer really heard: words whose audio left the device."""

from __future__ import annotations

from dataclasses import dataclass

from holo_app.domain.speech import WordCue


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start_s: float
    end_s: float


class HeardLedger:
    """Words of one reply with their place on the speaker's content timeline."""

    def __init__(self) -> None:
        self._words: list[_Word] = []

    def add(self, cues: tuple[WordCue, ...], *, start_s: float) -> None:
        """Add the words of audio that begins at `start_s` of the content timeline."""
        self._words.extend(_Word(c.text, start_s + c.start_s, start_s + c.end_s) for c in cues)

    def heard_until(self, position_s: float) -> str:
        """The words of which more than half had left the device at `position_s`."""
        return " ".join(w.text for w in self._words if (w.start_s + w.end_s) / 2 <= position_s)

    def text(self) -> str:
        """All words, heard or not."""
        return " ".join(w.text for w in self._words)

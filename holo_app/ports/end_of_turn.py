"""Does this utterance sound finished?"""

from __future__ import annotations

from typing import Protocol

from holo_app.domain.audio import AudioChunk


class EndOfTurnModel(Protocol):
    """A hint from the sound alone; the engine weighs it beside silence and the transcript."""

    async def probability(self, utterance: AudioChunk) -> float:
        """Probability 0..1 that the speaker is done, from the utterance up to now (the last 8 s count).

        Never blocks the event loop. Raises: ProviderError.
        """
        ...

"""How long this customer pauses in mid-sentence: learned from the pauses after which they went on."""

from __future__ import annotations

from dataclasses import dataclass

_SHORTEST_S = 0.2
_LONGEST_S = 2.0
_TYPICAL_S = 0.4
_SLOWEST_STRETCH = 1.4
_WEIGHT = 0.3


@dataclass(slots=True)
class SpeakerPauses:
    """A moving average over one visit. Gaps between words are no pauses; what lasts longer than two seconds was another turn.

    typical_s: seconds; before anything was heard, that of an ordinary speaker.
    """

    typical_s: float = _TYPICAL_S

    def went_on_after(self, silence_s: float) -> None:
        """The customer was silent for so long and then went on with the same turn."""
        if _SHORTEST_S <= silence_s <= _LONGEST_S:
            self.typical_s += _WEIGHT * (silence_s - self.typical_s)

    @property
    def stretch(self) -> float:
        """By what factor silences must be longer for this customer than for others: 1 for quick speakers, 1.4 at most."""
        return min(max(self.typical_s / _TYPICAL_S, 1.0), _SLOWEST_STRETCH)

    def forget(self) -> None:
        """The next customer is somebody else."""
        self.typical_s = _TYPICAL_S

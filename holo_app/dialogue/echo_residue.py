"""What may be left of the kiosk's own voice in the microphone after echo cancellation, learnt from the sound."""

from __future__ import annotations

from holo_app.dialogue.levels import RecentLevels

_PLAYING_DBFS = -50.0
"""Own sound below this leaves nothing behind."""

_REMEMBERED_S = 4.0
_KNOWN_AFTER_S = 0.3
_LOUD_SHARE = 0.8
_MARGIN_DB = 9.0
"""By so much must a voice stand above the louder fifth of what is left. A canceller that has learnt the room leaves −27 dB of
the echo; one that has not yet leaves all of it."""


class EchoResidue:
    """Compares what is heard while the kiosk speaks with what it speaks. Most of that is echo: who interrupts it, silences it.

    A canceller that starts anew, or is missing, makes the kiosk harder to interrupt, and never makes it answer itself.
    """

    def __init__(self, frame_s: float) -> None:
        self._left_db = RecentLevels(round(_REMEMBERED_S / frame_s))
        self._enough = round(_KNOWN_AFTER_S / frame_s)

    def least_dbfs(self, heard_dbfs: float, own_dbfs: float, *, settled: bool = True) -> float:
        """How loud a voice must be now to be somebody else's.

        heard_dbfs: of the frame; own_dbfs: the loudest that the kiosk played in the time from which an echo can be heard now;
        settled: as in MicFrame: until then, what is left says nothing of what will be.
        """
        if own_dbfs < _PLAYING_DBFS:
            return float("-inf")
        if not settled:
            self.forget()
            return float("inf")
        self._left_db.push(heard_dbfs - own_dbfs)
        if len(self._left_db) < self._enough:
            return float("inf")
        return own_dbfs + self._left_db.quantile(_LOUD_SHARE) + _MARGIN_DB

    def forget(self) -> None:
        """Another microphone."""
        self._left_db.clear()

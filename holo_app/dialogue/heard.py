"""What the customer really heard: words whose audio left the device."""

from __future__ import annotations

from holo_app.dialogue.caption_words import written_words
from holo_app.domain.speech import WordCue


class SpokenClause:
    """One clause on the speaker's content timeline; its word times arrive with its audio."""

    def __init__(self, text: str, start_s: float) -> None:
        self._text = text
        self._start_s = start_s
        self._cues: list[WordCue] = []
        self._complete = False
        self._end_s = float("inf")

    def add(self, cues: tuple[WordCue, ...]) -> None:
        """Word times of one more chunk, from the start of the clause."""
        self._cues.extend(cues)

    def finish(self) -> None:
        """All chunks are there."""
        self._complete = True

    def cut(self, end_s: float) -> None:
        """Its sound ends here, whatever words were still to come."""
        self._end_s = end_s

    def heard_until(self, position_s: float) -> list[str]:
        """The written words of which more than half had left the device at `position_s`."""
        position_s = min(position_s, self._end_s)
        heard: list[str] = []
        for cue in written_words(self._text, self._cues, complete=self._complete):
            if self._start_s + (cue.start_s + cue.end_s) / 2 > position_s:
                break
            heard.append(cue.text)
        return heard


class HeardLedger:
    """The clauses of one reply."""

    def __init__(self) -> None:
        self._clauses: list[SpokenClause] = []

    def begin(self, text: str, *, start_s: float) -> SpokenClause:
        """A clause starts at `start_s` of the content timeline."""
        clause = SpokenClause(text, start_s)
        self._clauses.append(clause)
        return clause

    def heard_until(self, position_s: float) -> str:
        """The text that had left the device at `position_s`."""
        return " ".join(word for clause in self._clauses for word in clause.heard_until(position_s))

"""What Flux tells of turns, put together: the words of an utterance, and whether it is over."""

from __future__ import annotations

from holo_app.domain.speech import Transcript
from holo_app.providers.http.json_values import JsonObject, list_in, number_in, text_in


class Turns:
    """One utterance, in which Flux may see several turns."""

    def __init__(self, language: str) -> None:
        self._done: list[str] = []
        self._current = ""
        self._language = language
        self._over: float | None = None
        self.heard_s = 0.0
        """How much of the sound is understood, in seconds from its start."""
        self._ended = False
        """The last turn has ended, and no other has begun."""

    def push(self, turn: JsonObject) -> None:
        """Take a TurnInfo."""
        text = text_in(turn, "transcript").strip()
        event = text_in(turn, "event")
        self.heard_s = number_in(turn, "audio_window_end") or self.heard_s
        languages = list_in(turn, "languages")
        if languages and isinstance(languages[0], str) and languages[0] and text:
            self._language = languages[0].partition("-")[0].lower()
        if event == "EndOfTurn":
            self._done.append(text or self._current)
            self._current, self._ended = "", True
            self._over = _probability(turn, otherwise=1.0)
            return
        if event in {"StartOfTurn", "TurnResumed"} or (self._ended and text):
            self._over, self._ended = None, False
        if event == "EagerEndOfTurn":
            self._over = _probability(turn, otherwise=None)
        self._current = text

    @property
    def text(self) -> str:
        """All words up to now."""
        return " ".join(part for part in [*self._done, self._current] if part)

    def transcript(self, *, final: bool) -> Transcript:
        """The utterance as it stands."""
        return Transcript(self.text, self._language, final, turn_over=self._over)


def _probability(turn: JsonObject, *, otherwise: float | None) -> float | None:
    told = number_in(turn, "end_of_turn_confidence")
    return otherwise if told is None or told != told else min(1.0, max(0.0, told))  # noqa: PLR0124 - NaN

"""What Deepgram's live recognition tells of words, put together."""

from __future__ import annotations

from collections import Counter

from holo_app.domain.speech import Transcript
from holo_app.providers.http.json_values import JsonObject, inside, list_in, number_in, text_in


class Words:
    """Settled words, and a tail that may still change."""

    def __init__(self, language: str) -> None:
        self._settled: list[str] = []
        self._tail = ""
        self._sureness: list[float] = []
        self._heard: Counter[str] = Counter()
        self._language = language

    def push(self, results: JsonObject) -> None:
        best = inside(results, "channel", "alternatives", 0)
        text = text_in(best, "transcript").strip()
        if inside(results, "is_final") is not True:
            self._tail = text
            return
        self._tail = ""
        if text:
            self._settled.append(text)
            self._sureness.append(min(1.0, max(0.0, number_in(best, "confidence") or 0.0)))
            spoken = [text_in(word, "language") for word in list_in(best, "words")]
            self._heard.update(filter(None, spoken if any(spoken) else [text_in(best, "languages", 0)]))

    def transcript(self, *, final: bool) -> Transcript:
        """The utterance as it stands."""
        return Transcript(self.text, self._spoken(), final, self._confidence() if final else None)

    @property
    def text(self) -> str:
        """All of them. A tail that nobody settled before the end is better than nothing."""
        return " ".join([*self._settled, self._tail]).strip()

    def _spoken(self) -> str:
        """The language of most words, where Deepgram tells."""
        most = self._heard.most_common(1)
        return most[0][0].partition("-")[0].lower() if most else self._language

    def _confidence(self) -> float | None:
        return sum(self._sureness) / len(self._sureness) if self._sureness else None

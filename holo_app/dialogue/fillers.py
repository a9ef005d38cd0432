"""Short phrases ("One moment, please.") for the wait when an answer is late."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from holo_app.dialogue.canned_speech import CannedSpeech
from holo_app.dialogue.kept_speech import Phrase
from holo_app.ports.tts import SpeechChunk


@dataclass(frozen=True, slots=True)
class Filler:
    """A phrase that can be heard at once. It is no part of any answer."""

    text: str
    speech: tuple[SpeechChunk, ...]

    @property
    def seconds(self) -> float:
        """How long it takes to say."""
        return sum(chunk.audio.seconds for chunk in self.speech)


class Fillers:
    """Chooses the phrase for a late answer. One that would have to be synthesised first would only make it later.

    texts: phrases by language. spoken_form: as for Voice. after_s: seconds from the end of a turn until one is said.
    """

    def __init__(
        self,
        speech: CannedSpeech,
        texts: Mapping[str, Sequence[str]],
        spoken_form: Callable[[str, str], str],
        *,
        after_s: float,
    ) -> None:
        self._speech = speech
        self._texts = texts
        self._spoken_form = spoken_form
        self._last = ""
        self.after_s = after_s

    def following(self, *, voice: str, language: str) -> Filler | None:
        """The next one in turn, never the one that came last; None where no other is ready."""
        texts = list(self._texts.get(language, ()))
        at = texts.index(self._last) + 1 if self._last in texts else 0
        for text in texts[at:] + texts[:at]:
            speech = self._speech.kept(Phrase(self._spoken_form(text, language), voice, language))
            if speech and text != self._last:
                self._last = text
                return Filler(text, speech)
        return None

"""Until when the next result of a call is waited for: what a customer notices differs from role to role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from holo_app.dialogue.resilience.limits import CallLimits
from holo_app.domain.speech import Transcript
from holo_app.ports.tts import SpeechChunk

T = TypeVar("T")

_EARLY_S = 0.35
"""Speech is given up so long before it is all said: whoever takes over must make a sound, and a part of a word is not used."""


class Watch(Generic[T]):
    """Over one call. Moments are of one clock that only grows. first_s: as in the limits, or less.

    counts: whether an item is a result; what does not count is handed on with the first result.
    """

    def __init__(self, limits: CallLimits, now: float, first_s: float, counts: Callable[[T], bool] = lambda _: True):
        self._limits = limits
        self._counts = counts
        self._began = self._asked = now
        self._first_due = now + first_s
        self._waited_s = 0.0
        self.begun = False
        """Whether there was a result: the call is not made again."""
        self.latency_s: float | None = None
        """How long the first result took."""

    def asked(self, now: float) -> None:
        """Somebody waits for the next item."""
        self._asked = now

    def came(self, item: T, now: float) -> None:
        """The item for which somebody waited."""
        self._waited_s += now - self._asked
        if not self.begun and self._counts(item):
            self.begun = True
            self.latency_s = now - self._began

    def due(self) -> float | None:
        """The moment by which the next item must be there; None: there is time."""
        if not self.begun:
            return self._first_due
        return self._asked + min(self._limits.next_s, self._limits.total_s - self._waited_s)


class SpeechWatch(Watch[SpeechChunk]):
    """A voice has time while what it has already said is being heard."""

    def __init__(self, limits: CallLimits, now: float, first_s: float) -> None:
        super().__init__(limits, now, first_s)
        self._lasts_until = 0.0

    def came(self, item: SpeechChunk, now: float) -> None:
        if not self.begun:
            self._lasts_until = now - _EARLY_S
        super().came(item, now)
        self._lasts_until += item.audio.seconds

    def due(self) -> float | None:
        """The moment by which the next sound must be there."""
        if not self.begun:
            return super().due()
        return max(self._asked + self._limits.next_s, self._lasts_until)


class WordsWatch(Watch[Transcript]):
    """A recogniser waits for its speaker; once the sound is over, its words are due.

    talks: it keeps saying what it has understood, from the first word on (see SttCapabilities.turns): its silence is a failure.
    """

    def __init__(
        self,
        limits: CallLimits,
        now: float,
        first_s: float,
        sound_ended_at: Callable[[], float | None],
        *,
        talks: bool = False,
    ) -> None:
        super().__init__(limits, now, first_s)
        self._talks = talks
        self._first_s = first_s
        self._sound_ended_at = sound_ended_at

    def came(self, item: Transcript, now: float) -> None:
        super().came(item, now)
        ended_at = self._sound_ended_at()
        self.latency_s = None if ended_at is None or not item.final else max(0.0, now - ended_at)

    def due(self) -> float | None:
        """The moment by which the words must be there; None: while the sound goes on there is time."""
        ended_at = self._sound_ended_at()
        if ended_at is not None:
            return ended_at + self._first_s
        return self._asked + self._limits.next_s if self._talks and self.begun else None

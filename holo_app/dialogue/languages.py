"""Which language a conversation is in: chosen by touch, heard, or typed. It may change with every turn.

Answers and screen know more languages than the engines hear and speak. What is said in a language that nobody can hear is
listened to in one that can be heard: a customer may well speak that one. Where it makes sense the conversation goes on
in it; else the customer is told, and nothing of it enters the history.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from holo_app.dialogue.hearing_advice import HearingAdvice
from holo_app.dialogue.notices import LanguageUsed
from holo_app.dialogue.turn_words import words_of
from holo_app.dialogue.written_language import WrittenLanguages

_LEAST_WORDS = 3


@dataclass(frozen=True, slots=True)
class LanguageReach:
    """What a kiosk can do in which languages (BCP 47 primary tags).

    offered: answers, captions and screen texts exist. heard, spoken: what the engines can, asked each time, because they
    load late; an engine that knows no language at all is missing, which is another trouble than this.
    """

    offered: Collection[str]
    heard: Callable[[], frozenset[str]]
    spoken: Callable[[], frozenset[str]]


@dataclass(frozen=True, slots=True)
class _Asked:
    """The question that is being answered.

    language: in which it is answered. heard_in: empty where it was typed. doubted: the conversation's own language cannot
    be heard, so that this is either another one or nonsense.
    """

    text: str
    language: str
    heard_in: str = ""
    doubted: bool = False


class Languages:
    """The language of one conversation after the other; each begins in `home`."""

    def __init__(self, home: str, reach: LanguageReach, written: WrittenLanguages) -> None:
        self.current = home
        self._home = home
        self._reach = reach
        self._written = written
        self._advice = HearingAdvice()
        self._asked = _Asked("", home)
        self._before = ""

    @property
    def offered(self) -> tuple[str, ...]:
        """The languages of answers and screen."""
        return tuple(sorted(self._reach.offered))

    def hears(self, language: str) -> bool:
        """Whether speech of `language` is understood."""
        heard = self._reach.heard()
        return not heard or language in heard

    @property
    def listened_for(self) -> str:
        """The language that the recogniser is asked for: the current one, else one that it knows, home first."""
        if self.hears(self.current):
            return self.current
        heard = self._reach.heard()
        return self._home if self._home in heard else min(heard)

    @property
    def used(self) -> LanguageUsed:
        """What the screen tells about it."""
        spoken = self._reach.spoken()
        return LanguageUsed(
            self.current,
            heard=self.hears(self.current),
            spoken=not spoken or self.current in spoken,
            hears=self.heard_ones,
            advised=self._advice.shown,
        )

    @property
    def heard_ones(self) -> tuple[str, ...]:
        """The offered languages that are understood when they are spoken."""
        return tuple(language for language in self.offered if self.hears(language))

    def choose(self, language: str) -> None:
        """By touch."""
        self.current = language
        self._advice.forget()

    def leave(self) -> None:
        """The customer left: the next one begins at home."""
        self.choose(self._home)
        self._before = ""

    def typed(self, text: str) -> str:
        """The language in which to answer a typed question."""
        language = self._written.guess(text, self.current)
        self._asked = _Asked(text, language)
        return language

    def spoken(self, text: str, heard_in: str) -> str:
        """The language in which to answer what was said; heard_in: what the recogniser took it for.

        One short word changes no language ("ok" is said in all of them), a second one in a row does.
        """
        doubted = not self.hears(self.current) and heard_in != self.current
        language = self.current
        if heard_in in self._reach.offered and (
            doubted or len(words_of(text)) >= _LEAST_WORDS or heard_in == self._before
        ):
            language = heard_in
        self._asked = _Asked(text, language, heard_in, doubted)
        return language

    def apologises(self, text: str, *, understood: bool) -> bool:
        """Whether the answer to `text` is to be a word about languages instead."""
        asked = self._asked
        if not asked.heard_in or asked.text != text or len(self.heard_ones) >= len(self._reach.offered):
            return False
        if asked.doubted:
            return not (understood and self._written.sounds_like(text, asked.language))
        return not understood and self._advice.due

    def answered(self, *, understood: bool) -> bool:
        """The answer to what was asked last is being heard: the conversation goes on in its language.

        Returns whether the question was one; what nobody could hear is none.
        """
        asked = self._asked
        if asked.doubted and not understood:
            self._advice.give()
            return False
        if asked.heard_in:
            self._before = asked.heard_in
            self._advice.heard(understood=understood)
        else:
            self._advice.forget()
        self.current = asked.language
        return True

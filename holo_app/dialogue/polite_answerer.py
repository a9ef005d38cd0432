"""Where speech was nonsense because of its language: a word about that, in place of an answer to the nonsense."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from holo_app.dialogue.languages import Languages
from holo_app.ports.llm import NOT_UNDERSTOOD, AnswerDone, AnswerEvent, AnswerRequest, LanguageModel, TextDelta


@dataclass(frozen=True, slots=True)
class LanguageTexts:
    """How one language speaks of languages.

    only_hears: what is said, with {heard} for the languages that are understood aloud and {others} for the rest.
    both: how two are joined. names: by BCP 47 primary tag.
    """

    only_hears: str
    both: str
    names: Mapping[str, str]

    def sentence(self, heard: Sequence[str], offered: Sequence[str]) -> str:
        """The whole text."""
        others = [language for language in offered if language not in heard]
        return self.only_hears.format(heard=self._list(heard), others=self._list(others))

    def _list(self, languages: Sequence[str]) -> str:
        names = [self.names.get(language, language) for language in languages]
        return self.both.join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


class PoliteAnswerer:
    """A LanguageModel in front of another one. texts: by language; English must be there."""

    def __init__(self, inner: LanguageModel, languages: Languages, texts: Mapping[str, LanguageTexts]) -> None:
        self._inner = inner
        self._languages = languages
        self._texts = texts

    async def answer(self, request: AnswerRequest) -> AsyncGenerator[AnswerEvent]:
        early: list[AnswerEvent] = []
        spoken = False
        async with aclosing(self._inner.answer(request)) as events:
            async for event in events:
                if spoken:
                    yield event
                    continue
                early.append(event)
                if not isinstance(event, TextDelta):
                    continue
                if self._languages.apologises(request.text, understood=NOT_UNDERSTOOD not in early):
                    break
                spoken = True
                for waiting in early:
                    yield waiting
            else:
                return
        yield NOT_UNDERSTOOD
        texts = self._texts.get(request.language, self._texts["en"])
        yield TextDelta(texts.sentence(self._languages.heard_ones, self._languages.offered))
        yield AnswerDone("languages")

    async def aclose(self) -> None:
        await self._inner.aclose()

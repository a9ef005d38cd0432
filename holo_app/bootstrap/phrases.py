"""What is synthesised ahead: the character's greeting, the fillers, and what answers say word for word, in this order."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from holo_app.dialogue.clauses import pieces_of
from holo_app.dialogue.kept_speech import Phrase
from holo_app.dialogue.spoken_form import spoken_form
from holo_app.dialogue.stage_directions import directed
from holo_app.domain.character import Character
from holo_app.resources import resource

_FILLER = "filler"
_QUIET_S = 1.0
_LOOK_EVERY_S = 0.25

Phrases = Mapping[str, Mapping[str, Sequence[str]]]
"""Texts by key by language; those of one key mean the same."""


def all_phrases() -> Phrases:
    """Those of every language."""
    return {
        path.parent.name: tomllib.loads(path.read_text(encoding="utf-8"))["phrase"]
        for path in sorted(resource("language").glob("*/phrases.toml"))
    }


def filler_texts(phrases: Phrases) -> dict[str, tuple[str, ...]]:
    """What may be said while an answer is late, by language."""
    return {language: tuple(texts.get(_FILLER, ())) for language, texts in phrases.items()}


def worth_keeping(
    phrases: Phrases, character: Character, languages: Collection[str], *, answers: bool = True
) -> list[Phrase]:
    """What the character will say again and again, in languages that its voice speaks; the soonest needed first.

    Answers are spoken piece by piece, and so they are kept; a phrase with a gap for a name or a price is new each time.
    answers: without them only the greeting and the fillers: a voice that costs says the rest when it is needed.
    """
    spoken = {language: texts for language, texts in phrases.items() if language in languages}
    greeting = [(directed(character.greeting).text, character.language)] if character.language in languages else []
    fillers = [(text, language) for language, texts in filler_texts(spoken).items() for text in texts]
    said = [*greeting, *fillers, *(_whole_answers(spoken) if answers else ())]
    return list(dict.fromkeys(Phrase(spoken_form(text, of), character.voice, of) for text, of in said))


def _whole_answers(phrases: Phrases) -> Iterator[tuple[str, str]]:
    for language, texts in phrases.items():
        for text in (text for alternatives in texts.values() for text in alternatives):
            if "{" not in text:
                yield from ((piece, language) for piece in pieces_of(text))


async def until_quiet(busy: Callable[[], bool]) -> None:
    """Return when nobody has spoken or been answered for a second."""
    left_s = _QUIET_S
    while left_s > 0:
        await asyncio.sleep(_LOOK_EVERY_S)
        left_s = _QUIET_S if busy() else left_s - _LOOK_EVERY_S

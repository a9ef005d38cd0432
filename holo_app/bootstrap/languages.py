"""The languages of a kiosk, from their bundled files and what the engines can."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from holo_app.dialogue.languages import LanguageReach, Languages
from holo_app.dialogue.polite_answerer import LanguageTexts
from holo_app.dialogue.turn_words import words_of
from holo_app.dialogue.written_language import WrittenLanguages, WrittenMarks
from holo_app.ports.stt import SpeechToText
from holo_app.ports.tts import TextToSpeech
from holo_app.resources import resource

_TELLING_LISTS = {
    "words": ("stop", "colours", "negations", "articles", "pronouns"),
    "turn_taking": ("backchannels", "stops", "trailing", "asking", "complete", "fillers"),
}


@dataclass(frozen=True, slots=True)
class LanguageFiles:
    """What the files say. Both by BCP 47 primary tag."""

    marks: Mapping[str, WrittenMarks]
    texts: Mapping[str, LanguageTexts]


def language_files() -> LanguageFiles:
    """Every bundled language that can speak of languages."""
    marks, texts = {}, {}
    for path in sorted(resource("language").glob("*/languages.toml")):
        table = _toml(path)
        tag = path.parent.name
        marks[tag] = WrittenMarks(_small_words(path.parent) | frozenset(table["words"]), table["letters"])
        texts[tag] = LanguageTexts(table["only_hears"], table["both"], table["names"])
    return LanguageFiles(marks, texts)


def kiosk_languages(home: str, files: LanguageFiles, stt: SpeechToText, tts: TextToSpeech) -> Languages:
    """A conversation's language, beginning in `home`."""
    reach = LanguageReach(
        offered=tuple(files.texts),
        heard=lambda: stt.capabilities.languages,
        spoken=lambda: tts.capabilities.languages,
    )
    return Languages(home, reach, WrittenLanguages(files.marks))


def _small_words(folder: Path) -> frozenset[str]:
    tables = {name: _toml(folder / f"{name}.toml") for name in _TELLING_LISTS}
    phrases = (
        phrase for name, lists in _TELLING_LISTS.items() for key in lists for phrase in tables[name].get(key, ())
    )
    return frozenset(word for phrase in phrases for word in words_of(phrase))


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))

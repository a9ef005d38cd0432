"""What one language needs to understand questions and to answer them, read from `resources/language/<code>/`.

A new language is a new folder with these files; no code knows a language by name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from holo_app.errors import ConfigError
from holo_app.knowledge.wording import fold, tokens

_FILES = ("words", "intents", "attributes", "phrases")


@dataclass(frozen=True, slots=True)
class Cue:
    """How people say that they want one thing: patterns on folded text, and example sentences for the embedder.

    broad: its patterns also fit many other questions, so that they weigh little.
    """

    key: str
    patterns: tuple[re.Pattern[str], ...]
    examples: tuple[str, ...]
    broad: bool = False


@dataclass(frozen=True, slots=True)
class AttributeWords:
    """One property of products in this language.

    labels: the catalogue's names for it, folded. label: how it is called in an answer. sentence: phrase with {value}.
    affirmed_by: catalogue words that answer a yes-or-no question which names none itself ("is it waterproof").
    highest, lowest: patterns that ask which product has most or least of it ("heavier", "the lightest").
    """

    cue: Cue
    labels: frozenset[str]
    label: str
    sentence: str
    affirmed_by: tuple[str, ...]
    highest: tuple[re.Pattern[str], ...]
    lowest: tuple[re.Pattern[str], ...]

    @property
    def key(self) -> str:
        """The language-independent name of the property."""
        return self.cue.key


@dataclass(frozen=True, slots=True)
class Words:
    """Closed word lists, folded.

    stop: words that carry no meaning for a search. ordinary: words of product names that people also use otherwise.
    numbers, multipliers: value by word; joints stand inside a number, starts before a multiplier ("a hundred").
    ordinals: position by word, −1 the last. translations: words of this language → words of the catalogue.
    units: unit → (base unit, how many of it).
    """

    stop: frozenset[str]
    ordinary: frozenset[str]
    negations: frozenset[str]
    qualifiers: frozenset[str]
    pronouns: frozenset[str]
    colours: frozenset[str]
    articles: frozenset[str]
    numbers: Mapping[str, Decimal]
    multipliers: Mapping[str, Decimal]
    number_joints: frozenset[str]
    number_starts: frozenset[str]
    ordinals: Mapping[str, int]
    currencies: Mapping[str, str]
    translations: Mapping[str, tuple[str, ...]]
    units: Mapping[str, tuple[str, Decimal]]


@dataclass(frozen=True, slots=True)
class LanguagePack:
    """All of one language. flags: patterns that mark a question (`follow_up`, `under`, `pronoun` …) by name."""

    language: str
    intents: tuple[Cue, ...]
    flags: Mapping[str, tuple[re.Pattern[str], ...]]
    attributes: tuple[AttributeWords, ...]
    phrases: Mapping[str, tuple[str, ...]]
    formats: Mapping[str, str]
    categories: Mapping[str, str]
    values: Mapping[str, str]
    mask: str
    words: Words

    def flagged(self, flag: str, text: str) -> bool:
        """Whether the folded `text` bears a flag."""
        return any(pattern.search(text) for pattern in self.flags.get(flag, ()))


def load_language_packs(folder: Path) -> dict[str, LanguagePack]:
    """Every language of `folder` that has all files. Raises: ConfigError: a file cannot be read or lacks a part."""
    packs = {}
    for path in sorted(folder.iterdir()):
        if all((path / f"{name}.toml").is_file() for name in _FILES):
            packs[path.name] = load_language_pack(path)
    if not packs:
        raise ConfigError("language folder", str(folder), "it must hold a folder for each language")
    return packs


def load_language_pack(folder: Path) -> LanguagePack:
    """One language; the folder's name is its code. Raises: ConfigError."""
    try:
        data = {name: tomllib.loads((folder / f"{name}.toml").read_text("utf-8")) for name in _FILES}
        return _pack(folder.name, data)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, re.error) as error:
        raise ConfigError("language", str(folder), f"its files must be valid TOML and patterns: {error}") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ConfigError("language", str(folder), f"a part is missing or of a wrong form: {error}") from error


def _pack(language: str, data: Mapping[str, Any]) -> LanguagePack:
    phrases, intents = data["phrases"], data["intents"]
    return LanguagePack(
        language=language,
        intents=tuple(_cue(key, entry) for key, entry in intents["intent"].items()),
        flags={key: _patterns(found) for key, found in intents["flag"].items()},
        attributes=tuple(_attribute(key, entry) for key, entry in data["attributes"]["attribute"].items()),
        phrases={key: tuple(found) for key, found in phrases["phrase"].items()},
        formats=dict(phrases["format"]),
        categories={fold(key): name for key, name in phrases.get("category", {}).items()},
        values={fold(key): name for key, name in data["attributes"].get("value", {}).items()},
        mask=intents["mask"],
        words=_words(data["words"]),
    )


def _cue(key: str, entry: Mapping[str, Any]) -> Cue:
    return Cue(
        key, _patterns(entry.get("patterns", ())), tuple(entry.get("examples", ())), bool(entry.get("broad", False))
    )


def _patterns(sources: list[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(fold(source)) for source in sources)


def _attribute(key: str, entry: Mapping[str, Any]) -> AttributeWords:
    return AttributeWords(
        cue=_cue(key, entry),
        labels=frozenset(fold(label) for label in entry["labels"]),
        label=entry["label"],
        sentence=entry.get("sentence", ""),
        affirmed_by=tuple(fold(word) for word in entry.get("affirmed_by", ())),
        highest=_patterns(entry.get("highest", [])),
        lowest=_patterns(entry.get("lowest", [])),
    )


def _words(data: Mapping[str, Any]) -> Words:
    return Words(
        stop=_folded(data["stop"]),
        ordinary=_folded(data["ordinary"]),
        negations=_folded(data["negations"]),
        qualifiers=_folded(data["qualifiers"]),
        pronouns=_folded(data["pronouns"]),
        colours=_folded(data["colours"]),
        articles=_folded(data["articles"]),
        numbers={fold(word): Decimal(value) for word, value in data["numbers"].items()},
        multipliers={fold(word): Decimal(value) for word, value in data["multipliers"].items()},
        number_joints=_folded(data["number_joints"]),
        number_starts=_folded(data["number_starts"]),
        ordinals={fold(word): int(value) for word, value in data["ordinals"].items()},
        currencies={fold(word): code for word, code in data["currencies"].items()},
        translations={fold(word): tokens(" ".join(found)) for word, found in data["translations"].items()},
        units={fold(unit): (fold(base), Decimal(str(many))) for unit, (base, many) in data["units"].items()},
    )


def _folded(words: list[str]) -> frozenset[str]:
    return frozenset(part for word in words for part in tokens(word))

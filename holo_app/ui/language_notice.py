"""What the screen says about the language in use: what cannot be heard or said in it, and what to do instead. Free of Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from holo_app.dialogue.notices import LanguageUsed
from holo_app.ui.phrases import Phrases, phrases


@dataclass(frozen=True, slots=True)
class LanguageNotice:
    """title, hint: in the language in use; an invitation in each other language's own words may follow in the hint.

    points: the choice of languages stands out.
    """

    title: str
    hint: str
    points: bool


def language_notice(used: LanguageUsed | None, texts: Phrases) -> LanguageNotice | None:
    """The notice, or None where the language in use is heard and spoken and nothing went wrong."""
    if used is None or (used.heard and used.spoken and not used.advised):
        return None
    language = texts.language_name(used.language)
    heard = _either([texts.language_name(tag) for tag in used.hears], texts)
    if not used.heard:
        key = "unheard_hint" if used.spoken else "unheard_silent_hint"
        title = texts.text("language_notice", "unheard_title", language=language)
        return LanguageNotice(title, texts.text("language_notice", key, language=language, heard=heard), used.advised)
    if used.advised:
        title = texts.text("language_notice", "advised_title", heard=heard)
        others = [tag for tag in texts.tables["language"] if tag not in used.hears]
        return LanguageNotice(title, "\n".join(_invitation(tag) for tag in others), points=True)
    title = texts.text("language_notice", "mute_title", language=language)
    return LanguageNotice(title, texts.text("language_notice", "mute_hint"), points=False)


def _invitation(language: str) -> str:
    return phrases(language).text("language_notice", "invitation")


def _either(names: Sequence[str], texts: Phrases) -> str:
    return f" {texts.text('language_notice', 'or')} ".join(names)

"""From a language to the region that a speech service wants to hear of as well."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

_USUAL = (
    "ar-EG", "bg-BG", "bn-IN", "ca-ES", "cs-CZ", "da-DK", "de-DE", "el-GR", "en-US", "es-ES", "et-EE", "fi-FI", "fr-FR",
    "gu-IN", "he-IL", "hi-IN", "hr-HR", "hu-HU", "id-ID", "is-IS", "it-IT", "ja-JP", "kn-IN", "ko-KR", "lt-LT", "lv-LV",
    "ml-IN", "mr-IN", "ms-MY", "nb-NO", "nl-NL", "pl-PL", "pt-PT", "ro-RO", "ru-RU", "sk-SK", "sl-SI", "sr-RS", "sv-SE",
    "ta-IN", "te-IN", "th-TH", "tr-TR", "uk-UA", "vi-VN", "zh-CN",
)  # fmt: skip


class Locales:
    """The locale for each language (BCP 47 primary tags). own: those that a shop prefers, such as `en-GB`."""

    def __init__(self, own: Sequence[str] = ()) -> None:
        named = {locale.partition("-")[0]: locale for locale in (*_USUAL, *own)}
        # Norwegian goes by two names
        named.setdefault("no", named["nb"])
        self._by_language = MappingProxyType(named)

    @property
    def languages(self) -> frozenset[str]:
        """All that have one."""
        return frozenset(self._by_language)

    def of(self, language: str) -> str:
        """The locale of one of `languages`."""
        return self._by_language[language]

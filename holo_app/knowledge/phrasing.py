"""Turn facts into sentences of one language: phrases with variation, names, prices, lists, values."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from holo_app.domain.money import Money
from holo_app.domain.product import Product
from holo_app.knowledge.language_pack import LanguagePack
from holo_app.knowledge.product_facts import variant_parts
from holo_app.knowledge.wording import fold, tokens
from holo_app.ports.llm import FactUsed

_SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$", "JPY": "¥"}
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SENTENCE_START = re.compile(r"(?:^|(?<=[.!?] ))[^\W\d_](?![A-Z])")
_IDLE_COMMA = re.compile(r",(?=[.,!?])")
_VALUE_BREAK = re.compile(r"\s*[,;]\s*")


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of an answer that can be spoken by itself, with what it states and whom it is about."""

    text: str
    facts: tuple[FactUsed, ...] = ()
    products: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer. lead: SKUs to show, main first; those of the clauses follow."""

    clauses: tuple[Clause, ...]
    ends_conversation: bool = False
    lead: tuple[str, ...] = field(default=())


class Phrasebook:
    """Phrases of one language for one answer. `seed` decides among phrases of one meaning."""

    def __init__(self, pack: LanguagePack, *, seed: int, catalogue_language: str) -> None:
        self.pack = pack
        self._random = random.Random(seed)  # noqa: S311 - wording, not secrets
        self.native = pack.language == catalogue_language
        """Whether the catalogue's texts are in this language, so that they can be quoted."""

    def say(self, key: str, **values: str) -> str:
        """One of the phrases of `key`, filled. Raises: KeyError: the language has none (a bug in its files)."""
        phrase = self._random.choice(self.pack.phrases[key]).format(**values)
        return _SENTENCE_START.sub(lambda found: found[0].upper(), _IDLE_COMMA.sub("", phrase))

    def name(self, product: Product, *, whole: bool = True, apart: bool = False) -> str:
        """The product's name for the middle of a sentence: "Rain Jacket in navy"; without `whole`, less the variant.

        apart: the variant between commas where the language has it so: spoken, "watch in black" is heard as "watching black".
        """
        full = product.name_in(self.pack.language)
        base, comma, variant = full.rpartition(", ")
        if not comma or not variant_parts(product)[1]:
            return full
        if not whole:
            return base
        look = variant.lower() if self.pack.formats.get("variant_case") == "lower" else variant
        formats = self.pack.formats
        form = formats.get("variant_apart", formats["variant"]) if apart else formats["variant"]
        return form.format(name=base, variant=look)

    def the(self, product: Product, *, whole: bool = True, apart: bool = False) -> str:
        """The name with its article, where the language's phrases use one. whole, apart: as for `name`."""
        name, article = self.name(product, whole=whole, apart=apart), self.pack.formats.get("article", "")
        return name if not article or article in tokens(name) else f"{article} {name}"

    def join(self, items: Sequence[str], *, word: str = "and") -> str:
        """“a, b and c”."""
        if len(items) <= 1:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self.pack.formats[word]} {items[-1]}"

    def price(self, money: Money) -> str:
        """As it is written: "£149", "£39.90", "149 €"."""
        return format_price(money, self.pack.formats)

    def categories(self, categories: Sequence[str]) -> str:
        """The categories' names in this language, else as they are. They often hold an "and", so there is none between."""
        names = [self.pack.categories.get(fold(category), category) for category in categories]
        return ", ".join(names)

    def value(self, value: str) -> str:
        """A catalogue value in this language.

        Its parts are translated by the language's word list; parts with unknown words are left out, and where nothing
        is left the value is quoted as the catalogue writes it.
        """
        if self.native:
            return value
        parts = [translated for part in _VALUE_BREAK.split(value) if (translated := self._translate(part))]
        return ", ".join(parts) if parts else self.pack.formats["quoted"].format(value=value)

    def _translate(self, part: str) -> str:
        words, known = fold(part).split(), self.pack.values
        result: list[str] = []
        at = 0
        while at < len(words):
            for length in range(min(5, len(words) - at), 0, -1):
                phrase = " ".join(words[at : at + length])
                if phrase in known:
                    result.append(known[phrase])
                    at += length
                    break
            else:
                if not _NUMBER.fullmatch(words[at]) and not words[at].isupper() and not _is_code(words[at]):
                    return ""
                result.append(self._local(part.split()[at]))
                at += 1
        return " ".join(word for word in result if word)

    def _local(self, number: str) -> str:
        return number.replace(".", self.pack.formats["decimal_mark"]) if _NUMBER.fullmatch(number) else number


def _is_code(word: str) -> bool:
    """IPX5, USB-C and the like are the same in every language."""
    return any(letter.isdigit() for letter in word) and not word.isdigit()


def format_price(money: Money, rules: Mapping[str, str]) -> str:
    """Write money as `rules` say: price ("{symbol}{amount}"), decimal_mark, thousands_mark."""
    whole, part = divmod(abs(money.minor), 10**money.exponent)
    amount = f"{whole:,}".replace(",", rules["thousands_mark"])
    if part:
        amount += rules["decimal_mark"] + str(part).zfill(money.exponent)
    symbol = _SYMBOLS.get(money.currency, "")
    return rules["price"].format(symbol=symbol, amount=amount) if symbol else f"{amount} {money.currency}"

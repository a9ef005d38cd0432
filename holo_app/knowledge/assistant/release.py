"""What of a model's words may be said: one sentence at a time, unmarked, and only what the data carry."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from holo_app.domain.product import Product
from holo_app.knowledge.assistant.seen import Seen
from holo_app.knowledge.assistant.sentences import spoken, unmarked
from holo_app.knowledge.grounding_guard import figures_in, named_products, unfounded
from holo_app.knowledge.language_pack import Words
from holo_app.knowledge.replies.scene import price_fact
from holo_app.knowledge.wording import plain, stems, tokens
from holo_app.ports.llm import AnswerEvent, FactUsed, ProductShown, TextDelta

_MOST_SHOWN = 5
_TELLING_WORD = 4
"""Letters from which a word tells what a sentence is about."""
_LEAST_SHARE = 0.5


class UnfoundedError(Exception):
    """A sentence claims what the data do not carry. claims: of which kinds; never the words."""

    def __init__(self, claims: str) -> None:
        super().__init__(claims)
        self.claims = claims


class Release:
    """Checks the sentences of one answer in order.

    seen: what the model was told, which may grow. words: lists of the languages in which numbers may be spelled out. about:
    what the customer asks about, which "it" means until a sentence names something. asked: the customer's words. tags: stage
    directions.
    """

    def __init__(
        self, seen: Seen, words: Sequence[Words], about: Sequence[Product], asked: str, tags: frozenset[str]
    ) -> None:
        self._seen = seen
        self._words = tuple(words)
        self._about = tuple(about)
        self._asked = asked
        self._tags = tags
        self._shown: set[str] = set()
        self._silent = True

    def sentence(self, raw: str) -> Iterator[AnswerEvent]:
        """The events that say it; none where nothing of it can be spoken. Raises: UnfoundedError."""
        text = unmarked(raw, self._tags)
        heard = spoken(text)
        if not any(letter.isalnum() for letter in heard) or plain(heard) == plain(self._asked):
            # small models say the question again
            return
        grounding = self._seen.grounding()
        found = unfounded(heard, grounding, words=self._words, about=self._about, asked=self._asked)
        if found:
            raise UnfoundedError(", ".join(sorted({claim.claim.value for claim in found})))
        named = named_products(heard, tuple(self._seen.products.values()), self._words)
        self._about = named or self._about
        meant = named or (self._about if len(self._about) == 1 else ())
        for product in meant[:_MOST_SHOWN]:
            yield from self.show(product)
        yield from self._facts(heard, meant)
        yield TextDelta(text if self._silent else f" {text}")
        self._silent = False

    def show(self, product: Product) -> Iterator[AnswerEvent]:
        """The card of a product, once."""
        if product.sku not in self._shown:
            self._shown.add(product.sku)
            yield ProductShown(product.sku)

    def _facts(self, heard: str, meant: Collection[Product]) -> Iterator[FactUsed]:
        said = figures_in(heard, self._words)
        for product in meant:
            if product.price is not None and product.price.major in said:
                yield from price_fact(product)
        words = _telling(heard)
        for fact in self._seen.facts.values():
            text = next((text for text in fact.texts.values() if _shares(words, text)), None)
            if text is not None:
                yield FactUsed("store", fact.key, text)


def _shares(words: Collection[str], text: str) -> bool:
    return bool(words) and len(set(words) & _telling(text)) >= _LEAST_SHARE * len(words)


def _telling(text: str) -> frozenset[str]:
    return stems(word for word in tokens(text) if len(word) >= _TELLING_WORD)

"""Is an answer right, and is each price in it one that the shop has? Knows nothing of the guard."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from holo_app.knowledge.sample_shop import load_sample_shop
from tests.benchmarks.assistant.questions import Asked

_PRICE = re.compile(
    r"[£€$]\s?(\d[\d,]*(?:\.\d+)?)|(\d+(?:[.,]\d+)?)\s?(?:£|€|\$|pounds?\b|euros?\b|dollars?\b|pfund\b|livres?\b|gbp\b|eur\b)",
    re.IGNORECASE,
)
_SPELLED = re.compile(
    r"\b(?:\w+(?:ty|teen)|one|two|three|four|five|six|seven|eight|nine|ten|hundred)[ -](?:pounds?|euros?|quid)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a customer got. calls: of tools. provider: who answered. first_s: until the first sentence; None: there was none."""

    text: str
    shown: tuple[str, ...]
    provider: str
    calls: int
    first_s: float | None
    whole_s: float


def faults(asked: Asked, heard: Heard) -> list[str]:
    """What is wrong; nothing: it is right."""
    found = []
    if asked.shows and not set(asked.shows) & set(heard.shown):
        found.append(f"shows {heard.shown or 'nothing'}")
    found += [f"lacks {needed}" for needed in asked.says if not re.search(needed, heard.text, re.IGNORECASE)]
    found += [f"has {barred}" for barred in asked.never if re.search(barred, heard.text, re.IGNORECASE)]
    return found


def strange_prices(heard: Heard) -> list[str]:
    """Amounts that neither a product costs nor a text of the shop names. A price in words counts as one: none is needed."""
    known = _known_prices()
    said = [match[0] for match in _PRICE.finditer(heard.text) if _amount(match[1] or match[2]) not in known]
    return said + [match[0] for match in _SPELLED.finditer(heard.text)]


def _known_prices() -> set[Decimal]:
    shop = load_sample_shop()
    texts: Sequence[str] = [text for fact in shop.facts for text in fact.texts.values()]
    told = {_amount(match[1] or match[2]) for text in texts for match in _PRICE.finditer(text)}
    return told | {product.price.major.normalize() for product in shop.products if product.price}


def _amount(written: str) -> Decimal:
    plain = re.sub(r",(?=\d{3}\b)", "", written).replace(",", ".")
    return Decimal(plain).normalize()

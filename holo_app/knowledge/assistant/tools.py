"""What a language model may look up or do while it answers; every result is the catalogue's own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Protocol

from holo_app.domain.product import Product
from holo_app.errors import StorageError
from holo_app.knowledge.assistant.facts import MOST_PRODUCTS
from holo_app.knowledge.assistant.seen import Seen
from holo_app.knowledge.assistant.sheet import fact_line, product_line
from holo_app.knowledge.wording import fold
from holo_app.ports.chat import ChatTool, ToolCall, ToolResult
from holo_app.ports.retriever import Grounding, Retriever, ScoredProduct

SHOW_PRODUCT = "show_product"
_NEAR = 0.35
_MOST_FACTS = 2
_MOST_NEAR = 2
_NOTHING = "Nothing in the shop's data matches. The shop does not sell it."
_NEAREST = "The shop does not sell exactly that. The nearest that it has:"
_TEXT: Mapping[str, object] = {"type": "string"}
_NUMBER: Mapping[str, object] = {"type": "number"}

TOOLS = (
    ChatTool(
        "find_products",
        "Search the products that the shop sells.",
        {
            "type": "object",
            "properties": {"query": _TEXT, "max_price": _NUMBER, "min_price": _NUMBER, "category": _TEXT},
            "required": ["query"],
        },
    ),
    ChatTool(
        "product_details",
        "All that is known of one product.",
        {"type": "object", "properties": {"sku": _TEXT}, "required": ["sku"]},
    ),
    ChatTool(
        SHOW_PRODUCT,
        "Show the card of a product that you speak of on the screen.",
        {"type": "object", "properties": {"sku": _TEXT}, "required": ["sku"]},
    ),
    ChatTool(
        "shop_information",
        "What the shop says about itself: hours, returns, delivery, payment, warranty, parking and so on.",
        {"type": "object", "properties": {"topic": _TEXT}, "required": ["topic"]},
    ),
)


class ShopData(Protocol):
    """The shop's data, searched. Raises: StorageError, ProviderError."""

    async def search(self, text: str, *, language: str) -> Grounding: ...

    async def product(self, sku: str) -> Product | None: ...


class CatalogueData:
    """ShopData from a retriever, and from `lookup`, which reads one product from the database and may block."""

    def __init__(self, retriever: Retriever, lookup: Callable[[str], Product | None]) -> None:
        self._retriever = retriever
        self._lookup = lookup

    async def search(self, text: str, *, language: str) -> Grounding:
        return await self._retriever.retrieve(text, language=language)

    async def product(self, sku: str) -> Product | None:
        return await asyncio.to_thread(self._lookup, sku)


@dataclass(frozen=True, slots=True)
class Outcome:
    """show: the product whose card the model wants to be seen."""

    result: ToolResult
    show: Product | None = None


class Toolbox:
    """The tools of one answer. What they give is entered into `seen`."""

    def __init__(self, data: ShopData, seen: Seen, language: str) -> None:
        self._data = data
        self._seen = seen
        self._language = language

    async def use(self, call: ToolCall) -> Outcome:
        """Do what a call asks for; one that cannot be done has a failed result. Raises: ProviderError."""
        try:
            match call.name:
                case "find_products":
                    return Outcome(ToolResult(call, await self._find(call.arguments)))
                case "shop_information":
                    return Outcome(ToolResult(call, await self._inform(_text(call.arguments, "topic"))))
                case "product_details" | "show_product":
                    return await self._product(call)
        except StorageError:
            return Outcome(ToolResult(call, "The shop's data cannot be read now.", failed=True))
        return Outcome(ToolResult(call, "There is no such tool.", failed=True))

    async def _find(self, arguments: Mapping[str, object]) -> str:
        query, category = _text(arguments, "query"), fold(_text(arguments, "category"))
        grounding = await self._data.search(query, language=self._language)
        fitting = [
            scored
            for scored in grounding.products
            if _within(scored.product, _number(arguments, "min_price"), _number(arguments, "max_price"))
        ]
        # models make up categories: one that there is not must not hide what there is
        of_category = [scored for scored in fitting if category in fold(scored.product.category)]
        fitting = of_category or fitting
        bounded = any(name in arguments for name in ("max_price", "min_price")) or bool(category and of_category)
        matching = [scored for scored in fitting if scored.matches]
        if matching or bounded:
            return self._told(matching or fitting, grounding)
        near = [scored for scored in fitting if scored.score >= _NEAR][:_MOST_NEAR]
        return f"{_NEAREST}\n{self._told(near, grounding)}" if near else self._told(near, grounding)

    def _told(self, found: list[ScoredProduct], grounding: Grounding) -> str:
        products = [scored.product for scored in found[:MOST_PRODUCTS]]
        if not products:
            return f"{_NOTHING} The shop sells only: {', '.join(grounding.categories)}."
        self._seen.add(products)
        return "\n".join(product_line(product, self._language) for product in products)

    async def _inform(self, topic: str) -> str:
        grounding = await self._data.search(topic, language=self._language)
        facts = [scored.fact for scored in grounding.facts if scored.score >= _NEAR][:_MOST_FACTS]
        self._seen.add(facts=facts)
        return "\n".join(fact_line(fact, self._language) for fact in facts) or "The shop's data say nothing about it."

    async def _product(self, call: ToolCall) -> Outcome:
        sku = _text(call.arguments, "sku")
        product = self._seen.products.get(sku) or await self._data.product(sku)
        if product is None:
            return Outcome(ToolResult(call, "There is no product with this SKU.", failed=True))
        self._seen.add([product])
        if call.name == SHOW_PRODUCT:
            return Outcome(ToolResult(call, "It is on the screen."), show=product)
        return Outcome(ToolResult(call, product_line(product, self._language, whole=True)))


def _text(arguments: Mapping[str, object], name: str) -> str:
    value = arguments.get(name)
    return value.strip() if isinstance(value, str) else ""


def _number(arguments: Mapping[str, object], name: str) -> Decimal | None:
    value = arguments.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _within(product: Product, least: Decimal | None, most: Decimal | None) -> bool:
    if least is None and most is None:
        return True
    if product.price is None:
        return False
    return (least is None or product.price.major >= least) and (most is None or product.price.major <= most)

"""A maker's language model as the shop's assistant."""

from __future__ import annotations

from collections.abc import Mapping

from holo_app.bootstrap.answers import Answers
from holo_app.domain.product import Product
from holo_app.knowledge.assistant.assistant import SMALL_MODEL, AssistantSettings, ShopAssistant
from holo_app.knowledge.assistant.tools import CatalogueData
from holo_app.ports.chat import ChatModel
from holo_app.ports.repositories import Store


def shop_assistant(
    chat: ChatModel, store: Store, answers: Answers, names: Mapping[str, str], *, small: bool = False
) -> ShopAssistant:
    """What answers customers with `chat`; it goes into the chain before the composer, and is closed with it.

    names: of languages in English, by code. small: the model runs on the device, and is helped along.
    """

    def lookup(sku: str) -> Product | None:
        with store.transaction() as transaction:
            return transaction.products.get(sku)

    composer, settings = answers.composer, SMALL_MODEL if small else AssistantSettings()
    data = CatalogueData(answers.retriever, lookup)
    return ShopAssistant(chat, data, composer.understand, answers.packs, composer, settings=settings, names=names)

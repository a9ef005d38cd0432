"""What every embedder, retriever and answerer of the product promises by its port."""

from __future__ import annotations

import math
from contextlib import aclosing
from pathlib import Path

import pytest

from holo_app.domain.money import Money
from holo_app.domain.product import Product
from holo_app.errors import ModelFileError
from holo_app.knowledge.assistant.assistant import ShopAssistant
from holo_app.knowledge.assistant.tools import CatalogueData
from holo_app.knowledge.composer import AnswerComposer
from holo_app.knowledge.retriever import build_retriever
from holo_app.ports.embedder import Embedder
from holo_app.ports.llm import AnswerDone, AnswerRequest, LanguageModel, ProductShown, TextDelta
from holo_app.ports.retriever import Retriever
from holo_app.providers.usem3.embedder import UseEmbedder
from tests.fakes.answers import FakeAnswerer, FakeRetriever
from tests.fakes.chat import FakeChat
from tests.fakes.store import FakeStore
from tests.knowledge.hash_embedder import HashEmbedder
from tests.knowledge.shop import ROBIN, packs, real_embedder

_EMBEDDERS = [pytest.param(real_embedder, id="usem3", marks=pytest.mark.models), pytest.param(HashEmbedder, id="hash")]


def _stocked() -> FakeStore:
    store = FakeStore()
    with store.transaction() as work:
        work.products.upsert([Product("J-1", "Blue Jacket", "It keeps rain out.", Money(8900, "GBP"), 4)])
    return store


def _retriever() -> Retriever:
    return build_retriever(_stocked(), HashEmbedder(), packs())


def _assistant() -> LanguageModel:
    composer = AnswerComposer(packs(), HashEmbedder())
    data = CatalogueData(_retriever(), dict[str, Product]().get)
    return ShopAssistant(FakeChat(["With pleasure."]), data, composer.understand, packs(), composer)


_RETRIEVERS = [pytest.param(_retriever, id="catalogue"), pytest.param(FakeRetriever, id="fake")]
_ANSWERERS = [
    pytest.param(lambda: AnswerComposer(packs(), HashEmbedder()), id="composer"),
    pytest.param(_assistant, id="assistant"),
    pytest.param(FakeAnswerer, id="fake"),
]


@pytest.mark.parametrize("make", _EMBEDDERS)
class TestEmbedder:
    def test_unit_vectors_in_order(self, make: type[Embedder]) -> None:
        embedder = make()
        texts = ["a red coat", "zwei Uhren", ""]
        vectors = embedder.embed(texts)
        assert [len(vector) for vector in vectors] == [embedder.dimensions] * 3
        assert all(math.isclose(math.hypot(*vector), 1.0, abs_tol=1e-3) for vector in vectors)
        for text, vector in zip(texts, vectors, strict=True):
            assert embedder.embed([text])[0] == pytest.approx(vector, abs=1e-4)

    def test_no_texts_give_no_vectors(self, make: type[Embedder]) -> None:
        assert make().embed([]) == []


@pytest.mark.models
def test_one_meaning_in_two_languages_is_near() -> None:
    gift, present, banana = real_embedder().embed(["a gift for a child", "ein Geschenk für ein Kind", "diesel engine"])
    near = sum(a * b for a, b in zip(gift, present, strict=True))
    far = sum(a * b for a, b in zip(gift, banana, strict=True))
    assert near > 0.7
    assert far < 0.3


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"sentence-encoder: sp\.model is missing"):
        UseEmbedder(tmp_path)


def test_an_altered_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "sp.model").write_bytes(b"not a model")
    (tmp_path / "weights.npz").write_bytes(b"not weights")
    with pytest.raises(ModelFileError, match="cannot be read"):
        UseEmbedder(tmp_path)


@pytest.mark.parametrize("make", _RETRIEVERS)
async def test_a_retriever_finds_what_is_named(make: type[FakeRetriever]) -> None:
    grounding = await make().retrieve("how much is the blue jacket", language="en")
    assert grounding.products[0].product.name.lower() == "blue jacket"
    scores = [scored.score for scored in grounding.products]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("make", _ANSWERERS)
class TestAnswerer:
    @pytest.mark.parametrize("text", ["how much is the blue jacket", "", "?!", "x" * 2000])
    async def test_done_comes_once_and_last(self, make: type[LanguageModel], text: str) -> None:
        model = make()
        grounding = await _retriever().retrieve(text, language="en")
        events = [event async for event in model.answer(AnswerRequest(text, "en", ROBIN, grounding=grounding))]
        assert [isinstance(event, AnswerDone) for event in events].count(True) == 1
        assert isinstance(events[-1], AnswerDone)
        assert "".join(event.text for event in events if isinstance(event, TextDelta)).strip()
        await model.aclose()
        await model.aclose()

    async def test_it_may_be_closed_early(self, make: type[LanguageModel]) -> None:
        model = make()
        async with aclosing(model.answer(AnswerRequest("hello", "en", ROBIN))) as answer:
            assert isinstance(await anext(answer), TextDelta | ProductShown)
        await model.aclose()

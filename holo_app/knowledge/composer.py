"""The answer composer: answers from the grounding alone, without a language model, and so never invents.

It stands behind the same port as a language model. What it understands and says is data: `resources/language/<code>/`.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Collection, Iterator, Mapping
from types import MappingProxyType

from holo_app.knowledge.intents import IntentClassifier
from holo_app.knowledge.language_pack import LanguagePack
from holo_app.knowledge.phrasing import Clause, Phrasebook, Reply
from holo_app.knowledge.question import FACT, UNCLEAR, Question, QuestionReader
from holo_app.knowledge.reference import How, Targets, find_targets
from holo_app.knowledge.replies import choice, product, talk
from holo_app.knowledge.replies.scene import Scene, store_fact
from holo_app.ports.embedder import Embedder
from holo_app.ports.llm import NOT_UNDERSTOOD, AnswerDone, AnswerEvent, AnswerRequest, ProductShown, TextDelta

PROVIDER = "composer"

_Replier = Callable[[Scene], Reply]
_REPLIERS: Mapping[str, _Replier] = MappingProxyType(
    {
        FACT: store_fact,
        "goodbye": talk.goodbye,
        "identity": talk.identity,
        "repeat": talk.repeat,
        "affirm": talk.affirm,
        "categories": talk.categories,
        "price": product.price,
        "stock": product.stock,
        "attribute": product.attribute,
        "feature": product.feature,
        "describe": product.describe,
        "compare": choice.compare,
        "cheapest": choice.cheapest,
        "dearest": choice.dearest,
        "most": choice.most_of,
        "recommend": choice.recommend,
        "list": choice.products_of_kind,
        "buy": choice.buy,
    }
)
_HINTED = {How.NAME: product.describe, How.POINTED: product.describe, How.KIND: choice.products_of_kind}
"""What is told of products that a question names without saying what it wants."""


class AnswerComposer:
    """A LanguageModel without a model. Answers in under 15 ms once `warm` has run for the language."""

    def __init__(
        self,
        packs: Mapping[str, LanguagePack],
        embedder: Embedder,
        *,
        seed: int = 0,
        catalogue_language: str = "en",
        default_language: str = "en",
    ) -> None:
        """seed: varies the wording between kiosks or days. catalogue_language: of descriptions and property values.

        default_language: used for a language that has no pack; must have one.
        """
        self._packs = packs
        self._default = packs[default_language]
        self._seed = seed
        self._catalogue_language = catalogue_language
        self._labels = _labels(packs)
        self._classifiers = {code: IntentClassifier(pack, embedder) for code, pack in packs.items()}
        self._readers = {code: QuestionReader(pack, self._classifiers[code]) for code, pack in packs.items()}

    def warm(self, language: str) -> None:
        """Embed what the language's questions are compared with: about 0.3 s. Raises: ProviderError."""
        self._classifiers[self._pack(language).language].warm()

    async def answer(self, request: AnswerRequest) -> AsyncGenerator[AnswerEvent]:
        reply = self._reply(request)
        shown: set[str] = set()
        for at, clause in enumerate(reply.clauses):
            for sku in clause.products:
                if sku not in shown:
                    shown.add(sku)
                    yield ProductShown(sku)
            for fact in clause.facts:
                yield fact
            yield TextDelta(clause.text if at == 0 else f" {clause.text}")
        yield AnswerDone(PROVIDER, ends_conversation=reply.ends_conversation)

    async def aclose(self) -> None:
        """Nothing to free."""

    def understand(self, request: AnswerRequest) -> tuple[Question, Targets]:
        """What the question says and which products it means, for whoever answers it in other words. Raises: ProviderError."""
        pack = self._pack(request.language)
        question = self._readers[pack.language].read(request)
        return question, find_targets(question, request, pack)

    def _reply(self, request: AnswerRequest) -> Reply:
        pack = self._pack(request.language)
        question, targets = self.understand(request)
        book = Phrasebook(pack, seed=self._seed_of(request), catalogue_language=self._catalogue_language)
        scene = Scene(request, pack, question, targets, book, self._labels)
        reply = _replier(scene, question)(scene)
        return reply if reply.clauses else Reply((Clause(book.say("unclear"), (NOT_UNDERSTOOD,)),))

    def _pack(self, language: str) -> LanguagePack:
        return self._packs.get(language.partition("-")[0].lower(), self._default)

    def _seed_of(self, request: AnswerRequest) -> int:
        """One conversation asks for the same thing in other words each time, and the same way when it is replayed."""
        visit = str(request.history[0].conversation_id) if request.history else ""
        return zlib.crc32(f"{self._seed}|{visit}|{len(request.history)}|{request.text}".encode())


_OF_A_CHOICE = frozenset({"list", "recommend", "cheapest", "dearest", "most", "compare", "categories"})
_OF_A_PRODUCT = frozenset({UNCLEAR, "list", "price", "stock", "describe", "buy", "recommend"})
_OF_A_BUDGET = frozenset({UNCLEAR, "list", "recommend", "price", "cheapest"})


def _replier(scene: Scene, question: Question) -> _Replier:
    """Who answers: mostly the intent's own function, unless what the question is about tells otherwise."""
    rules = (*_rules_of_the_question(scene, question), *_rules_of_the_target(scene, question))
    chosen = next((replier for applies, replier in rules if applies), None)
    if chosen is not None:
        return chosen
    if question.intent == UNCLEAR:
        return _HINTED.get(scene.targets.how, talk.unclear)
    return _REPLIERS.get(question.intent, talk.plain_phrase)


def _rules_of_the_question(scene: Scene, question: Question) -> Iterator[tuple[bool, _Replier]]:
    """What the wording alone decides, first come first served."""
    intent = question.intent
    budget = bool(question.amounts) and question.has("under")
    yield budget and intent in _OF_A_BUDGET, choice.within_budget
    yield scene.targets.missing_colour and intent in _OF_A_PRODUCT, product.colours
    shop_wide = question.has("shop_wide") and bool(question.unmatched) and not question.has("pronoun")
    yield shop_wide and intent in {"attribute", "feature"}, choice.products_of_kind
    yield intent in {FACT, "attribute"} and product.has_evidence(scene), product.feature
    yield intent == "list" and not shop_wide and product.has_evidence(scene, least_words=1), product.feature
    yield intent == UNCLEAR and bool(question.colours) and bool(scene.products), product.colours
    yield bool(scene.request.grounding.focus) and _asks_other_size(scene), product.other_sizes
    measured = intent in {UNCLEAR, "most", "attribute"} and _asks_which(scene) and choice.asks_for_most(scene)
    yield measured, choice.most_of


def _rules_of_the_target(scene: Scene, question: Question) -> Iterator[tuple[bool, _Replier]]:
    """What the products that were found decide."""
    how, intent = scene.targets.how, question.intent
    renamed = question.inherited and how in {How.NAME, How.POINTED}
    yield renamed and intent in _OF_A_CHOICE, product.price
    yield intent in {"attribute", "feature"} and how in {How.USE, How.MEANING}, choice.products_of_kind


def _asks_other_size(scene: Scene) -> bool:
    question = scene.question
    sized = question.intent in {UNCLEAR, "most", "list", "stock", "feature"} or (
        question.attribute is not None and question.attribute.key in {"size", "dimensions"}
    )
    pointed = scene.targets.how not in {How.NAME, How.KIND}
    return sized and pointed and question.has("other_size") and not question.has("which")


def _asks_which(scene: Scene) -> bool:
    return scene.question.intent == "most" or scene.question.has("which")


def _labels(packs: Mapping[str, LanguagePack]) -> Mapping[str, Collection[str]]:
    labels: dict[str, set[str]] = defaultdict(set)
    for pack in packs.values():
        for attribute in pack.attributes:
            labels[attribute.key] |= attribute.labels
    return labels

"""What one question says, read without deciding yet which products it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from holo_app.domain.conversation import Role
from holo_app.knowledge.amounts import amounts_in
from holo_app.knowledge.intents import ATTRIBUTE, LEAST, IntentClassifier
from holo_app.knowledge.language_pack import AttributeWords, LanguagePack
from holo_app.knowledge.wording import plain, stem, stems, tokens, without
from holo_app.ports.llm import AnswerRequest
from holo_app.ports.retriever import MatchKind, ScoredFact

FACT = "fact"
UNCLEAR = ""
_CLEAR = 0.8
"""A follow-up ("and …") whose own intent scores below takes over what was asked before."""
_LEAST_FACT = 0.58
_LEAST_FOLLOWING_FACT = 0.4
"""The same for "what about …", where the words that are left say all there is to go by."""
_FAR = 0.3
"""A fact whose questions are less alike is not helped by a shared word."""
_SHARED_WORDS_BONUS = 0.3
_SAME_QUESTION_WORD_BONUS = 0.08
"""`Where can I pay` is nearer to `Where is the till` than its words say."""
_LOOK_BACK = 3
_TALK = frozenset(
    {
        "greeting",
        "thanks",
        "goodbye",
        "repeat",
        "help",
        "identity",
        "how_are_you",
        "insult",
        "small_talk",
        "manipulation",
        "affirm",
        "deny",
    }
)
"""Nothing that a follow-up could go on with."""


@dataclass(frozen=True, slots=True)
class Question:
    """intent: key of the language pack, FACT or UNCLEAR. plain: the text folded. content: its meaningful words.

    unmatched: content words that no product accounts for. amounts: (value, currency code or ""). colours: folded colour
    words. ordinal: 1-based position in what was last listed, −1 the last, None. inherited: the intent is the one of an
    earlier question; `asked` and `asked_plain` then hold that question's words too, else only this one's.
    """

    text: str
    plain: str
    words: tuple[str, ...]
    content: tuple[str, ...]
    unmatched: tuple[str, ...]
    intent: str
    attribute: AttributeWords | None
    fact: ScoredFact | None
    score: float
    inherited: bool
    asked: tuple[str, ...]
    asked_plain: str
    flags: frozenset[str]
    amounts: tuple[tuple[Decimal, str], ...]
    colours: tuple[str, ...]
    ordinal: int | None

    def has(self, flag: str) -> bool:
        """Whether the text bears one of the language pack's flags."""
        return flag in self.flags


class QuestionReader:
    """Reads questions of one language."""

    def __init__(self, pack: LanguagePack, classifier: IntentClassifier) -> None:
        self._pack = pack
        self._classifier = classifier
        self._attributes = {attribute.key: attribute for attribute in pack.attributes}

    def read(self, request: AnswerRequest) -> Question:
        """Understand `request.text`, with the help of what was asked before. Raises: ProviderError."""
        words, pack = tokens(request.text), self._pack
        flags = frozenset(flag for flag in pack.flags if pack.flagged(flag, " ".join(words)))
        content = without(words, pack.words.stop)
        unmatched = _unmatched(content, request, pack)
        fact = _best_fact(request.grounding.facts, unmatched, words[0] if words else "")
        intent, score = self._intent(request, fact)
        inherited = ""
        if "follow_up" in flags and not self._is_clear(intent, score, words):
            if unmatched and fact is not None and fact.score >= _LEAST_FOLLOWING_FACT:
                intent, score = FACT, fact.score
            else:
                earlier, inherited = self._earlier_intent(request)
                intent = earlier or intent
        return Question(
            text=request.text,
            plain=" ".join(words),
            words=words,
            content=content,
            unmatched=unmatched,
            intent=ATTRIBUTE.rstrip(":") if intent.startswith(ATTRIBUTE) else intent,
            attribute=self._attributes.get(intent.removeprefix(ATTRIBUTE)),
            fact=fact,
            score=score,
            inherited=bool(inherited),
            asked=(*tokens(inherited), *words) if inherited else words,
            asked_plain=plain(inherited) or " ".join(words),
            flags=flags,
            amounts=tuple(amounts_in(request.text, pack.words)),
            colours=tuple(word for word in words if word in pack.words.colours),
            ordinal=next((pack.words.ordinals[word] for word in words if word in pack.words.ordinals), None),
        )

    def _is_clear(self, intent: str, score: float, words: Sequence[str]) -> bool:
        return intent != UNCLEAR and (score >= _CLEAR or self._classifier.fits(intent, " ".join(words)))

    def _intent(self, request: AnswerRequest, fact: ScoredFact | None) -> tuple[str, float]:
        masked = _masked(request, self._pack)
        scores = self._classifier.scores(masked, plain(masked))
        intent = max(scores, key=scores.__getitem__)
        if fact is not None and fact.score >= max(_LEAST_FACT, scores[intent]):
            return FACT, fact.score
        return (intent, scores[intent]) if scores[intent] >= LEAST else (UNCLEAR, scores[intent])

    def _earlier_intent(self, request: AnswerRequest) -> tuple[str, str]:
        """Intent and text of the question that a follow-up goes on with; both "" where there is none."""
        asked = [message for message in request.history if message.role is Role.CUSTOMER]
        for message in reversed(asked[-_LOOK_BACK:]):
            text = plain(message.text)
            scores = self._classifier.scores(message.text, text)
            intent = max(scores, key=scores.__getitem__)
            if intent in _TALK:
                continue
            if scores[intent] >= LEAST and not self._pack.flagged("follow_up", text):
                return intent, message.text
        return UNCLEAR, ""


def _masked(request: AnswerRequest, pack: LanguagePack) -> str:
    """The question with product names replaced, so that only what is asked counts."""
    found = [match for scored in request.grounding.products for match in scored.matches]
    named = {match.words for match in found if match.kind is MatchKind.NAME}
    if not named:
        return request.text
    around = {word for match in found for word in match.words} | pack.words.articles
    words, covered = tokens(request.text), set[int]()
    for name in named:
        covered |= _positions(words, name)
    for step in (-1, 1):
        for start in sorted(covered):
            at = start + step
            while 0 <= at < len(words) and words[at] in around:
                covered.add(at)
                at += step
    kept = [
        pack.mask if at in covered else word
        for at, word in enumerate(words)
        if at not in covered or at - 1 not in covered
    ]
    return " ".join(kept)


def _positions(words: Sequence[str], name: Sequence[str]) -> set[int]:
    """Where `name` stands in `words`."""
    length = len(name)
    starts = (at for at in range(len(words) - length + 1) if tuple(words[at : at + length]) == tuple(name))
    return {at for start in starts for at in range(start, start + length)}


def _unmatched(content: Sequence[str], request: AnswerRequest, pack: LanguagePack) -> tuple[str, ...]:
    matched = {word for scored in request.grounding.products for match in scored.matches for word in match.words}
    translations: Mapping[str, tuple[str, ...]] = pack.words.translations
    return tuple(
        word
        for word in content
        if not matched.intersection((word, *translations.get(word, ())))
        and not word[0].isdigit()
        and word not in pack.words.colours
        and word not in pack.words.numbers
    )


def _best_fact(facts: Sequence[ScoredFact], words: Sequence[str], first_word: str) -> ScoredFact | None:
    """The nearest fact, where words that it shares with the question count for it."""
    weighed = [ScoredFact(scored.fact, scored.score + _shared(scored, words, first_word)) for scored in facts]
    return max(weighed, key=lambda scored: scored.score, default=None)


def _shared(scored: ScoredFact, words: Sequence[str], first_word: str) -> float:
    """What common words add: much for a fact that is near anyway, little for one that only shares a word."""
    asked = [tokens(question) for questions in scored.fact.questions.values() for question in questions]
    known = stems(word for question in asked for word in question)
    share = sum(stem(word) in known for word in words) / len(words) if words else 0.0
    nearness = min(max((scored.score - _FAR) / (_LEAST_FACT - _FAR), 0.0), 1.0)
    same_start = any(question[:1] == (first_word,) for question in asked)
    return nearness * (_SHARED_WORDS_BONUS * share + _SAME_QUESTION_WORD_BONUS * same_start)

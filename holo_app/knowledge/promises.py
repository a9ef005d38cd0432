"""Claims without a number that cost a shop money: discounts, gifts, what is sold, delivered when; in en, de, fr."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from holo_app.knowledge.wording import stem, tokens


class Promise(StrEnum):
    """Of which kind."""

    DISCOUNT = "discount"
    FREE = "free"
    DELIVERY = "delivery"
    RANGE = "range"
    """That the shop sells something."""


_DISCOUNT = re.compile(
    r"\b(discount\w*|half[ -]price|half off|on sale|on offer|special offer|special price|reduced|reduction|bargain"
    r"|cheaper for you|voucher|coupon|cashback"
    r"|rabatt\w*|reduziert\w*|sonderangebot\w*|sonderpreis\w*|im angebot|ermassig\w*|nachlass|zum halben preis|gutschein\w*"
    r"|remise\w*|rabais|soldes?|en promotion|promotion\w*|reduit\w*|moitie prix|prix special|bon d achat)\b"
    r"|\d\s?(?:%|percent|per cent|prozent|pour cent|[a-z]+) (?:off|rabatt|de remise)\b"
)
_FREE = re.compile(
    r"(?<!feel )(?<!hands )(?<![-])\bfree\b(?! (?:to|of (?!charge)|from|standing|time)\b)(?!-)"
    r"|\b(for nothing|no charge|without charge|complimentary|on the house|costs? nothing"
    r"|gratis|kostenlos\w*|kostenfrei\w*|umsonst|geschenkt|gratuit\w*|offert\w*|sans frais)\b"
)
_DELIVERY = re.compile(
    r"\b(deliver\w*|ship(?:s|ped|ping|ment)?|send (?:it|them)|sent to you|courier|arrives?"
    r"|liefer\w*|geliefert|versand\w*|versenden|verschick\w*|zustell\w*|livr\w*|expedi\w*)\b"
)
_DAYS = (
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    "|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag"
    "|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
)
_WHEN = re.compile(
    r"\b(today|tonight|tomorrow|overnight|next[ -]day|same[ -]day|immediately|right away|within (?:the|an) hour|this week"
    r"|next week|heute|morgen|ubermorgen|sofort|umgehend|noch diese woche|nachste woche"
    r"|aujourd hui|demain|immediatement|tout de suite|cette semaine"
    rf"|{_DAYS})\b"
)
_SELLS = re.compile(
    r"\b(?:we|i|the shop|our shop)(?: also| do| can)? (?:sell|have|carry|stock|offer|provide)s? (?P<what>.+)"
    r"|\b(?:wir|ich)(?: auch)? (?:verkaufen|haben|fuhren|bieten|fuhre|habe)(?: auch| ihnen)? (?P<was>.+)"
    r"|\b(?:haben|fuhren|verkaufen|bieten) wir(?: auch)? (?P<auch>.+)"
    r"|\bnous (?:vendons|avons|proposons|offrons)(?: aussi)? (?P<quoi>.+)"
)
_DENIED = re.compile(
    r"\b(not|no|never|nothing|cannot|unable|without|(?:can|don|doesn|isn|won|aren) ?t"
    r"|kein\w*|nicht|nie|pas|aucun\w*|jamais)\b"
)
_ASKS = re.compile(r"\?\s*$")
_CLAUSE = re.compile(r"[,;:.!]+(?:\s|$)|\b(?:but|aber|doch|mais|sondern)\b")
_TELLING = 4
_STEM = 5
_SHARED = 6
_VAGUE_WORDS = """
    option options selection choice choices product products thing things something anything items article range several various
    many some nothing more other others colleague colleagues staff great lovely nice good also like information data answer
    auswahl produkte artikel etwas einige mehrere viele verschiedene andere kollegen
    choix produits articles quelque chose plusieurs autres collegues
"""
_VAGUE = {stem(word)[:_STEM] for word in _VAGUE_WORDS.split()}
_KINDS = {Promise.DISCOUNT: _DISCOUNT, Promise.FREE: _FREE, Promise.DELIVERY: _DELIVERY}


@dataclass(frozen=True, slots=True)
class Sources:
    """own: texts of the products that the sentence is about. texts: what the shop says about itself. All folded.

    named: the sentence names a product that there is.
    """

    own: Collection[str]
    texts: Collection[str]
    named: bool = False


def broken_promises(sentence: str, sources: Sources) -> list[Promise]:
    """What a folded sentence promises and no source does.

    A promise needs a source of the same kind: a text of the product itself, or a text of the shop; one of a discount or gift
    must share a telling word with the sentence. A promise whose clause denies it is none.
    """
    clauses = [clause for clause in _CLAUSE.split(sentence) if clause]
    broken = [
        kind
        for kind, pattern in _KINDS.items()
        if any(_is_made(clause, pattern) for clause in clauses) and not _carried(sentence, pattern, sources)
    ]
    if _ASKS.search(sentence):
        return [kind for kind in broken if kind is not Promise.DELIVERY]
    if Promise.DELIVERY not in broken and _is_too_soon(sentence, sources):
        broken.append(Promise.DELIVERY)
    if not _DENIED.search(sentence) and _sells_what_it_has_not(sentence, sources):
        broken.append(Promise.RANGE)
    return broken


def _is_made(clause: str, pattern: re.Pattern[str]) -> bool:
    return bool(pattern.search(clause)) and not _DENIED.search(pattern.sub(" ", clause))


def _is_too_soon(sentence: str, sources: Sources) -> bool:
    """A day or hour of delivery that no text tells."""
    if not any(_is_made(clause, _DELIVERY) for clause in _CLAUSE.split(sentence)):
        return False
    told = " | ".join(text for text in sources.texts if _DELIVERY.search(text))
    return any(match[0] not in told for match in _WHEN.finditer(sentence))


def _sells_what_it_has_not(sentence: str, sources: Sources) -> bool:
    """Such as "yes, we sell bicycles", where nothing that was read speaks of bicycles."""
    match = None if sources.named else _SELLS.search(sentence)
    if match is None:
        return False
    what = next(part for part in match.groups() if part is not None)
    named = {word[:_STEM] for word in _telling(what)} - _VAGUE
    known = {word[:_STEM] for text in (*sources.own, *sources.texts) for word in _telling(text)}
    return bool(named) and not named & known


def _carried(sentence: str, pattern: re.Pattern[str], sources: Sources) -> bool:
    if any(pattern.search(text) for text in sources.own):
        return True
    if pattern is _DELIVERY:
        return any(pattern.search(text) for text in sources.texts)
    promised = {stem(word) for match in pattern.finditer(sentence) for word in tokens(match[0])}
    return any(pattern.search(text) and shared_words(sentence, text, promised) for text in sources.texts)


def shared_words(sentence: str, text: str, but: Collection[str] = ()) -> bool:
    """Whether two texts share a telling word, rough stems compared; words of the promise itself do not count."""
    return bool(_telling(sentence) & _telling(text) - set(but))


def _telling(text: str) -> set[str]:
    return {stem(word)[:_SHARED] for word in tokens(text) if len(word) >= _TELLING and not word[0].isdigit()} - _COMMON


_COMMON_WORDS = """
    free charge with have from that this your they them will here what pound pounds euro euros dollar dollars price costs cost
    item items percent oder eine einen einem einer kosten kostet preis pfund prozent nous vous avec pour prix coute livres cent
    shop store wir haben sind sie ihnen ihre alle unsere unser and our are you get gets can days hours working week weeks
    gratis kostenlos gratuit gratuite gratuitement offert discount rabatt remise
"""
_COMMON = {stem(word)[:_SHARED] for word in _COMMON_WORDS.split()}

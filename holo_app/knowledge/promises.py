"""Claims without a number that cost a shop money: discounts, gifts, and when something is delivered. English, German, French."""

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
    r"\b(discount\w*|half[ -]price|half off|on sale|on offer|special offer|special price|reduced|reduction|bargain|cheaper for you|"
    r"rabatt\w*|reduziert\w*|sonderangebot\w*|sonderpreis\w*|im angebot|ermassig\w*|nachlass|zum halben preis|"
    r"remise\w*|rabais|soldes?|en promotion|promotion\w*|reduit\w*|moitie prix|prix special|"
    r"voucher|coupon|cashback|gutschein\w*|bon d achat)\b|\d\s?(?:%|percent|per cent|prozent|pour cent|[a-z]+) (?:off|rabatt|de remise)\b"
)
_FREE = re.compile(
    r"(?<!feel )(?<!hands )(?<![-])\bfree\b(?! (?:to|of (?!charge)|from|standing|time)\b)(?!-)|"
    r"\b(for nothing|no charge|without charge|complimentary|on the house|costs? nothing|"
    r"gratis|kostenlos\w*|kostenfrei\w*|umsonst|geschenkt|gratuit\w*|offert\w*|sans frais)\b"
)
_DELIVERY = re.compile(
    r"\b(deliver\w*|ship(?:s|ped|ping|ment)?|send (?:it|them)|sent to you|courier|arrives?|"
    r"liefer\w*|geliefert|versand\w*|versenden|verschick\w*|zustell\w*|livr\w*|expedi\w*)\b"
)
_WHEN = re.compile(
    r"\b(today|tonight|tomorrow|overnight|next[ -]day|same[ -]day|immediately|right away|within (?:the|an) hour|this week|next week|"
    r"by (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)|on (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)|"
    r"heute|morgen|ubermorgen|sofort|umgehend|noch diese woche|nachste woche|"
    r"(?:am|bis) (?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)|"
    r"aujourd hui|demain|immediatement|tout de suite|cette semaine|"
    r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche))\b"
)
_SELLS = re.compile(
    r"\b(?:we|i|the shop|our shop)(?: also| do| can)? (?:sell|have|carry|stock|offer|provide)s? (?P<what>.+)|"
    r"\b(?:wir|ich)(?: auch)? (?:verkaufen|haben|fuhren|bieten|fuhre|habe)(?: auch| ihnen)? (?P<was>.+)|"
    r"\b(?:haben|fuhren|verkaufen|bieten) wir(?: auch)? (?P<auch>.+)|"
    r"\bnous (?:vendons|avons|proposons|offrons)(?: aussi)? (?P<quoi>.+)"
)
_DENIED = re.compile(
    r"\b(not|no|never|nothing|can ?t|cannot|don ?t|doesn ?t|isn ?t|won ?t|aren ?t|don t|can t|isn t|doesn t|won t|aren t|unable|without|"
    r"kein\w*|nicht|nie|leider|pas|aucun\w*|jamais|ne)\b"
)
_ASKS = re.compile(r"\?\s*$")
_TELLING = 4
_STEM = 5
_VAGUE = {
    stem(word)[:5]
    for word in (
        "option options selection choice choices product products thing things something anything items article range several various "
        "many some nothing more other others colleague colleagues staff great lovely nice good also like information data answer "
        "auswahl produkte artikel etwas einige mehrere viele verschiedene andere kollegen "
        "choix produits articles quelque chose plusieurs autres collegues"
    ).split()
}
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

    A promise needs a source of the same kind: a text of the product itself, or a text of the shop; one of a discount or gift must
    share a telling word with the sentence. A promise that is denied, or only asked about, is none.
    """
    if _ASKS.search(sentence) or _DENIED.search(sentence):
        return []
    broken = [
        kind
        for kind, pattern in _KINDS.items()
        if pattern.search(sentence) and not _carried(sentence, pattern, sources)
    ]
    when = {match[0] for match in _WHEN.finditer(sentence)} if _DELIVERY.search(sentence) else set()
    told = " | ".join(sources.texts)
    if Promise.DELIVERY not in broken and any(word not in told for word in when):
        broken.append(Promise.DELIVERY)
    return [*broken, *([Promise.RANGE] if _sells_what_it_has_not(sentence, sources) else [])]


def _sells_what_it_has_not(sentence: str, sources: Sources) -> bool:
    """ "Yes, we sell bicycles", where nothing that was read speaks of bicycles."""
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
    return {stem(word)[:6] for word in tokens(text) if len(word) >= _TELLING and not word[0].isdigit()} - _COMMON


_COMMON = {
    stem(word)[:6]
    for word in (
        "free charge with have from that this your they them will here what pound pounds euro euros dollar dollars price costs cost "
        "item items percent oder eine einen einem einer kosten kostet preis pfund prozent nous vous avec pour prix coute livres cent "
        "shop store wir haben sind sie ihnen ihre alle unsere unser and our are you get gets can days hours working week weeks "
        "gratis kostenlos gratuit gratuite gratuitement offert discount rabatt remise"
    ).split()
}

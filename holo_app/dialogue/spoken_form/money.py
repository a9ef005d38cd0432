"""Prices: £1,299.00 · 12,50 € · EUR 12.50 · 99p · £5–£9 · 5,– €."""

from __future__ import annotations

import re

from holo_app.dialogue.spoken_form.rules import DASH, NUMBER, Rules, alternatives, split

_CENTS = 2


def prices(text: str, rules: Rules) -> str:
    """All prices of a text."""
    money = alternatives(rules.currency)
    text = re.sub(rf"(\d)[,.](?:[–—]|-{{1,2}})(?=\s?(?:{money})|\s|$)", r"\1", text)
    text = re.sub(rf"(?<!\d )(?<![\w.,]){DASH}\s?(?=(?:{money})\s?\d)", f"{rules.texts['minus']} ", text)

    def before(found: re.Match[str]) -> str:
        return _one_or_two(found[2], found[3], found[1], rules)

    def after(found: re.Match[str]) -> str:
        if not rules.currency[found[3]][1] and not re.fullmatch(r"\d{1,2}", found[2] or found[1]):
            return found[0]  # 1080p is a picture
        return _one_or_two(found[1], found[2], found[3], rules)

    # the second sign of a range is the first one again
    text = re.sub(rf"(?<!\w)({money})\s?({NUMBER})(?:\s?{DASH}\s?(?:\1\s?)?({NUMBER})(?!\w))?", before, text)
    return re.sub(
        rf"(?<![\w.,])({NUMBER})(?:\s?{DASH}\s?({NUMBER}))?\s?({money})(?!\w|\.m)", after, _two_signs(text, money)
    )


def _two_signs(text: str, money: str) -> str:
    """The range "5 € – 9 €" is "5 – 9 €"."""
    return re.sub(rf"({NUMBER})\s?({money})(?=\s?{DASH}\s?{NUMBER}\s?\2)", r"\1", text)


def _one_or_two(low: str, high: str | None, sign: str, rules: Rules) -> str:
    """A price, or a range of them; where both are round, the currency is said once."""
    said = price(high or low, sign, rules)
    if high is None:
        return said
    whole, decimals = split(low)
    round_ones = not decimals.strip("0") and not split(high)[1].strip("0")
    return f"{whole if round_ones else price(low, sign, rules)} {rules.texts['to']} {said}"


def price(amount: str, sign: str, rules: Rules) -> str:
    """One price; what has more than two decimals is no everyday price, and is said as a number."""
    whole, decimals = split(amount)
    one, many, cent, cents = rules.currency[sign]
    if not many:
        return rules.counted(amount, (cent, cents))
    if len(decimals.rstrip("0")) > _CENTS:
        return f"{whole}{rules.texts['decimal_mark']}{decimals} {many}"
    small = int(decimals.ljust(_CENTS, "0")[:_CENTS]) if decimals else 0
    pieces = rules.counted(whole, (one, many))
    if not small:
        return pieces
    if whole.strip("0") == "":
        return rules.counted(str(small), (cent, cents))
    return f"{pieces} {small}"

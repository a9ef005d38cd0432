"""Numbers themselves: fractions, ordinals, signs, ranges, and the marks inside them."""

from __future__ import annotations

import re

from holo_app.dialogue.spoken_form.rules import DASH, NUMBER, Rules, alternatives, split

_GLYPHS = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8"}


def fractions(text: str, rules: Rules) -> str:
    """1/2, ¼, 9½."""
    text = re.sub(rf"(\d?)([{''.join(_GLYPHS)}])", lambda found: f"{found[1]} {_GLYPHS[found[2]]} ".lstrip(), text)
    known = alternatives(rules.fraction)

    def said(found: re.Match[str]) -> str:
        part = rules.fraction[found[2]]
        return rules.texts["mixed"].format(whole=found[1], part=part) if found[1] else part

    text = re.sub(rf"(?<![\d/.,])(?:(\d+)\s)?({known})(?![\d/])", said, text)
    return re.sub(r"(?<![\d/.,\w])(\d+)/(\d+)(?![\d/\w])", rf"\1 {rules.texts['over']} \2", text)


def ordinals(text: str, rules: Rules) -> str:
    """What the language writes shorter than it says: 2e → deuxième. English ones are read right as they are."""
    endings = rules.texts["ordinal_endings"]
    if not endings:
        return text

    def said(found: re.Match[str]) -> str:
        number = int(found[1])
        return rules.ordinal[number - 1] if 0 < number <= len(rules.ordinal) else found[0]

    return re.sub(rf"\b(\d{{1,2}})\s?(?:{endings})(?!\w)", said, text)


def negatives(text: str, rules: Rules) -> str:
    """A dash that stands before a number, and behind no other one."""
    minus = rules.texts["minus"]
    text = re.sub(r"(?<![\w.,)])−\s?(?=\d)", f"{minus} ", text)
    return re.sub(r"(?:(?<=^)|(?<=[\s(]))(?<!\d )[-–](?=\d)", f"{minus} ", text)


def ranges(text: str, rules: Rules) -> str:
    """10–15 cm, 2-3 days; two numbers with a plain hyphen between them and no word behind them are no range."""
    to = f" {rules.texts['to']} "
    units = alternatives(rules.unit)
    text = re.sub(rf"(?<=\d)(\s?(?:{units}|%|°C?))?\s?[–—]\s?(?=\d)", lambda found: f"{found[1] or ''}{to}", text)
    number = rf"(?<![\w.,/-]){NUMBER}"
    return re.sub(rf"({number})-({NUMBER})(?=\s?(?:[^\W\d_]|[%€£$°\"]|$|[.,;:!?)](?:\s|$)))(?!-)", rf"\1{to}\2", text)


def marks(text: str, rules: Rules) -> str:
    """Take the marks of thousands out, and use the language's own decimal mark."""

    def said(found: re.Match[str]) -> str:
        if len(re.findall(r"[.,]", found[0])) > 1 and not re.fullmatch(NUMBER, found[0]):
            return found[0]
        whole, decimals = split(found[0])
        return f"{whole}{rules.texts['decimal_mark']}{decimals}" if decimals else whole

    text = re.sub(r"(?<![\w.,])\d+(?:[.,\u00a0\u202f]\d+)+(?!\w)", said, text)
    return re.sub(rf"(?<=\d)\s?{DASH}\s(?=\d)", f" {rules.texts['to']} ", text)

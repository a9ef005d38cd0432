"""What is spelt out: article numbers, protection classes, telephone numbers, sizes, addresses of the web."""

from __future__ import annotations

import re

from holo_app.dialogue.spoken_form.rules import DASH, Rules, alternatives

_SIZE = r"(?:[2-6]XL|X{1,3}[SL]|[SML])"
_LEAST_DIGITS = 7


def addresses(text: str, rules: Rules) -> str:
    """E-mail addresses and addresses of the web, with their signs as words."""
    signs = {"@": rules.texts["at"], ".": rules.texts["dot"], "/": rules.texts["slash"], "-": rules.texts["hyphen"]}
    signs |= {"_": rules.texts["underscore"]}

    def said(found: re.Match[str]) -> str:
        address = re.sub(r"^https?://", "", found[0]).rstrip("/")
        return re.sub(r"[@./_-]", lambda sign: f" {signs[sign[0]]} ", address)

    mail = r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    page = r"\b(?:https?://[\w.-]+\w|www\.[\w-]+(?:\.[\w-]+)+|[a-z][\w-]*(?:\.[a-z][\w-]+)*\.(?:com|org|net|shop|co\.uk|uk|de|fr|eu|ch|at))\b(?:/[\w./-]*\w)?/?"
    return re.sub(page, said, re.sub(mail, said, text))


def telephone_numbers(text: str, rules: Rules) -> str:
    """Digit by digit; a pause where the number has a gap. A number is one when it begins with a nought or a plus."""

    def said(found: re.Match[str]) -> str:
        groups = re.findall(r"\d+", found[0].replace("(0)", ""))
        if sum(map(len, groups)) < _LEAST_DIGITS:
            return found[0]
        plus = f"{rules.texts['plus']} " if found[0].startswith("+") else ""
        return plus + ", ".join(" ".join(group) for group in groups)

    return re.sub(r"(?<![\w.,€£$+-])(?:\+\d{1,3}|\(?0\d*\)?)(?:[ \u00a0/()-]{0,2}\d+)+(?![\w.,]*\d)", said, text)


def sizes(text: str, rules: Rules) -> str:
    """Sizes of clothes, letter by letter: S/M/XL → S, M, X L; S–XL → S to X L."""

    def spelt(size: str) -> str:
        return " ".join(size)

    def several(found: re.Match[str]) -> str:
        return ", ".join(spelt(size) for size in re.split(r"\s?/\s?", found[0]))

    def span(found: re.Match[str]) -> str:
        return f"{spelt(found[1])} {rules.texts['to']} {spelt(found[2])}"

    text = re.sub(rf"(?<![\w/&]){_SIZE}(?:\s?/\s?{_SIZE})+(?![\w/])", several, text)
    text = re.sub(rf"(?<![\w/&]){DASH}?({_SIZE})\s?{DASH}\s?({_SIZE})(?![\w/])", span, text)
    return re.sub(r"(?<![\w/&-])(?:[2-6]XL|X{1,3}[SL])(?![\w/-])", lambda found: spelt(found[0]), text)


def acronyms(text: str, rules: Rules) -> str:
    """Those that a voice would read as words, letter by letter; USB-C keeps its last one."""

    def spelt(found: re.Match[str]) -> str:
        return " ".join(found[1] + (found[2] or "").lstrip("-")) + (found[3] or "")

    return re.sub(rf"(?<![\w-])({alternatives(rules.spelt)})(-[A-Z](?!\w))?(s(?!\w))?(?!\w)", spelt, text)


def versions(text: str, rules: Rules) -> str:
    """Bluetooth 5.3 is no decimal number, where the language tells the two apart."""
    if not rules.texts["version_point"]:
        return text
    return re.sub(
        r"\b((?:Bluetooth|USB|U S B|HDMI|H D M I|Android|iOS|Wi-?Fi|WLAN|Version|v)[ \u00a0]?\d+)\.(\d+)(?![\w.])",
        rf"\1 {rules.texts['version_point']} \2",
        text,
    )


def articles(text: str, _rules: Rules) -> str:
    """Article numbers and protection classes, letter by letter: P-014 → P 0 1 4, IP67 → I P 67."""
    text = re.sub(r"\b([A-Z]{1,4})-(\d{2,6})\b", lambda found: f"{' '.join(found[1])} {' '.join(found[2])}", text)
    return re.sub(r"\b(IPX?)(\d+)\b", lambda found: f"{' '.join(found[1])} {found[2]}", text)

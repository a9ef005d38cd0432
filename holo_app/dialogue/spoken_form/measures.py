"""Units and dimensions: 30 x 20 x 10 cm · 5.5" · 20 m² · 25 km/h · −5 °C · 50 %."""

from __future__ import annotations

import re

from holo_app.dialogue.spoken_form.rules import NUMBER, Rules, alternatives, split

_INCH = r"(?:″|”|\"|in\.|in(?=\s*(?:$|[,;:)x×])))"


def dimensions(text: str, rules: Rules) -> str:
    """Lengths by lengths; the unit may stand behind each."""
    units = alternatives(unit for unit in rules.unit if unit not in {"x", "X"})
    return re.sub(rf"(?<=\d)(\s?(?:{units}|\"))?\s?[×xX]\s?(?=\d)", rf"\1 {rules.texts['by']} ", text)


def units(text: str, rules: Rules) -> str:
    """Every unit that stands behind a number."""

    def said(found: re.Match[str]) -> str:
        return rules.counted(_local(found[1], rules), rules.unit[found[2]])

    def inches(found: re.Match[str]) -> str:
        return rules.counted(_local(found[1], rules), rules.unit["inch"])

    text = re.sub(rf"(?<![\w.,])({NUMBER})\s?{_INCH}(?!\w)", inches, text)
    return re.sub(rf"(?<![\w.,])({NUMBER})\s?({alternatives(rules.unit)})(?![\w'’²³])", said, text)


def _local(number: str, rules: Rules) -> str:
    whole, decimals = split(number)
    return f"{whole}{rules.texts['decimal_mark']}{decimals}" if decimals else whole

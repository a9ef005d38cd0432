"""Abbreviations, and the signs that stand for words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from holo_app.dialogue.spoken_form.rules import Rules, alternatives


def abbreviations(text: str, rules: Rules) -> str:
    """The language's own; some are abbreviations only before a number ("No. 5", "min. 2 m")."""
    for table, behind in ((rules.before_number, r"(?=\s?\d)"), (rules.word, r"(?!\w)")):
        text = re.sub(rf"(?<![\w.])(?:{alternatives(table)}){behind}", partial(_said, table), text, flags=re.IGNORECASE)
    return text


def _said(table: Mapping[str, str], found: re.Match[str]) -> str:
    """A capital at the beginning of a sentence stays one; "Dr." has its own."""
    written = found[0]
    key = next(key for key in table if key.lower() == written.lower())
    said = table[key]
    return said[:1].upper() + said[1:] if written[0].isupper() and key[0].islower() else said


def signs(text: str, rules: Rules) -> str:
    """Every sign that is still there and stands for a word."""
    texts = rules.texts
    text = re.sub(r"\s?&\s?", f" {texts['and']} ", text)
    text = re.sub(r"(?<=[\d\w])\s?\+(?=\s|$|[.,;:!?)])", f" {texts['plus']}", text)
    text = re.sub(r"\s\+\s?|(?<!\w)\+(?=\d)", f" {texts['plus']} ", text)
    text = re.sub(r"\s?=\s?", f" {texts['equals']} ", text)
    text = re.sub(r"(?<=\d)\s?%", f" {texts['percent']}", text)
    text = re.sub(r"%", f" {texts['percent']} ", text)
    text = re.sub(r"(?<=\w)\s?@\s?(?=\w)", f" {texts['at']} ", text)
    text = re.sub(r"#\s?(?=\d)", f"{texts['number']} ", text)
    text = re.sub(r"°", f" {texts['degree']} ", text)
    # a price nobody could read as one: better a bare name than a sign
    return re.sub(
        f"[{re.escape(''.join(sign for sign in rules.currency if not sign.isalpha()))}]",
        lambda found: f" {rules.currency[found[0]][1]} ",
        text,
    )

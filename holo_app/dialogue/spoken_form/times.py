"""Times of day: 9:00–18:30 · 9am-5pm · 18h30 · 9 Uhr · 24/7."""

from __future__ import annotations

import re

from holo_app.dialogue.spoken_form.rules import DASH, Rules

_NOON = 12
_TENS = 10
_HOURS = 24
_MINUTES = 60
_CLOCK = r"(?<![\d:.,])(\d{1,2})(?::|[hH](?=\d{2}))(\d{2})(?![\d:])(?:\s?([ap])\.?m\b\.?)?"
_HALF_DAY = r"(?<![\d:.,])(\d{1,2})\s?([ap])\.?m\b\.?"


def times(text: str, rules: Rules) -> str:
    """All times of a text, and what lies between two of them."""
    text = re.sub(
        rf"(?<=[\dhmHM.])\s?{DASH}\s?(?=\d{{1,2}}(?::\d\d|[hH]\b|[hH]\d\d|\s?[ap]\.?m\b))",
        f" {rules.texts['to']} ",
        text,
    )
    text = re.sub(rf"({_CLOCK})\s?{DASH}\s?(?=\d)", rf"\1 {rules.texts['to']} ", text)
    text = re.sub(_CLOCK + rules.texts["clock_word"], lambda found: _clock(found, rules), text, flags=re.IGNORECASE)
    if rules.texts["clock_hour"]:
        text = re.sub(r"(?<![\w.,])(\d{1,2})\s?h(?!\w)(?=\s(?:à|-|–|et|\d)|\s?$)", rules.texts["clock_hour"], text)
    half = {"a": rules.texts["am"], "p": rules.texts["pm"]}
    return re.sub(_HALF_DAY, lambda found: f"{found[1]} {half[found[2].lower()]}", text, flags=re.IGNORECASE)


def _clock(found: re.Match[str], rules: Rules) -> str:
    hour, minute, texts = int(found[1]), int(found[2]), rules.texts
    if hour > _HOURS or minute >= _MINUTES:
        return found[0]
    said = str(minute) if minute >= _TENS else texts["clock_oh"].format(m=minute)
    if texts["clock"] != "twelve":
        hour += _NOON if (found[3] or "").lower() == "p" and hour < _NOON else 0
        return texts["clock_minutes"].format(h=hour, m=said) if minute else texts["clock_full"].format(h=hour)
    if found[3] is None and 0 < hour <= _NOON and minute:
        return texts["clock_bare"].format(h=hour, m=said)
    afternoon = found[3].lower() == "p" if found[3] else _NOON <= hour < _HOURS
    half = texts["pm"] if afternoon else texts["am"]
    key = "clock_minutes" if minute else "clock_full"
    return texts[key].format(h=(hour - 1) % _NOON + 1, m=said, half=half)

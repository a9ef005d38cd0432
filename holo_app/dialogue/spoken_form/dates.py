"""Dates and weekdays: 2026-11-21 · 21.11.2026 · 21/11/2026 · 3 May · Mon–Fri."""

from __future__ import annotations

import re

from holo_app.dialogue.spoken_form.rules import DASH, Rules, alternatives

_MONTHS = 12
_DAYS = 31


def dates(text: str, rules: Rules) -> str:
    """Dates with all their numbers, and days before a month's name."""

    def from_iso(found: re.Match[str]) -> str:
        return _date(found[0], found[3], found[2], found[1], rules)

    def day_first(found: re.Match[str]) -> str:
        return _date(found[0], found[1], found[2], found[3] or "", rules)

    text = re.sub(r"(?<![\w.-])(\d{4})-(\d{2})-(\d{2})(?![\w-])", from_iso, text)
    text = re.sub(
        r"(?<![\w./])(\d{1,2})([./])(\d{1,2})\2(\d{4})(?![\w/])", lambda m: _date(m[0], m[1], m[3], m[4], rules), text
    )
    if rules.texts["day_month"] == "dots":
        text = re.sub(r"(?<![\w.,])(\d{1,2})\.(\d{1,2})\.(?!\d)()", day_first, text)
    names = {name: name for name in rules.month} | _short_months(rules)

    article = re.escape(rules.texts["date"].partition("{")[0])

    def named(found: re.Match[str]) -> str:
        return _said(found[1], names[found[2]], rules)

    return re.sub(
        rf"(?<![\w.,:])(?:{article})?(\d{{1,2}})(?:st|nd|rd|th|\.|er)? ({alternatives(names)})(?!\w)\.?", named, text
    )


def weekdays(text: str, rules: Rules) -> str:
    """Short names in a range or a list: elsewhere "Sat" is a verb, and "So" is so."""
    short = alternatives(rules.weekday)

    def both(found: re.Match[str]) -> str:
        return f"{rules.weekday[found[1]]} {rules.texts['to']} {rules.weekday[found[2]]}"

    text = re.sub(rf"\b({short})\.?\s?{DASH}\s?({short})\b\.?", both, text)
    beside = rf"(?:&|\+|,|{rules.texts['and']}|{rules.texts['to']}|{alternatives(rules.weekday.values())})"
    text = re.sub(
        rf"\b({short})\b\.?(?=\s?(?:{beside}\s?)?(?:(?:{short})\b|\d{{1,2}}(?::|h|\s?Uhr|\s?[ap]m)))",
        lambda m: rules.weekday[m[1]],
        text,
    )
    return re.sub(
        rf"((?:{alternatives(set(rules.weekday.values()))})\s?{beside}\s?)({short})\b\.?",
        lambda m: m[1] + rules.weekday[m[2]],
        text,
    )


def _date(written: str, day: str, month: str, year: str, rules: Rules) -> str:
    if not (1 <= int(month) <= _MONTHS and 1 <= int(day) <= _DAYS):
        return written
    said = _said(day, rules.month[int(month) - 1], rules)
    return f"{said} {year}" if year else said


def _said(day: str, month: str, rules: Rules) -> str:
    number = int(day)
    if not 1 <= number <= _DAYS:
        return f"{day} {month}"
    words = rules.ordinal
    ordinal = words[number - 1] if number <= len(words) else str(number)
    return rules.texts["date" if number > 1 else "date_first"].format(day=number, ordinal=ordinal, month=month)


def _short_months(rules: Rules) -> dict[str, str]:
    return {name[:3]: name for name in rules.month if rules.texts["short_months"] == "three"}

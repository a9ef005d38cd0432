"""How written English is read aloud: prices, units, times and abbreviations, word by word.

espeak-ng reads plain numbers well; what it reads badly ("pound one hundred and forty nine point zero zero", "kay gee",
a full stop after "Dr.") is spelt out here. Each written word keeps its place, so that captions stay with the voice.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

_CURRENCIES = {
    "£": ("pound", "pounds"),
    "$": ("dollar", "dollars"),
    "€": ("euro", "euros"),
    "¥": ("yen", "yen"),
    "GBP": ("pound", "pounds"),
    "USD": ("dollar", "dollars"),
    "EUR": ("euro", "euros"),
    "CHF": ("Swiss franc", "Swiss francs"),
}
_UNITS = {
    "kg": ("kilogram", "kilograms"),
    "g": ("gram", "grams"),
    "mg": ("milligram", "milligrams"),
    "km": ("kilometre", "kilometres"),
    "m": ("metre", "metres"),
    "cm": ("centimetre", "centimetres"),
    "mm": ("millimetre", "millimetres"),
    "l": ("litre", "litres"),
    "L": ("litre", "litres"),
    "ml": ("millilitre", "millilitres"),
    "W": ("watt", "watts"),
    "kW": ("kilowatt", "kilowatts"),
    "Wh": ("watt hour", "watt hours"),
    "kWh": ("kilowatt hour", "kilowatt hours"),
    "V": ("volt", "volts"),
    "mAh": ("milliamp hour", "milliamp hours"),
    "Hz": ("hertz", "hertz"),
    "kHz": ("kilohertz", "kilohertz"),
    "MHz": ("megahertz", "megahertz"),
    "GHz": ("gigahertz", "gigahertz"),
    "dB": ("decibel", "decibels"),
    "lm": ("lumen", "lumens"),
    "KB": ("kilobyte", "kilobytes"),
    "MB": ("megabyte", "megabytes"),
    "GB": ("gigabyte", "gigabytes"),
    "TB": ("terabyte", "terabytes"),
    "MP": ("megapixel", "megapixels"),
    "bar": ("bar", "bar"),
    "h": ("hour", "hours"),
    "hrs": ("hour", "hours"),
    "min": ("minute", "minutes"),
    "s": ("second", "seconds"),
    "ms": ("millisecond", "milliseconds"),
    "lb": ("pound", "pounds"),
    "lbs": ("pound", "pounds"),
    "oz": ("ounce", "ounces"),
    "ft": ("foot", "feet"),
    "in": ("inch", "inches"),
    '"': ("inch", "inches"),
    "″": ("inch", "inches"),
    "°C": ("degree Celsius", "degrees Celsius"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°": ("degree", "degrees"),
    "%": ("percent", "percent"),
    "m²": ("square metre", "square metres"),
    "m³": ("cubic metre", "cubic metres"),
}
_ABBREVIATIONS = {
    "dr.": "doctor",
    "mr.": "mister",
    "mrs.": "missis",
    "ms.": "miz",
    "st.": "saint",
    "e.g.": "for example",
    "i.e.": "that is",
    "etc.": "et cetera",
    "vs.": "versus",
    "vs": "versus",
    "approx.": "approximately",
    "max.": "maximum",
    "min.": "minimum",
    "incl.": "including",
    "excl.": "excluding",
    "no.": "number",
    "&": "and",
    "+": "plus",
    "=": "equals",
    "@": "at",
    "×": "by",
    "w/": "with",
    "w/o": "without",
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
_DAYS = frozenset({"mon", "tue", "wed", "thu", "fri", "sat", "sun"})
_BEFORE_NUMBER = frozenset({"no.", "min.", "max."})
"""Abbreviations that are words of their own at the end of a sentence."""

_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_ONE = frozenset({"1", "1.0", "1.00"})
# "5 in stock" are no inches
_COUNTABLE = {unit: names for unit, names in {**_UNITS, **_CURRENCIES}.items() if unit != "in"}
_UNIT = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
_DASHES = "–—-"
_FRAMED = re.compile(r"^([(\[{\"'“‘«¿¡]*)(.*?)([)\]}'”’»,;:!?…]*|\.[)\]}'”’»]*)$", re.DOTALL)

_Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def spoken_words(words: Sequence[str]) -> list[str]:
    """Each of `words` as it is to be spoken; empty where nothing is."""
    return [_spoken(word, _before(words, place), _after(words, place)) for place, word in enumerate(words)]


def _spoken(word: str, before: str, after: str) -> str:
    if all(letter in _DASHES for letter in word):
        return "to" if _is_number(before) and _is_number(after) else ","
    plain = "".join(letter for letter in word.replace("…", ".") if _readable(letter))
    whole = _whole_word(plain, before, after)
    if whole is not None:
        return whole
    framed = _FRAMED.match(plain)
    if framed is None or not framed[2]:
        return plain
    opening, core, closing = framed.groups()
    inner = _whole_word(core, before, after)
    return f"{opening}{_by_rule(core, after) if inner is None else inner}{closing}"


def _whole_word(word: str, before: str, after: str) -> str | None:
    """What stands for a whole word: a unit after its number, a day, an abbreviation."""
    key = word.lower()
    if _is_number(before):
        if word in _COUNTABLE:
            return _COUNTABLE[word][before not in _ONE]
        if key in {"am", "pm"}:
            return word.upper()
        if key == "x":
            return "by"
    if key in _DAYS:
        beside_a_day = _beside_a_day(before) or _beside_a_day(after)
        return _ABBREVIATIONS[key] if word[0].isupper() and beside_a_day else None
    if key not in _ABBREVIATIONS or (key in _BEFORE_NUMBER and not _is_number(after)):
        return None
    return _ABBREVIATIONS[key] if after or not key.endswith(".") else f"{_ABBREVIATIONS[key]}."


def _beside_a_day(word: str) -> bool:
    """Whether a neighbour makes "Sat" a day."""
    return word in {"&", "and", "to", "on", *_DASHES} or word[:1].isdigit() or word.lower() in _DAYS


def _by_rule(core: str, after: str) -> str:
    if core.endswith(('"', "″")) and _is_number(core[:-1]) and after.isalpha():
        return f"{core[:-1]} inch"  # a 14" screen
    for pattern, read in _RULES:
        if match := pattern.fullmatch(core):
            return read(match)
    if after in _CURRENCIES and _is_number(core):
        return re.sub(r"\.0+$", "", core)
    return core


def _money(match: re.Match[str]) -> str:
    names = _CURRENCIES[match["symbol"]]
    whole, part = match["whole"], match["part"]
    said = f"{whole} {names[whole != '1']}"
    return said if part in {None, "00"} else f"{said} {int(part)}"


def _measure(match: re.Match[str]) -> str:
    return f"{match['number']} {_UNITS[match['unit']][match['number'] not in _ONE]}"


def _size(match: re.Match[str]) -> str:
    sides = re.split("[x×]", match["sides"])
    unit = f" {_UNITS[match['unit']][1]}" if match["unit"] else ""
    return " by ".join(sides) + unit


def _time(match: re.Match[str]) -> str:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    half = f" {match['half'].upper()}" if match["half"] else ""
    if not half and hour > 12:  # noqa: PLR2004 - afternoon on a clock of 24 hours
        hour, half = hour - 12, " PM"
    if minute:
        return f"{hour} {minute if minute > 9 else f'oh {minute}'}{half}"  # noqa: PLR2004 - two digits
    return f"{hour}{half}" if half else f"{hour} o'clock"


def _range(match: re.Match[str]) -> str:
    low, high = match["low"], match["high"]
    if low.lower() in _DAYS and high.lower() in _DAYS:
        return f"{_ABBREVIATIONS[low.lower()]} to {_ABBREVIATIONS[high.lower()]}"
    return f"{_by_rule(low, '')} to {_by_rule(high, '')}"


_RULES: tuple[_Rule, ...] = (
    (re.compile(r"(?P<symbol>[£$€¥])(?P<whole>\d+(?:,\d{3})*)(?:\.(?P<part>\d\d))?"), _money),
    (re.compile(r"(?P<whole>\d+(?:,\d{3})*)(?:\.(?P<part>\d\d))?(?P<symbol>[£$€¥])"), _money),
    (re.compile(rf"(?P<sides>{_NUMBER}(?:[x×]{_NUMBER})+)(?P<unit>{_UNIT})?"), _size),
    (re.compile(rf"(?P<number>{_NUMBER})-?(?P<unit>{_UNIT})"), _measure),
    (re.compile(r"(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?P<half>[ap]m)?", re.IGNORECASE), _time),
    (re.compile(r"(?P<hour>1?\d)(?P<minute>)(?P<half>[ap]m)", re.IGNORECASE), _time),
    (re.compile(rf"(?P<low>[£$€¥]?\d[\d:.,]*(?:{_UNIT})?)[–—-](?P<high>[£$€¥]?\d[\d:.,]*(?:{_UNIT})?)"), _range),
    (re.compile(rf"(?P<low>{'|'.join(_DAYS)})[–—-](?P<high>{'|'.join(_DAYS)})", re.IGNORECASE), _range),
    (re.compile(r"(?P<one>\w+)/(?P<other>\w+)"), lambda match: f"{match['one']} {match['other']}"),
)


def _is_number(word: str) -> bool:
    return re.fullmatch(_NUMBER, word) is not None


def _readable(letter: str) -> bool:
    """Letters of other scripts would be read out as "Chinese letter", brackets are orders to Piper."""
    if letter in "[]":
        return False
    return not letter.isalpha() or "LATIN" in unicodedata.name(letter, "")


def _before(words: Sequence[str], place: int) -> str:
    return words[place - 1].lstrip("(") if place else ""


def _after(words: Sequence[str], place: int) -> str:
    return words[place + 1].rstrip(".,;:!?)") if place + 1 < len(words) else ""

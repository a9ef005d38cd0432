"""Written text as it is said aloud: "£39.90 for 2.3 kg" → "39 pounds 90 for 2.3 kilograms".

Plain numbers stay digits: every voice reads them. What voices read wrong is rewritten. The words are data,
`resources/language/<code>/spoken_form.toml`; each module here knows one kind of writing.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from holo_app.dialogue.spoken_form import codes, dates, measures, money, numbers, signs, times
from holo_app.dialogue.spoken_form.rules import Rules, rules_of

# each step leaves words that the later ones do not take for their own
_STEPS: tuple[Callable[[str, Rules], str], ...] = (
    codes.addresses,
    signs.abbreviations,
    dates.dates,
    dates.weekdays,
    codes.telephone_numbers,
    codes.versions,
    codes.acronyms,
    times.times,
    money.prices,
    codes.sizes,
    numbers.fractions,
    numbers.ordinals,
    numbers.negatives,
    numbers.ranges,
    measures.dimensions,
    measures.units,
    numbers.marks,
    codes.articles,
    signs.signs,
)


def spoken_form(text: str, language: str) -> str:
    """`text` for the voice of `language`; a language without rules gets those of English. Pure; never raises."""
    rules = rules_of(language.partition("-")[0].lower())
    for step in _STEPS:
        text = step(text, rules)
    return re.sub(r"\s+([,.;:!?…])(?=\s|$)", r"\1", " ".join(text.split()))

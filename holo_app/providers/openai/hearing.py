"""What OpenAI's recognisers share: languages, hints, and what they used."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from holo_app.domain.usage import Unit
from holo_app.providers.http.json_values import count_in, number_in, text_in

_TAGS = (
    "af ar hy az be bs bg ca zh hr cs da nl en et fi fr gl de el he hi hu is id it ja kn kk ko lv lt mk ms mr mi ne no fa pl"
    " pt ro ru sr sk sl es sw sv tl ta th tr uk ur vi cy"
)
LANGUAGES = frozenset(_TAGS.split())
"""BCP 47 primary tags. Source: OpenAI's speech-to-text guide."""

_MOST_WORDS = 100
_LONGEST_PROMPT = 800
"""Letters: of a prompt only the last 224 tokens count."""

_TELL_LANGUAGES = ("gpt-transcribe", "gpt-live-transcribe")
_TAKE_NO_WORDS = ("gpt-realtime-whisper", "gpt-4o-transcribe-diarize")


def hints(model: str, language: str, candidates: Sequence[str], words: Sequence[str]) -> dict[str, str | list[str]]:
    """What the model is told beforehand.

    candidates: other languages that may be spoken. words: that are likely to be said, the likeliest first.
    """
    told: dict[str, str | list[str]] = {}
    named = [word for word in dict.fromkeys(word.strip() for word in words) if word][:_MOST_WORDS]
    if not model.startswith(_TELL_LANGUAGES):
        told["language"] = language
        if named and not model.startswith(_TAKE_NO_WORDS):
            told["prompt"] = _prompt(named)
        return told
    known = [tag for tag in dict.fromkeys([language, *candidates]) if tag in LANGUAGES]
    told.update({"languages": known} if len(known) > 1 else {"language": language})
    if named:
        told["keywords"] = named
    return told


def heard_in(answer: object, language: str, known: Collection[str] = LANGUAGES) -> str:
    """The language that the answer says was heard; the expected one where it says nothing that makes sense."""
    told = text_in(answer, "languages", 0, "code").partition("-")[0].lower()
    return told if told in known else language


def units(usage: object) -> Mapping[Unit, float]:
    """What was used, as the maker counts it: tokens, or seconds."""
    if text_in(usage, "type") == "duration":
        return {Unit.AUDIO_SECONDS: seconds} if (seconds := number_in(usage, "seconds")) else {}
    counted = {
        Unit.INPUT_TOKENS: float(count_in(usage, "input_tokens")),
        Unit.OUTPUT_TOKENS: float(count_in(usage, "output_tokens")),
    }
    return {unit: count for unit, count in counted.items() if count}


def added(one: Mapping[Unit, float], other: Mapping[Unit, float]) -> Mapping[Unit, float]:
    """Both together."""
    return {unit: one.get(unit, 0.0) + other.get(unit, 0.0) for unit in {**one, **other}}


def form_of(told: Mapping[str, str | list[str]]) -> dict[str, Any]:
    """The hints as fields of a form, where a list has brackets behind its name."""
    return {f"{name}[]" if isinstance(value, list) else name: value for name, value in told.items()}


def _prompt(words: Sequence[str]) -> str:
    prompt = ""
    for word in words:
        longer = f"{prompt}, {word}" if prompt else word
        if len(longer) > _LONGEST_PROMPT:
            break
        prompt = longer
    return prompt

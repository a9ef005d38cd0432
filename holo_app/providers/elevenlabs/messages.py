"""What goes over ElevenLabs' sockets for one piece of speech, and what comes back."""

from __future__ import annotations

import math
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.http.json_values import JsonObject, inside, list_in, number_in, text_in
from holo_app.providers.lip_shapes.timed import Timed


def speaking(context: str, text: str) -> list[dict[str, Any]]:
    """Everything for one text. Once it is flushed, a context that is closed still speaks to its end, and then says so."""
    return [
        {"text": " ", "context_id": context},
        # words of two pieces would run together without the blank
        {"text": f"{text.strip()} ", "context_id": context, "flush": True},
        {"context_id": context, "close_context": True},
    ]


def context_of(message: JsonObject) -> str:
    """Whose message it is; "": everybody's."""
    return text_in(message, "contextId") or text_in(message, "context_id")


def is_last(message: JsonObject) -> bool:
    """Whether a context has said all. Its last sound may come with it."""
    return message.get("isFinal") is True or message.get("is_final") is True


def sound_of(provider: str, message: JsonObject, key: str = "audio") -> bytes:
    """PCM16, not always a whole number of samples; b"" where the message has none. Raises: ProviderError(BAD_RESPONSE)."""
    try:
        return b64decode(text_in(message, key), validate=True)
    except ValueError:
        raise ProviderError(provider, FailureCategory.BAD_RESPONSE, "a sound is no base64") from None


def written(message: JsonObject, offset_s: float) -> list[Timed]:
    """The characters of the text as they were sent; where the maker leaves them out, as they are spoken.

    offset_s: of the message's sound within the whole: the times in a message are its own.
    """
    return _socket_times(message, "alignment", offset_s) or _socket_times(message, "normalizedAlignment", offset_s)


def spoken(message: JsonObject, offset_s: float) -> list[Timed]:
    """The characters as they are spoken, numbers spelt out; where the maker leaves them out, as they were sent."""
    return _socket_times(message, "normalizedAlignment", offset_s) or _socket_times(message, "alignment", offset_s)


def written_in_line(line: JsonObject) -> list[Timed]:
    """As `written`, of a line of the HTTP answer, whose times count from the start of the whole."""
    return _line_times(line, "alignment") or _line_times(line, "normalized_alignment")


def spoken_in_line(line: JsonObject) -> list[Timed]:
    """As `spoken`, of a line of the HTTP answer."""
    return _line_times(line, "normalized_alignment") or _line_times(line, "alignment")


def _socket_times(message: JsonObject, key: str, offset_s: float) -> list[Timed]:
    alignment = inside(message, key)
    starts = list_in(alignment, "charStartTimesMs") or list_in(alignment, "charsStartTimesMs")
    lengths = list_in(alignment, "charDurationsMs") or list_in(alignment, "charsDurationsMs")
    characters = list_in(alignment, "chars")
    return [
        Timed(character, offset_s + start / 1000, offset_s + (start + length) / 1000)
        for character, start, length in _numbers(characters, starts, lengths)
    ]


def _line_times(line: JsonObject, key: str) -> list[Timed]:
    alignment = inside(line, key)
    starts = list_in(alignment, "character_start_times_seconds")
    ends = list_in(alignment, "character_end_times_seconds")
    characters = list_in(alignment, "characters")
    return [Timed(*times) for times in _numbers(characters, starts, ends)]


def _numbers(characters: list[Any], firsts: list[Any], seconds: list[Any]) -> Iterator[tuple[str, float, float]]:
    for place, character in enumerate(characters):
        first, second = number_in(firsts, place), number_in(seconds, place)
        if not isinstance(character, str) or first is None or second is None:
            continue
        if math.isfinite(first) and math.isfinite(second):
            yield character, first, second

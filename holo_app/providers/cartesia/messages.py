"""What goes over Cartesia's socket for one piece of speech, and what comes back."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.http.json_values import JsonObject, inside, list_in, number_in, text_in
from holo_app.providers.lip_shapes.timed import Timed

RATE_HZ = 24_000


def speaking(context: str, text: str, model: str, voice: str, language: str) -> dict[str, Any]:
    """Everything for one text. It is whole, so that the other side does not wait for more."""
    return {
        "context_id": context,
        "model_id": model,
        "transcript": text,
        "voice": {"mode": "id", "id": voice},
        "language": language,
        "output_format": {"container": "raw", "encoding": "pcm_s16le", "sample_rate": RATE_HZ},
        "continue": False,
        "add_timestamps": True,
        "add_phoneme_timestamps": True,
        "use_normalized_timestamps": False,
    }


def giving_up(context: str) -> dict[str, Any]:
    """The rest of it is not wanted."""
    return {"context_id": context, "cancel": True}


def context_of(message: JsonObject) -> str:
    """Whose message it is; "": everybody's."""
    return text_in(message, "context_id")


def is_last(message: JsonObject) -> bool:
    """Whether nothing comes for a context after it."""
    return message.get("type") in {"done", "error"}


def sound_of(provider: str, message: JsonObject) -> bytes:
    """PCM16. Raises: ProviderError(BAD_RESPONSE)."""
    try:
        return b64decode(text_in(message, "data"), validate=True)
    except ValueError:
        raise ProviderError(provider, FailureCategory.BAD_RESPONSE, "a sound is no base64") from None


def words_of(message: JsonObject) -> list[Timed]:
    """The words that a `timestamps` message times."""
    return _timed(inside(message, "word_timestamps"), "words")


def phonemes_of(message: JsonObject) -> list[Timed]:
    """The phonemes, in IPA, that a `phoneme_timestamps` message times."""
    return _timed(inside(message, "phoneme_timestamps"), "phonemes")


def _timed(times: object, key: str) -> list[Timed]:
    timed = []
    for place, text in enumerate(list_in(times, key)):
        start_s, end_s = number_in(times, "start", place), number_in(times, "end", place)
        if isinstance(text, str) and start_s is not None and end_s is not None:
            timed.append(Timed(text, start_s, end_s))
    return timed

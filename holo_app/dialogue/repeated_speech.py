"""What customers ask again and again is answered in the same words: kept, they are spoken without any delay."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import aclosing

from holo_app.dialogue.kept_speech import MOST_BYTES, KeptSpeech, Phrase
from holo_app.ports.tts import SpeechChunk, TextToSpeech, TtsCapabilities

_MOST_NOTED = 1024


class RepeatedSpeech:
    """A TextToSpeech that keeps the speech of what it says for the second time; what was not said for longest makes room.

    Of what is said once only a number remains: an answer that was meant for one customer stays nowhere.
    most_bytes: of sound that is kept.
    """

    def __init__(self, tts: TextToSpeech, *, most_bytes: int = MOST_BYTES) -> None:
        self._tts = tts
        self._noted: OrderedDict[int, None] = OrderedDict()
        self._kept = KeptSpeech(most_bytes)

    @property
    def capabilities(self) -> TtsCapabilities:
        return self._tts.capabilities

    @property
    def kept_bytes(self) -> int:
        """Bytes of sound that are kept."""
        return self._kept.used_bytes

    async def synthesize(self, text: str, *, voice: str, language: str) -> AsyncGenerator[SpeechChunk]:
        phrase = Phrase(text, voice, language)
        kept = self._kept.get(phrase)
        if kept:
            for chunk in kept:
                yield chunk
            return
        speech: list[SpeechChunk] = []
        async with aclosing(self._tts.synthesize(text, voice=voice, language=language)) as chunks:
            async for chunk in chunks:
                speech.append(chunk)
                yield chunk
        self._said(phrase, tuple(speech))

    async def aclose(self) -> None:
        self._noted.clear()
        self._kept.clear()
        await self._tts.aclose()

    def _said(self, phrase: Phrase, speech: tuple[SpeechChunk, ...]) -> None:
        number = hash(phrase)
        if number in self._noted:
            self._kept.keep(phrase, speech, make_room=True)
            return
        self._noted[number] = None
        if len(self._noted) > _MOST_NOTED:
            self._noted.popitem(last=False)

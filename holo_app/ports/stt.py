"""Speech to text."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from holo_app.domain.audio import AudioChunk
from holo_app.domain.speech import Transcript


@dataclass(frozen=True, slots=True)
class SttCapabilities:
    """What an engine can do.

    name: the provider, as stored with a turn. languages: BCP 47 primary tags it understands. streaming: gives partial
    transcripts while audio still arrives.

    turns: it streams, and tells in Transcript.turn_over when the speaker is done. It hears on through pauses, and from the
    first word on says what it has understood for each quarter of a second of sound, changed or not.
    """

    name: str
    languages: frozenset[str]
    streaming: bool
    turns: bool = False


class SpeechToText(Protocol):
    """Turn one utterance into text.

    Yields Transcripts; exactly one has final=True and it is the last. Silence gives a final with empty text. Closing the
    generator early frees what it holds. Never blocks the event loop. The only error is ProviderError.

    language: the one that is expected. An engine that can tell languages apart says in Transcript.language which of its
    own it heard, and the conversation goes on in that one; every other engine says the expected one. A language that is not
    in the capabilities is refused with BAD_REQUEST.
    """

    @property
    def capabilities(self) -> SttCapabilities: ...

    def transcribe(self, audio: AsyncIterator[AudioChunk], *, language: str) -> AsyncGenerator[Transcript]: ...

    async def aclose(self) -> None:
        """Free threads and connections. May be called twice."""
        ...

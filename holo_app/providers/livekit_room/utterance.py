"""One utterance, cut out of the sound of a room in which the avatar is always on the air."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from typing import Final

from holo_app.domain.audio import AudioChunk
from holo_app.domain.speech import VisemeCue, WordCue
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.tts import Pictured, SpeechChunk
from holo_app.providers.livekit_room.cues import Cues
from holo_app.providers.livekit_room.loudness import QUIET_DBFS
from holo_app.providers.livekit_room.room import RATE_HZ, Sound

_BEFORE_S: Final = 0.06
"""A word may begin with a breath that is below the level of speech."""
_SURE_S: Final = 0.15
"""Without a sign from the vendor so much sound on end is taken for the beginning."""
_HEAD_START_S: Final = 0.12
"""Sound comes in real time: so much of it is gathered before the first is handed over, or each hitch would be heard."""
_PIECE_S: Final = 0.04
_OVER_S: Final = 0.2
"""Of quiet, when the vendor has said that it is over: data is faster than sound."""
_TRAILS_S: Final = 3.0
_NOTHING_S: Final = 1.5
_PAUSE_S: Final = 1.0
"""A longer quiet is kept back until something is said again: whoever waits for it must be able to tell that nothing comes."""


class Utterance:
    """Fed by the session, on the event loop; read through `chunks` by one reader."""

    def __init__(self, provider: str, number: int, cues: Cues) -> None:
        self.number = number
        self.begins_s: float | None = None
        """Where it begins on the room's clock, once that is known."""
        self.over = False
        """All of it was heard."""
        self._provider = provider
        self._cues = cues
        self._box: asyncio.Queue[SpeechChunk | ProviderError | None] = asyncio.Queue()
        self._recent: deque[tuple[Sound, float]] = deque()
        self._loud_s = 0.0
        self._started = False
        self._ended_for_s: float | None = None
        self._quiet_s = 0.0
        self._waiting: list[Sound] = []
        self._given_s = 0.0
        self._given = False

    @property
    def seconds(self) -> float:
        """How much sound was handed over."""
        return self._given_s

    def started(self) -> None:
        """The vendor says that the avatar speaks."""
        self._started = True
        self._ended_for_s = None  # it went on after what looked like the end

    def ended(self) -> None:
        """The vendor says that the avatar has spoken."""
        if self._ended_for_s is None:
            self._ended_for_s = 0.0

    def fail(self, error: ProviderError) -> None:
        """There will be no more; what was heard is given first."""
        self._give(self._waiting)
        self._waiting = []
        self._box.put_nowait(error)

    def stop(self) -> None:
        """Nobody wants the rest."""
        self._box.put_nowait(None)

    def hear(self, sound: Sound, level_dbfs: float) -> None:
        """The next piece of the room's sound."""
        if self.over:
            return
        if self._ended_for_s is not None:
            self._ended_for_s += sound.seconds
        if self.begins_s is None:
            self._look_for_beginning(sound, level_dbfs)
            return
        self._quiet_s = 0.0 if level_dbfs >= QUIET_DBFS else self._quiet_s + sound.seconds
        self._waiting.append(sound)
        self._hand_over()

    async def chunks(self) -> AsyncGenerator[SpeechChunk]:
        """Its sound as it comes. Raises: ProviderError."""
        while (item := await self._box.get()) is not None:
            if isinstance(item, ProviderError):
                raise item
            yield item

    def _look_for_beginning(self, sound: Sound, level_dbfs: float) -> None:
        self._recent.append((sound, level_dbfs))
        self._loud_s = self._loud_s + sound.seconds if level_dbfs >= QUIET_DBFS else 0.0
        if self._loud_s and (self._started or self._loud_s >= _SURE_S):
            kept = self._since_the_first_loud()
            self.begins_s = kept[0].from_s
            self._waiting = kept
            self._hand_over()
            return
        while self._recent and sum(piece.seconds for piece, _ in self._recent) > _BEFORE_S + _SURE_S:
            self._recent.popleft()
        if self._ended_for_s is not None and self._ended_for_s > _NOTHING_S:
            self.over = True
            self._box.put_nowait(
                ProviderError(self._provider, FailureCategory.BAD_RESPONSE, "the avatar made no sound")
            )

    def _since_the_first_loud(self) -> list[Sound]:
        """What belongs to the beginning: the loud pieces on end, and a moment before them."""
        pieces = list(self._recent)
        first = len(pieces)
        while first and pieces[first - 1][1] >= QUIET_DBFS:
            first -= 1
        before_s = 0.0
        while first and before_s + pieces[first - 1][0].seconds <= _BEFORE_S:
            first -= 1
            before_s += pieces[first][0].seconds
        return [sound for sound, _ in pieces[first:]]

    def _hand_over(self) -> None:
        if self._ended_for_s is not None and (self._quiet_s >= _OVER_S or self._ended_for_s >= _TRAILS_S):
            self._finish()
            return
        waiting_s = sum(sound.seconds for sound in self._waiting)
        enough_s = _PIECE_S if self._given else _HEAD_START_S
        if self._quiet_s <= _PAUSE_S and waiting_s >= enough_s - 1e-6:
            self._give(self._waiting)
            self._waiting = []

    def _finish(self) -> None:
        self.over = True
        self._give(self._waiting, last=True)
        self._waiting = []
        self._box.put_nowait(None)

    def _give(self, sounds: list[Sound], *, last: bool = False) -> None:
        if not sounds:
            return
        from_s = self._given_s
        visemes: list[VisemeCue] = []
        words: list[WordCue] = []
        for sound in sounds:
            to_s = self._given_s + sound.seconds
            mouth, over = self._cues.piece(sound.pcm, self._given_s, to_s)
            visemes += mouth
            words += over
            self._given_s = to_s
        if last:
            words += self._cues.rest(self._given_s)
        self._given = True
        audio = AudioChunk(b"".join(sound.pcm for sound in sounds), RATE_HZ)
        pictures = Pictured(self.number, from_s)
        self._box.put_nowait(SpeechChunk(audio, tuple(visemes), tuple(words), pictures))

"""One session with an avatar: what comes from its room is sorted into speech, pictures and news."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Final

import structlog

from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.avatar import AvatarFrame, AvatarScreen
from holo_app.ports.clock import Clock
from holo_app.ports.tts import SpeechChunk
from holo_app.providers.livekit_room.cues import BroughtCues, GuessedCues
from holo_app.providers.livekit_room.loudness import QUIET_DBFS, dbfs
from holo_app.providers.livekit_room.room import (
    Gone,
    JoinRoom,
    Mended,
    Message,
    Picture,
    Room,
    RoomEvent,
    Shaken,
    Sound,
)
from holo_app.providers.livekit_room.utterance import Utterance
from holo_app.providers.livekit_room.vendor import Control, Saying, Sign, Ticket, Told, Vendor
from holo_app.providers.livekit_room.word_pace import Pace

log = structlog.get_logger(__name__)

_READY_S: Final = 8.0
_STILL_S: Final = 0.12
_SURELY_STILL_S: Final = 0.04
_LONGEST_HUSH_S: Final = 1.5
_HUSH_SENT_S: Final = 0.5


class Session:
    """From the ticket to the end of the room. `over` is set when the room is gone, with `failure` as its reason.

    numbers: of utterances, never used twice. last_used_s: monotonic.
    """

    def __init__(self, vendor: Vendor, ticket: Ticket, screen: AvatarScreen, clock: Clock, pace: Pace) -> None:
        self.ticket = ticket
        self.began_s = self.last_used_s = clock.monotonic()
        self.over = asyncio.Event()
        self.failure: ProviderError | None = None
        self.shaken_since_s: float | None = None
        self._vendor = vendor
        self._screen = screen
        self._clock = clock
        self._pace = pace
        self._room: Room | None = None
        self._control: Control | None = None
        self._alive = asyncio.Event()
        self._utterance: Utterance | None = None
        self._hushed: Utterance | None = None
        self._hushed_at_s = 0.0
        self._hush_obeyed = False
        self._quiet_s = 0.0
        self._still = asyncio.Event()
        self._still.set()

    @property
    def speaking(self) -> bool:
        """Whether something is being said."""
        return self._utterance is not None

    async def enter(self, join: JoinRoom) -> None:
        """Return when the avatar is there and listens. Raises: ProviderError."""
        self._room = await join(self._vendor.name, self.ticket.door, self.hear)
        self._control = self._vendor.control(self.ticket, self._room, self.tell)
        await self._control.open()
        try:
            async with asyncio.timeout(_READY_S):
                await self._alive.wait()
        except TimeoutError:
            raise ProviderError(self._vendor.name, FailureCategory.TIMEOUT, "the avatar did not come") from None
        if self.failure is not None:
            raise self.failure

    async def say(self, number: int, text: str, *, voice: str, language: str) -> AsyncGenerator[SpeechChunk]:
        """Say a text, as utterance `number`. Raises: ProviderError."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST_HUSH_S):
                await self._still.wait()
        control = self._usable()
        words = text.split()
        brought = BroughtCues(words)
        cues = brought if control.brings_cues else GuessedCues(words, self._pace)
        utterance = self._utterance = Utterance(self._vendor.name, number, cues)
        saying = Saying(number, text, voice, language, brought.sent)
        sending = asyncio.create_task(self._send(control, saying, utterance), name=f"{self._vendor.name}-say")
        try:
            async with aclosing(utterance.chunks()) as chunks:
                async for chunk in chunks:
                    yield chunk
        finally:
            self._utterance = None
            self.last_used_s = self._clock.monotonic()
            self._screen.cut(number, utterance.seconds if utterance.over else 0.0)
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            if not utterance.over:
                await self._hush(control, utterance)

    def interrupt(self) -> None:
        """End what is being said."""
        if self._utterance is not None:
            self._utterance.stop()

    def hear(self, event: RoomEvent) -> None:
        """A Hear."""
        match event:
            case Sound():
                self._alive.set()
                self._listen(event)
            case Picture():
                self._alive.set()
                self._show(event)
            case Message():
                if self._control is not None:
                    self._control.heard(event)
            case Shaken():
                log.warning("avatar_room_shaken", provider=self._vendor.name)
                self.shaken_since_s = self._clock.monotonic()
                self._lose(ProviderError(self._vendor.name, FailureCategory.CANCELLED_BY_PEER, "the room broke off"))
            case Mended():
                self.shaken_since_s = None
            case Gone(category, reason):
                self.fail(ProviderError(self._vendor.name, category, reason))

    def tell(self, told: Told | ProviderError) -> None:
        """A Tell."""
        if isinstance(told, ProviderError):
            self.fail(told)
            return
        utterance, hushed = self._utterance, self._hushed
        if utterance is None and hushed is not None and told.utterance in {None, hushed.number}:
            self._hush_obeyed = self._hush_obeyed or told.sign is Sign.ENDED
        if utterance is None or told.utterance not in {None, utterance.number}:
            return
        if told.sign is Sign.STARTED:
            utterance.started()
        else:
            utterance.ended()

    def fail(self, error: ProviderError) -> None:
        """The session is over."""
        if self.failure is None:
            self.failure = error
            self._lose(error)
            self._alive.set()
            self._still.set()
            self.over.set()

    async def aclose(self) -> None:
        """Leave. May be called twice. The vendor is not told."""
        self.fail(ProviderError(self._vendor.name, FailureCategory.UNAVAILABLE, "the session was closed"))
        if self._control is not None:
            await self._control.aclose()
        if self._room is not None:
            await self._room.aclose()

    def _usable(self) -> Control:
        if self.failure is not None:
            raise self.failure
        if self._control is None or self.shaken_since_s is not None:
            raise ProviderError(self._vendor.name, FailureCategory.UNAVAILABLE, "the room is being mended")
        return self._control

    async def _send(self, control: Control, saying: Saying, utterance: Utterance) -> None:
        try:
            await control.say(saying)
        except ProviderError as error:
            utterance.fail(error)

    async def _hush(self, control: Control, utterance: Utterance) -> None:
        self._hushed, self._hushed_at_s = utterance, self._clock.monotonic()
        self._quiet_s, self._hush_obeyed = 0.0, False
        self._still.clear()
        if self.failure is not None:
            self._still.set()
            return
        with suppress(ProviderError, TimeoutError):
            async with asyncio.timeout(_HUSH_SENT_S):
                await control.hush()

    def _lose(self, error: ProviderError) -> None:
        self._screen.clear()
        if self._utterance is not None:
            self._utterance.fail(error)

    def _listen(self, sound: Sound) -> None:
        level = dbfs(sound.pcm)
        if self._utterance is not None:
            self._utterance.hear(sound, level)
        if self._hushed is None:
            return
        self._quiet_s = 0.0 if level >= QUIET_DBFS else self._quiet_s + sound.seconds
        still_s = _SURELY_STILL_S if self._hush_obeyed else _STILL_S
        if self._quiet_s >= still_s or self._clock.monotonic() - self._hushed_at_s > _LONGEST_HUSH_S:
            self._hushed = None
            self._still.set()

    def _show(self, picture: Picture) -> None:
        """Pictures of what was interrupted go by its number: the screen knows that they are not to be shown."""
        if self.shaken_since_s is not None or self.failure is not None:
            return
        utterance = self._utterance or self._hushed
        number, sound_s = 0, None
        if utterance is not None and utterance.begins_s is not None and picture.seen_s >= utterance.begins_s:
            number, sound_s = utterance.number, picture.seen_s - utterance.begins_s
        self._screen.show(AvatarFrame(picture.width, picture.height, picture.rgba, picture.at_s, number, sound_s))

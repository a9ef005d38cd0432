"""A TalkingAvatar over the sessions of a vendor: opened when needed, ended when not, paid for by its time."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from holo_app.domain.usage import ProviderRole, Unit, Use
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.avatar import AvatarScreen, AvatarState, OpenSession, Quota, SessionBook
from holo_app.ports.clock import Clock
from holo_app.ports.meter import Meter
from holo_app.ports.tts import SpeechChunk, TtsCapabilities
from holo_app.providers.livekit_room.client import join_livekit
from holo_app.providers.livekit_room.room import JoinRoom
from holo_app.providers.livekit_room.session import Session
from holo_app.providers.livekit_room.vendor import Ticket, Vendor
from holo_app.providers.livekit_room.word_pace import Pace

log = structlog.get_logger(__name__)

_ENDING_S: Final = 3.0
_LAST_WORDS_S: Final = 20.0
"""So long before its longest time is over a session ends in the next pause."""
_MENDING_S: Final = 8.0
_MINUTE_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class SessionPolicy:
    """idle_s: a session that nobody uses ends after it. longest_s: any session ends after it.

    patience_s: how long a synthesis waits for a session that has to be opened first; it is opened all the same, for the next
    one. None: as long as it takes. languages: what the voice speaks.
    """

    idle_s: float = 90.0
    longest_s: float = 600.0
    patience_s: float | None = None
    languages: frozenset[str] = frozenset({"en"})
    voices: tuple[str, ...] = ("",)


@dataclass(frozen=True, slots=True)
class AvatarPlace:
    """Where an avatar is used. screen: shows its pictures. book: remembers its sessions. join: reaches its room."""

    screen: AvatarScreen
    book: SessionBook
    meter: Meter
    clock: Clock
    join: JoinRoom = join_livekit


class RoomAvatar:
    """A TalkingAvatar. One synthesis at a time: an avatar has one mouth. The vendor is closed with this."""

    def __init__(self, vendor: Vendor, place: AvatarPlace, policy: SessionPolicy) -> None:
        self._vendor = vendor
        self._place = place
        self._policy = policy
        self._capabilities = TtsCapabilities(vendor.name, policy.languages, policy.voices)
        self._numbers = itertools.count(1)
        self._turn = asyncio.Lock()
        self._pace = Pace()
        self._session: Session | None = None
        self._opening: asyncio.Task[Session] | None = None
        self._life: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def capabilities(self) -> TtsCapabilities:
        return self._capabilities

    @property
    def state(self) -> AvatarState:
        session = self._live()
        if session is not None:
            return AvatarState.LIVE if session.shaken_since_s is None else AvatarState.UNSTEADY
        opening = self._opening is not None and not self._opening.done()
        return AvatarState.OPENING if opening else AvatarState.CLOSED

    async def open(self) -> None:
        await self._opened(None)

    async def synthesize(self, text: str, *, voice: str, language: str) -> AsyncGenerator[SpeechChunk]:
        self._check_open()
        if language not in self._policy.languages:
            raise ProviderError(self._vendor.name, FailureCategory.BAD_REQUEST, f"it speaks no {language!r}")
        if not any(letter.isalnum() for letter in text):
            return
        async with self._turn:
            session = await self._opened(self._policy.patience_s)
            speech = session.say(next(self._numbers), text, voice=voice, language=language)
            async with aclosing(speech) as chunks:
                async for chunk in chunks:
                    yield chunk

    async def interrupt(self) -> None:
        session = self._live()
        if session is not None:
            session.interrupt()

    async def close(self) -> None:
        opening, self._opening = self._opening, None
        if opening is not None and not opening.done():
            opening.cancel()
            await asyncio.wait([opening])
        session, life = self._session, self._life
        if session is not None and life is not None:
            session.fail(ProviderError(self._vendor.name, FailureCategory.UNAVAILABLE, "the session was closed"))
            await asyncio.wait([life])

    async def quota(self) -> Quota | None:
        return await self._vendor.quota()

    async def end_orphans(self) -> int:
        book, name = self._place.book, self._vendor.name
        ended = 0
        for orphan in await asyncio.to_thread(book.open_sessions, name):
            if self._is_ours(orphan.id):
                continue
            if await self._ended_at_vendor(orphan.id, None):
                ended += 1
        return ended

    async def aclose(self) -> None:
        self._closed = True
        await self.close()
        await self._vendor.aclose()

    def _is_ours(self, session_id: str) -> bool:
        session = self._session
        return session is not None and session.ticket.id == session_id

    def _check_open(self) -> None:
        if self._closed:
            raise ProviderError(self._vendor.name, FailureCategory.UNAVAILABLE, "it was closed")

    def _live(self) -> Session | None:
        session = self._session
        return session if session is not None and session.failure is None else None

    async def _opened(self, patience_s: float | None) -> Session:
        """The live session, or a new one. Opening goes on when whoever asked has gone: the next one needs it too."""
        self._check_open()
        session = self._live()
        if session is not None:
            return session
        opening = self._opening
        if opening is None or opening.done():
            opening = self._opening = asyncio.create_task(self._open(), name=f"{self._vendor.name}-open")
            opening.add_done_callback(self._told_of_opening)
        done, _ = await asyncio.wait([opening], timeout=patience_s)
        if not done:
            raise ProviderError(self._vendor.name, FailureCategory.UNAVAILABLE, "its session is being opened")
        if opening.cancelled():
            raise ProviderError(self._vendor.name, FailureCategory.UNAVAILABLE, "it was closed")
        return opening.result()

    def _told_of_opening(self, opening: asyncio.Task[Session]) -> None:
        if not opening.cancelled() and (error := opening.exception()) is not None:
            category = error.category.value if isinstance(error, ProviderError) else ""
            log.warning("avatar_session_not_opened", provider=self._vendor.name, category=category)

    async def _open(self) -> Session:
        if self._life is not None:
            await asyncio.wait([self._life])  # the last session is still being ended: two would be paid for
        noted: list[str] = []
        began: float | None = None
        session: Session | None = None
        at = self._place.clock.utc()

        async def note(session_id: str) -> None:
            noted.append(session_id)
            entry = OpenSession(self._vendor.name, session_id, self._place.clock.utc())
            await asyncio.to_thread(self._place.book.note, entry)

        try:
            ticket = await self._vendor.create(note)
            began = self._place.clock.monotonic()
            session = Session(self._vendor, ticket, self._place.screen, self._place.clock, self._pace)
            await session.enter(self._place.join)
        except BaseException:  # cancelled too: what was made must not be paid for
            if session is not None:
                await session.aclose()
            for session_id in noted:
                await self._ended_at_vendor(session_id, None if session is None else session.ticket)
            self._account(at, began)
            raise
        self._session = session
        self._life = asyncio.create_task(self._live_through(session, at), name=f"{self._vendor.name}-session")
        log.info("avatar_session_opened", provider=self._vendor.name)
        return session

    async def _live_through(self, session: Session, at: datetime) -> None:
        try:
            reason = await self._until_over(session)
            log.info("avatar_session_over", provider=self._vendor.name, reason=reason)
        finally:
            await session.aclose()
            self._place.screen.clear()
            await self._ended_at_vendor(session.ticket.id, session.ticket)
            self._account(at, session.began_s)
            if self._session is session:
                self._session = None

    async def _until_over(self, session: Session) -> str:
        """Keep it alive for as long as it is wanted; returns why it is not any more."""
        clock, policy, every_s = self._place.clock, self._policy, self._vendor.keep_alive_s
        longest_s = min(policy.longest_s, session.ticket.longest_s or policy.longest_s)
        kept_s = clock.monotonic()
        while session.failure is None:
            now_s = clock.monotonic()
            age_s = now_s - session.began_s
            if session.speaking:
                session.last_used_s = now_s
            elif now_s - session.last_used_s >= policy.idle_s:
                return "idle"
            elif age_s >= longest_s - min(_LAST_WORDS_S, longest_s / 4):
                return "its longest time is nearly over"
            if age_s >= longest_s:
                return "its longest time is over"
            if session.shaken_since_s is not None and now_s - session.shaken_since_s >= _MENDING_S:
                return "the room was not mended"
            if every_s is not None and now_s - kept_s >= every_s:
                kept_s = now_s
                await self._keep_alive(session.ticket)
            with suppress(TimeoutError):
                async with asyncio.timeout(min(1.0, policy.idle_s / 4, longest_s / 4)):
                    await session.over.wait()
        return str(session.failure)

    async def _keep_alive(self, ticket: Ticket) -> None:
        try:
            async with asyncio.timeout(_ENDING_S):
                await self._vendor.keep_alive(ticket)
        except (ProviderError, TimeoutError) as error:
            log.warning("avatar_not_kept_alive", provider=self._vendor.name, reason=str(error))

    async def _ended_at_vendor(self, session_id: str, ticket: Ticket | None) -> bool:
        """Whether it is ended. What could not be stays in the book for the next start; its own longest time caps the cost."""
        try:
            async with asyncio.timeout(_ENDING_S):
                await self._vendor.end(session_id, ticket)
        except (ProviderError, TimeoutError) as error:
            log.warning("avatar_session_not_ended", provider=self._vendor.name, reason=str(error))
            return False
        await asyncio.to_thread(self._place.book.forget, self._vendor.name, session_id)
        return True

    def _account(self, at: datetime, began_s: float | None) -> None:
        units: dict[Unit, float] = {}
        if began_s is not None:
            seconds = max(self._place.clock.monotonic() - began_s, 0.001)
            units[Unit.SESSION_SECONDS] = seconds
            if self._vendor.credits_a_minute is not None:
                units[Unit.CREDITS] = self._vendor.credits_a_minute * seconds / _MINUTE_S
        name, model = self._vendor.name, self._vendor.model
        # a session serves many turns: it is no single one's
        self._place.meter.used(Use(ProviderRole.AVATAR, name, model, at, units, None, measured=False, turn=None))

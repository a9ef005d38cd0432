"""A conversation with a cloud avatar: an interruption, sentences, and at last the room puts the kiosk out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from holo_app.audio.virtual import VirtualSpeaker
from holo_app.bootstrap.clock import SystemClock
from holo_app.dialogue.answering import Question
from holo_app.dialogue.notices import Notice, StateChanged
from holo_app.dialogue.reply import Reply, Voice
from holo_app.dialogue.troubles import TroubleBoard
from holo_app.domain.character import Character
from holo_app.domain.kiosk import KioskState
from holo_app.ports.tts import TextToSpeech
from holo_app.providers.http.client import HttpClient
from holo_app.providers.liveavatar.failures import read_refusal
from holo_app.providers.liveavatar.sessions import LiveAvatarSessions, LiveAvatarSettings
from holo_app.providers.livekit_room.avatar import AvatarPlace, RoomAvatar, SessionPolicy
from holo_app.ui.cloud_frames import CloudFrames
from tests.emulators.liveavatar import AVATAR_ID, KEY
from tests.fakes.avatars import FakeBook
from tests.fakes.meter import FakeMeter

SENTENCES = (
    "Yes, it is waterproof down to fifty metres.",
    "The battery lasts about two weeks with ordinary use.",
    "It costs one hundred and forty nine pounds in silver.",
    "You may bring it back within thirty days.",
)
_LONG = "This sentence goes on for quite a while, so that somebody may interrupt it in the middle of a word, or worse."
_CHARACTER = Character("c", "Mia", "shop", "", (), "", "", "en")
_PAUSE_S = 0.5
_AFTERWARDS_S = 1.0
_INTO_IT_S = 0.9


@dataclass(frozen=True)
class Marks:
    """Monotonic seconds. spans: of each sentence. samples: what was heard from `began_s` on. failed: what the kick gave."""

    began_s: float
    samples: NDArray[np.int16]
    rate_hz: int
    spans: Sequence[tuple[float, float]]
    interrupted_s: float
    kicked_s: float
    failure_s: float


def avatar_at(base_url: str, frames: CloudFrames) -> RoomAvatar:
    """The product's own avatar, at an emulator."""
    client = HttpClient("liveavatar", base_url, read=read_refusal)
    place = AvatarPlace(frames, FakeBook(), FakeMeter(), SystemClock())
    return RoomAvatar(LiveAvatarSessions(client, KEY, LiveAvatarSettings(AVATAR_ID)), place, SessionPolicy())


class Conversation:
    """One run. kick: makes the room put the kiosk out. settling_s: before anything is said."""

    def __init__(
        self,
        avatar: RoomAvatar,
        speaker: VirtualSpeaker,
        publish: Callable[[Notice], None],
        kick: Callable[[], Awaitable[None]],
        *,
        sentences: Sequence[str] = SENTENCES,
        settling_s: float = 3.0,
    ) -> None:
        self._avatar = avatar
        self._speaker = speaker
        self._publish = publish
        self._kick = kick
        self._sentences = sentences
        self._settling_s = settling_s
        self._clock = SystemClock()

    async def run(self) -> Marks:
        """Hold it; the avatar's session is over at its end."""
        now = self._clock.monotonic
        began_s = now() - self._speaker.recording().seconds
        await self._avatar.open()
        await asyncio.sleep(self._settling_s)
        interrupted_s = await self._interrupt()
        await asyncio.sleep(_AFTERWARDS_S)
        spans = [await self._say(sentence) for sentence in self._sentences]
        kicked_s, failure_s = await self._be_kicked()
        await asyncio.sleep(_PAUSE_S)
        heard = self._speaker.recording()
        samples = np.frombuffer(heard.pcm, "<i2")
        return Marks(began_s, samples, heard.rate_hz, spans, interrupted_s, kicked_s, failure_s)

    async def _say(self, sentence: str) -> tuple[float, float]:
        start = self._clock.monotonic()
        self._publish(StateChanged(KioskState.SPEAKING))
        audible = asyncio.Event()
        reply = self._reply(sentence, audible)
        reply.commit()
        await reply.run()
        end = self._clock.monotonic()
        self._publish(StateChanged(KioskState.IDLE))
        await asyncio.sleep(_PAUSE_S)
        return start, end

    async def _interrupt(self) -> float:
        audible = asyncio.Event()
        reply = self._reply(_LONG, audible)
        reply.commit()
        running = asyncio.create_task(reply.run())
        await audible.wait()
        await asyncio.sleep(_INTO_IT_S)
        at = self._clock.monotonic()
        reply.silence()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        return at

    async def _be_kicked(self) -> tuple[float, float]:
        audible, failed = asyncio.Event(), []
        troubles = TroubleBoard(lambda _: failed.append(self._clock.monotonic()))
        reply = self._reply(_LONG, audible, troubles)
        reply.commit()
        running = asyncio.create_task(reply.run())
        await audible.wait()
        await asyncio.sleep(_INTO_IT_S)
        at = self._clock.monotonic()
        await self._kick()
        await running
        return at, failed[0]

    def _reply(self, text: str, audible: asyncio.Event, troubles: TroubleBoard | None = None) -> Reply:
        voice = Voice(
            _as_voice(self._avatar),
            self._speaker,
            self._clock,
            lambda text, _: text,
            self._publish,
            troubles or TroubleBoard(self._publish),
        )
        return Reply(Question(text, "en", _CHARACTER), None, voice, lambda _: audible.set())


def _as_voice(avatar: RoomAvatar) -> TextToSpeech:
    return avatar

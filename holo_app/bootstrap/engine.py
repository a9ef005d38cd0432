"""The voice loop, put together from its engines, and taken apart in the right order."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Protocol, TypeVar

from holo_app.bootstrap.answers import load_answers
from holo_app.bootstrap.devices import Devices
from holo_app.bootstrap.shop import TalkingShop, chosen_character
from holo_app.bootstrap.speech import load_embedder, load_speech
from holo_app.bootstrap.turn_settings import turn_settings, turn_words
from holo_app.config import Settings
from holo_app.dialogue.ear import Ear
from holo_app.dialogue.engine import TurnEngine
from holo_app.dialogue.loop import LoopParts, VoiceLoop
from holo_app.dialogue.notices import Notice
from holo_app.dialogue.recorder import Recorder
from holo_app.dialogue.reply import Voice
from holo_app.dialogue.spoken_form import spoken_form
from holo_app.dialogue.troubles import TroubleBoard
from holo_app.domain.character import Character
from holo_app.ports.clock import Clock


@asynccontextmanager
async def voice_loop(
    settings: Settings, shop: TalkingShop, devices: Devices, publish: Callable[[Notice], None], clock: Clock
) -> AsyncGenerator[VoiceLoop]:
    """A loop that is loaded and ready to `run`.

    Everything it owns is closed at the end, devices included; the shop's store is not.
    """
    troubles = TroubleBoard(publish)
    for trouble, detail in shop.troubles:
        troubles.begin(trouble, detail)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(devices.aclose)
        character = _character(settings, shop)
        engines, answers = await _side_by_side(
            _kept(stack, load_speech(settings, troubles)),
            _kept(stack, load_answers(shop.store, load_embedder, character.language, clock)),
        )
        ttl = timedelta(hours=settings.privacy.transcript_ttl_hours)
        words = turn_words()
        parts = LoopParts(
            microphone=devices.microphone,
            ear=Ear(engines.vad),
            stt=engines.stt,
            end_of_turn=engines.end_of_turn,
            answering=answers.answering,
            voice=Voice(engines.tts, devices.speaker, clock, spoken_form, publish, troubles),
            recorder=Recorder(shop.store, publish, troubles, transcript_ttl=ttl),
            character=character,
            words=words,
        )
        # a full collection walks all that was loaded: 120 ms in which nobody hears, speaks or draws
        gc.freeze()
        yield VoiceLoop(parts, TurnEngine(turn_settings(settings), words["en"]), publish)


class _Closable(Protocol):
    async def aclose(self) -> None: ...


A = TypeVar("A", bound=_Closable)
B = TypeVar("B", bound=_Closable)


async def _side_by_side(one: Awaitable[A], other: Awaitable[B]) -> tuple[A, B]:
    """Both results. Should one fail, the other is waited for all the same: it must be in the stack to be closed."""
    first, second = await asyncio.gather(one, other, return_exceptions=True)
    if isinstance(first, BaseException):
        raise first
    if isinstance(second, BaseException):
        raise second
    return first, second


async def _kept(stack: AsyncExitStack, loading: Awaitable[A]) -> A:
    """What was loaded, with its end in the stack."""
    loaded = await loading
    stack.push_async_callback(loaded.aclose)
    return loaded


def _character(settings: Settings, shop: TalkingShop) -> Character:
    """The shop's character, in the language of the settings."""
    return replace(chosen_character(settings, shop.store), language=settings.general.language)

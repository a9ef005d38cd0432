"""The voice loop, put together from its engines, and taken apart in the right order."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog

from holo_app.bootstrap.acting import acting_words
from holo_app.bootstrap.answers import Answers, answering, load_answers
from holo_app.bootstrap.deadlines import stage_deadlines
from holo_app.bootstrap.devices import Devices
from holo_app.bootstrap.languages import kiosk_languages, language_files
from holo_app.bootstrap.late import Late, LateComposer, LateRetriever, LateTts
from holo_app.bootstrap.phrases import all_phrases, filler_texts, until_quiet, worth_keeping
from holo_app.bootstrap.shop import TalkingShop, chosen_character
from holo_app.bootstrap.speech import load_embedder, load_hearing, load_tts
from holo_app.bootstrap.turn_settings import turn_settings, turn_words
from holo_app.config import Settings
from holo_app.dialogue.canned_speech import CannedSpeech
from holo_app.dialogue.ear import Ear
from holo_app.dialogue.engine import TurnEngine
from holo_app.dialogue.fillers import Fillers
from holo_app.dialogue.kept_speech import Phrase
from holo_app.dialogue.loop import LoopParts, Step, VoiceLoop
from holo_app.dialogue.notices import Notice
from holo_app.dialogue.polite_answerer import PoliteAnswerer
from holo_app.dialogue.punctual import PunctualAnswerer
from holo_app.dialogue.recorder import Recorder
from holo_app.dialogue.repeated_speech import RepeatedSpeech
from holo_app.dialogue.reply import Voice
from holo_app.dialogue.spoken_form import spoken_form
from holo_app.dialogue.troubles import TroubleBoard
from holo_app.domain.character import Character
from holo_app.ports.avatar import AvatarScreen
from holo_app.ports.clock import Clock
from holo_app.ports.tts import TextToSpeech
from holo_app.process import give_back_memory

if TYPE_CHECKING:
    from holo_app.bootstrap.providers_in_use import ProvidersInUse

log = structlog.get_logger(__name__)

_TIDY_EVERY_S = 60.0


@asynccontextmanager
async def voice_loop(
    settings: Settings,
    shop: TalkingShop,
    devices: Devices,
    publish: Callable[[Notice], None],
    clock: Clock,
    *,
    complete: bool = True,
    trace: Step | None = None,
    screen: AvatarScreen | None = None,
) -> AsyncGenerator[VoiceLoop]:
    """A loop that is loaded and ready to `run`.

    Everything it owns is closed at the end, devices included; the shop's store is not.

    complete: whether to wait for answers and voice as well. Else they follow while the kiosk already hears, and a customer who
    is quicker waits for them. trace: as for VoiceLoop. screen: for the pictures of cloud avatars; without it none comes.
    """
    troubles, deadlines = TroubleBoard(publish), stage_deadlines(settings)
    for trouble, detail in shop.troubles:
        troubles.begin(trouble, detail)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(devices.aclose)
        # a full collection walks all that is loaded: 120 ms in which nobody hears, speaks or draws
        gc.disable()
        stack.callback(gc.enable)
        character = _character(settings, shop)
        providers = await _providers(settings, shop, clock, troubles, publish=publish, stack=stack, screen=screen)
        tts = Late(lambda: _voices(providers, load_tts(settings, troubles, deadlines)))
        answers = Late(lambda: load_answers(shop.store, load_embedder, character.language))
        stack.push_async_callback(tts.aclose)
        stack.push_async_callback(answers.aclose)
        tts.start()
        hearing = await load_hearing(troubles, deadlines)
        stt = hearing.stt if providers is None else providers.hearing(hearing.stt)
        stack.push_async_callback(stt.aclose)
        following = asyncio.ensure_future(_settle(tts, answers, devices))
        stack.push_async_callback(asyncio.wait, [following])
        if complete:
            await asyncio.shield(following)
        ttl = timedelta(hours=settings.privacy.transcript_ttl_hours)
        words, phrases, files, voice = turn_words(), all_phrases(), language_files(), LateTts(tts)
        engine = TurnEngine(turn_settings(settings), words["en"])
        canned = CannedSpeech(voice)
        speech: TextToSpeech = canned
        if providers is not None:
            speech = providers.presented(canned)
            publish = providers.attendance.watching(publish)
        fillers = Fillers(canned, filler_texts(phrases), spoken_form, after_s=deadlines.filler_after_s)
        retriever = LateRetriever(answers, deadlines)
        languages = kiosk_languages(character.language, files, stt, voice)
        composer = PoliteAnswerer(LateComposer(answers), languages, files.texts)
        answerers = (
            [PunctualAnswerer(composer, deadlines)]
            if providers is None
            else providers.answerers(answers, composer, deadlines)
        )
        parts = LoopParts(
            microphone=devices.microphone,
            ear=Ear(hearing.vad),
            stt=stt,
            end_of_turn=hearing.end_of_turn,
            answering=answering(shop.store, retriever, answerers, clock, first_text_s=deadlines.first_text_s),
            voice=Voice(speech, devices.speaker, clock, spoken_form, publish, troubles, fillers, acting_words()),
            recorder=Recorder(shop.store, publish, troubles, transcript_ttl=ttl),
            character=character,
            words=words,
            languages=languages,
            deadlines=deadlines,
            # what is only a caption needs no provider, and costs nothing
            draft_stt=None if providers is None else hearing.stt,
        )
        keeping = asyncio.ensure_future(
            _keep_phrases(
                canned,
                tts,
                partial(worth_keeping, phrases, character, answers=not settings.providers.tts),
                engine,
                after=following,
            )
        )
        tidying = asyncio.ensure_future(_tidy_memory(engine))
        stack.push_async_callback(asyncio.wait, [keeping, tidying])
        stack.callback(keeping.cancel)
        stack.callback(tidying.cancel)
        yield VoiceLoop(parts, engine, publish, trace)


async def _providers(
    settings: Settings,
    shop: TalkingShop,
    clock: Clock,
    troubles: TroubleBoard,
    *,
    publish: Callable[[Notice], None],
    stack: AsyncExitStack,
    screen: AvatarScreen | None,
) -> ProvidersInUse | None:
    """Those of the settings, with their books; None where the kiosk does everything itself, and then nothing is loaded."""
    if not any((settings.providers.stt, settings.providers.llm, settings.providers.tts, settings.providers.avatar)):
        return None
    from holo_app.bootstrap.providers_in_use import providers_in_use  # noqa: PLC0415 - only where there are some

    providers = await providers_in_use(settings, shop.store, clock, troubles, screen=screen)
    running = asyncio.ensure_future(providers.run(publish))
    stack.push_async_callback(asyncio.wait, [running])
    stack.callback(running.cancel)
    stack.push_async_callback(providers.aclose)
    return providers


async def _voices(providers: ProvidersInUse | None, embedded: Awaitable[TextToSpeech]) -> TextToSpeech:
    voice = await embedded
    return RepeatedSpeech(voice) if providers is None else providers.voice(voice)


async def _settle(tts: Late[TextToSpeech], answers: Late[Answers], devices: Devices) -> None:
    """Everything is loaded, or has said why not."""
    loading: list[Awaitable[object]] = [answers.get(), tts.get()]
    if devices.complete is not None:
        loading.append(devices.complete())
    for outcome in await asyncio.gather(*loading, return_exceptions=True):
        if isinstance(outcome, BaseException):
            log.error("loading_failed", exc_info=outcome)
    gc.freeze()
    gc.enable()
    log.info("everything_loaded")


async def _keep_phrases(
    canned: CannedSpeech,
    tts: Late[TextToSpeech],
    worth: Callable[[Collection[str]], list[Phrase]],
    engine: TurnEngine,
    *,
    after: asyncio.Future[None],
) -> None:
    """Synthesise what is said often, when everything is loaded and nobody talks. worth: which phrases, by languages."""
    await asyncio.wait([after])
    try:
        languages = (await tts.get()).capabilities.languages
        await canned.prepare(worth(languages), partial(until_quiet, lambda: engine.busy))
    except Exception:  # the end of a task: without it each phrase is synthesised when it is said
        log.exception("phrases_not_kept")


async def _tidy_memory(engine: TurnEngine) -> None:
    while True:
        await asyncio.sleep(_TIDY_EVERY_S)
        await until_quiet(lambda: engine.busy)
        await asyncio.to_thread(give_back_memory)


def _character(settings: Settings, shop: TalkingShop) -> Character:
    """The shop's character, in the language of the settings."""
    return replace(chosen_character(settings, shop.store), language=settings.general.language)

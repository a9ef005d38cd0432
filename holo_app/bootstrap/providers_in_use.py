"""The providers of the settings for the voice loop: made, guarded, metered, and reported on. Nothing where there are none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog

from holo_app.bootstrap.absent_providers import AbsentChat, absence, absent_stt, absent_tts
from holo_app.bootstrap.answers import Answers
from holo_app.bootstrap.assistant import shop_assistant
from holo_app.bootstrap.attendance import Attendance
from holo_app.bootstrap.catalogue_names import CatalogueNames
from holo_app.bootstrap.chains import (
    Economy,
    Guards,
    answerers,
    guarded_avatars,
    guarded_chats,
    guarded_stt,
    guarded_tts,
)
from holo_app.bootstrap.late import Late
from holo_app.bootstrap.provider_overview import write_health
from holo_app.bootstrap.substitutes import MissingTts
from holo_app.bootstrap.vendors.kit import Kit, system_secrets
from holo_app.bootstrap.vendors.registry import REGISTRY, chain_of
from holo_app.config import Settings
from holo_app.dialogue.deadlines import StageDeadlines
from holo_app.dialogue.notices import Notice, ProvidersFared
from holo_app.dialogue.resilience.allowance import DailyAllowance
from holo_app.dialogue.resilience.health import Health, ProviderHealth
from holo_app.dialogue.troubles import TroubleBoard
from holo_app.domain.usage import ProviderRole
from holo_app.errors import HoloError, ProviderError, StorageError
from holo_app.knowledge.assistant.assistant import ShopAssistant
from holo_app.ops.providers import HealthRow
from holo_app.ports.avatar import AvatarScreen
from holo_app.ports.chat import ChatModel
from holo_app.ports.clock import Clock
from holo_app.ports.llm import AnswerEvent, AnswerRequest, LanguageModel
from holo_app.ports.repositories import Store
from holo_app.ports.secrets import Secret, Secrets
from holo_app.ports.stt import SpeechToText
from holo_app.ports.tts import TextToSpeech
from holo_app.usage.ledger import UsageLedger

log = structlog.get_logger(__name__)

_REPORT_EVERY_S = 2.0
_LAST_WRITE_S = 2.0
_LOCAL_MODEL = "llamacpp"
_LOADED_HERE = frozenset({"wyoming", "whisper", "kokoro"})
"""They load a model, or say only when asked what they can do; the others have nothing to do before they are needed."""
_LANGUAGES = {"en": "English", "de": "German", "fr": "French"}
"""As models are told of them."""


@dataclass(frozen=True, slots=True)
class KnownSecrets:
    """Secrets that were looked up before the loop began, which must not wait for the system's store."""

    values: Mapping[str, Secret]

    def get(self, name: str) -> Secret | None:
        return self.values.get(name)


class ProvidersInUse:
    """What the settings' chains make of the kiosk's own engines. Close with `aclose` after these, while `run` still runs."""

    def __init__(
        self,
        settings: Settings,
        secrets: Secrets,
        store: Store,
        clock: Clock,
        troubles: TroubleBoard,
        *,
        screen: AvatarScreen | None = None,
    ) -> None:
        self._settings = settings
        self._store = store
        self._ledger = UsageLedger(store, clock)
        self._allowance = DailyAllowance(self._ledger, clock, most=settings.providers.hedges_a_day)
        self._kit = Kit(settings, secrets, self._allowance, clock, CatalogueNames(store), screen)
        self._health = Health(clock, troubles)
        self._guards = Guards(self._health, clock)
        self._chats: list[ChatModel] = []
        self._warming: list[asyncio.Future[None]] = []
        # without a screen for their pictures they would only be dear voices
        self._avatars = self._made(ProviderRole.AVATAR, absent_tts) if screen is not None else []
        self.attendance = Attendance([avatar for _, avatar in self._avatars if not isinstance(avatar, MissingTts)])

    def hearing(self, embedded: SpeechToText) -> SpeechToText:
        """The recognisers in a row."""
        return guarded_stt(self._made(ProviderRole.STT, absent_stt), embedded, self._guards)

    def voice(self, embedded: TextToSpeech) -> TextToSpeech:
        """The voices in a row."""
        return guarded_tts(self._made(ProviderRole.TTS, absent_tts), embedded, self._guards)

    def presented(self, voice: TextToSpeech) -> TextToSpeech:
        """The avatars that speak, before the voice."""
        return guarded_avatars(self._avatars, voice, self._guards)

    def answerers(
        self, answers: Late[Answers], composer: LanguageModel, deadlines: StageDeadlines
    ) -> list[LanguageModel]:
        """The language models in a row, as shop assistants, before the composer."""
        self._chats = list(guarded_chats(self._made(ProviderRole.LLM, AbsentChat), self._guards))
        chain = self._settings.providers
        economy = Economy(self._allowance, chain.hedge_after_s, chain.remembered_answers)
        models = [(chat.name, LateAssistant(answers, partial(self._assistant, chat))) for chat in self._chats]
        return answerers(models, composer, economy, deadlines, self._kit.clock)

    async def run(self, publish: Callable[[Notice], None]) -> None:
        """Keep account and tell how the providers fare, until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._ledger.run())
                group.create_task(self.attendance.begin())
                group.create_task(self._report(publish))
        except Exception:  # the end of a task: customers are served all the same
            log.exception("providers_books_crashed")

    async def aclose(self) -> None:
        """Close the language models and end the avatars' sessions; what that used is written down too."""
        for warming in self._warming:
            warming.cancel()
        await asyncio.gather(*self._warming, return_exceptions=True)
        await self.attendance.aclose()
        for _, avatar in self._avatars:
            await avatar.aclose()
        for chat in self._chats:
            await chat.aclose()
        with suppress(TimeoutError):  # where nobody writes any more
            async with asyncio.timeout(_LAST_WRITE_S):
                await self._ledger.flush()

    def _made(self, role: ProviderRole, absent: Callable[[Any], Any]) -> list[tuple[str, Any]]:
        """A role's providers by name; what cannot be made fails when it is asked."""
        made = []
        for name in chain_of(self._settings, role):
            try:
                provider = REGISTRY[role][name].make(self._kit)
            except HoloError as error:
                log.error("provider_missing", role=role.value, provider=name, reason=str(error))  # noqa: TRY400 - no bug
                provider = absent(absence(name, error))
            if name in _LOADED_HERE and hasattr(provider, "warm_up"):
                self._warming.append(asyncio.ensure_future(_warmed(provider.warm_up())))
            made.append((name, provider))
        return made

    def _assistant(self, chat: ChatModel, answers: Answers) -> ShopAssistant:
        small = chat.name == _LOCAL_MODEL and self._settings.llamacpp.model_file is not None
        return shop_assistant(chat, self._store, answers, _LANGUAGES, small=small)

    async def _report(self, publish: Callable[[Notice], None]) -> None:
        told: tuple[ProviderHealth, ...] = ()
        while True:
            fares = self._health.all()
            if fares != told:
                told = fares
                publish(ProvidersFared(tuple(fare.fared() for fare in fares)))
                await self._write_down(fares)
            await asyncio.sleep(_REPORT_EVERY_S)

    async def _write_down(self, fares: tuple[ProviderHealth, ...]) -> None:
        rows = [self._row(fare) for fare in fares]
        try:
            await asyncio.to_thread(write_health, self._store, rows)
        except StorageError as error:
            log.warning("provider_health_not_written", reason=str(error))

    def _row(self, fare: ProviderHealth) -> HealthRow:
        return HealthRow(
            role=fare.role,
            provider=fare.provider,
            state=fare.state,
            needs_staff=fare.needs_staff,
            calls=fare.calls,
            failures=fare.failures,
            last_failure=fare.last_failure,
            failed_at=fare.failed_at,
            first_result_p50_s=fare.first_result_p50_s,
            at=self._kit.clock.utc(),
        )


class LateAssistant:
    """A LanguageModel: a shop's assistant over answers that are being loaded. Its chat is closed by its owner."""

    def __init__(self, answers: Late[Answers], make: Callable[[Answers], ShopAssistant]) -> None:
        self._answers = answers
        self._make = make
        self._assistant: ShopAssistant | None = None

    async def answer(self, request: AnswerRequest) -> AsyncGenerator[AnswerEvent]:
        if self._assistant is None:
            self._assistant = self._make(await self._answers.get())
        async with aclosing(self._assistant.answer(request)) as events:
            async for event in events:
                yield event

    async def aclose(self) -> None:
        """Nothing of its own."""


async def _warmed(warming: Awaitable[None]) -> None:
    try:
        await warming
    except ProviderError as error:
        log.warning("provider_not_warm", provider=error.provider, category=error.category.value)


async def providers_in_use(
    settings: Settings, store: Store, clock: Clock, troubles: TroubleBoard, *, screen: AvatarScreen | None = None
) -> ProvidersInUse:
    """Look up their keys, in a thread, and be ready to make them. screen: for the pictures of avatars."""
    names = sorted({REGISTRY[role][name].secret for role in REGISTRY for name in chain_of(settings, role)} - {""})
    secrets = await asyncio.to_thread(_looked_up, names) if names else KnownSecrets({})
    return ProvidersInUse(settings, secrets, store, clock, troubles, screen=screen)


def _looked_up(names: list[str]) -> KnownSecrets:
    secrets = system_secrets()
    return KnownSecrets({name: secret for name in names if (secret := secrets.get(name)) is not None})

"""One real call to a provider: does its key work, how long does it take, what does it use, and what is wrong with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any

from holo_app.audio.wav import read_wav
from holo_app.bootstrap.absent_providers import absence
from holo_app.bootstrap.clock import SystemClock
from holo_app.bootstrap.vendors.kit import Kit, Vendor
from holo_app.config import Settings
from holo_app.dialogue.deadlines import Patience, in_time, within
from holo_app.domain.audio import AudioChunk
from holo_app.domain.usage import ProviderRole, Use
from holo_app.errors import FailureCategory, HoloError, ProviderError
from holo_app.ports.chat import ChatModel, ChatRequest, CustomerSays
from holo_app.ports.llm import TextDelta
from holo_app.ports.secrets import Secrets
from holo_app.ports.stt import SpeechToText
from holo_app.ports.tts import SpeechChunk, TextToSpeech
from holo_app.resources import resource

_PATIENCE = Patience(15.0, 15.0)
_SENTENCE = "Hello, how may I help you?"
_CLIP = "price.wav"
_ADVICE = {
    FailureCategory.AUTH: "the key is wrong or may not do this: give another with `holo-app providers key set {secret}`",
    FailureCategory.QUOTA: "the account has nothing left: top it up with the provider",
    FailureCategory.RATE_LIMITED: "too many calls at once: ask the provider for a higher limit, or wait",
    FailureCategory.TIMEOUT: "no answer in time: check the network, or take a provider that is nearer",
    FailureCategory.UNAVAILABLE: "it cannot be reached, or has trouble itself: check the address and the network",
    FailureCategory.CANCELLED_BY_PEER: "the connection broke: check the network, and try again",
    FailureCategory.BAD_REQUEST: "it refuses what is asked: check the model, the voice and the address in the settings",
    FailureCategory.BAD_RESPONSE: "its answer makes no sense: is the address that of this provider?",
}


@dataclass(frozen=True, slots=True)
class ProviderCheck:
    """The outcome of one call. result: what came of it, for people. first_ms: until the first useful piece; None: none came.

    problem, advice: what is wrong and what to do; "" where nothing is.
    """

    role: ProviderRole
    name: str
    model: str
    result: str = ""
    first_ms: float | None = None
    total_ms: float | None = None
    uses: tuple[Use, ...] = ()
    category: FailureCategory | None = None
    problem: str = ""
    advice: str = ""

    @property
    def works(self) -> bool:
        """Whether the call did what it should."""
        return not self.problem


@dataclass(slots=True)
class _Account:
    """A Meter for one call."""

    uses: list[Use] = field(default_factory=list)

    def used(self, use: Use) -> None:
        self.uses.append(use)


def check_provider(settings: Settings, secrets: Secrets, vendor: Vendor[Any], *, calls: int = 1) -> list[ProviderCheck]:
    """Call a provider so many times, one after the other, over one connection. The calls are real, and are billed."""
    account = _Account()
    kit = Kit(settings, secrets, account, SystemClock())
    return asyncio.run(_checks(kit, vendor, account, calls))


async def _checks(kit: Kit, vendor: Vendor[Any], account: _Account, calls: int) -> list[ProviderCheck]:
    blank = ProviderCheck(vendor.role, vendor.name, vendor.model(kit.settings))
    try:
        provider = vendor.make(kit)
    except HoloError as error:
        return [_failed(blank, absence(vendor.name, error), vendor)]
    outcomes = []
    try:
        for _ in range(calls):
            account.uses.clear()
            outcome = await _once(blank, provider, vendor, kit.settings.general.language)
            outcomes.append(replace(outcome, uses=tuple(account.uses)))
            if outcome.category in {FailureCategory.AUTH, FailureCategory.QUOTA}:
                break
    finally:
        await provider.aclose()
    return outcomes


async def _once(blank: ProviderCheck, provider: Any, vendor: Vendor[Any], language: str) -> ProviderCheck:
    began = monotonic()
    ask = _ASK[vendor.role]
    pieces: list[str] = []
    first_ms: float | None = None
    try:
        async with aclosing(in_time(ask(provider, language), vendor.name, _PATIENCE)) as parts:
            async for part in parts:
                first_ms = 1000 * (monotonic() - began) if first_ms is None else first_ms
                pieces.append(part)
    except ProviderError as error:
        return _failed(replace(blank, first_ms=first_ms), error, vendor)
    result = _SHOW[vendor.role](pieces)
    total_ms = 1000 * (monotonic() - began)
    return replace(blank, result=result, first_ms=first_ms, total_ms=total_ms)


def _failed(blank: ProviderCheck, error: ProviderError, vendor: Vendor[Any]) -> ProviderCheck:
    advice = _ADVICE[error.category].format(secret=vendor.secret or vendor.name)
    return replace(blank, category=error.category, problem=str(error), advice=advice)


async def _ask_model(model: ChatModel, language: str) -> AsyncGenerator[str]:
    del language
    request = ChatRequest("Answer in one word.", (CustomerSays("Say yes."),), longest_tokens=64)
    async with aclosing(model.stream(request)) as events:
        async for event in events:
            if isinstance(event, TextDelta):
                yield event.text


async def _ask_voice(tts: TextToSpeech, language: str) -> AsyncGenerator[str]:
    spoken = language if language in tts.capabilities.languages else "en"
    async with aclosing(tts.synthesize(_SENTENCE, voice="", language=spoken)) as chunks:
        async for chunk in chunks:
            yield _seconds(chunk)


async def _ask_ear(stt: SpeechToText, language: str) -> AsyncGenerator[str]:
    del language  # the clip is English
    clip = read_wav(resource("demo", _CLIP))
    async with aclosing(stt.transcribe(_once_sent(clip), language="en")) as transcripts:
        async for transcript in transcripts:
            if transcript.final:
                yield transcript.text


async def _once_sent(clip: AudioChunk) -> AsyncIterator[AudioChunk]:
    yield clip


async def _ask_presenter(avatar: Any, language: str) -> AsyncGenerator[str]:
    del language
    quota = await within(avatar.quota(), "quota", _PATIENCE.first_s)
    yield "no quota told" if quota is None else str(quota)


def _seconds(chunk: SpeechChunk) -> str:
    return f"{chunk.audio.seconds:.3f}"


def _spoken(pieces: Sequence[str]) -> str:
    return f"{sum(map(float, pieces)):.1f} s of speech"


_ASK: dict[ProviderRole, Callable[[Any, str], AsyncGenerator[str]]] = {
    ProviderRole.LLM: _ask_model,
    ProviderRole.TTS: _ask_voice,
    ProviderRole.STT: _ask_ear,
    ProviderRole.AVATAR: _ask_presenter,
}
_SHOW: dict[ProviderRole, Callable[[Sequence[str]], str]] = {
    ProviderRole.LLM: "".join,
    ProviderRole.TTS: _spoken,
    ProviderRole.STT: "".join,
    ProviderRole.AVATAR: "".join,
}

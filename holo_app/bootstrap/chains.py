"""Providers in a row, each with its guard, ending in the kiosk's own engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from holo_app.dialogue.deadlines import StageDeadlines
from holo_app.dialogue.punctual import PunctualAnswerer
from holo_app.dialogue.repeated_speech import RepeatedSpeech
from holo_app.dialogue.resilience.allowance import DailyAllowance
from holo_app.dialogue.resilience.calls import Calls
from holo_app.dialogue.resilience.chained_stt import ChainedStt
from holo_app.dialogue.resilience.chained_tts import ChainedTts
from holo_app.dialogue.resilience.guarded import GuardedChat, GuardedStt, GuardedTts
from holo_app.dialogue.resilience.health import Health
from holo_app.dialogue.resilience.hedging import HedgedAnswerer
from holo_app.dialogue.resilience.limits import AVATAR_LIMITS, LLM_LIMITS, STT_LIMITS, TTS_LIMITS, CallLimits
from holo_app.dialogue.resilience.link import Link
from holo_app.dialogue.resilience.remembered import Judge, RememberedAnswers
from holo_app.domain.usage import ProviderRole
from holo_app.ports.chat import ChatModel
from holo_app.ports.clock import Clock
from holo_app.ports.llm import LanguageModel
from holo_app.ports.stt import SpeechToText
from holo_app.ports.tts import TextToSpeech

E = TypeVar("E")

LIMITS = {
    ProviderRole.STT: STT_LIMITS,
    ProviderRole.LLM: LLM_LIMITS,
    ProviderRole.TTS: TTS_LIMITS,
    ProviderRole.AVATAR: AVATAR_LIMITS,
}


@dataclass(frozen=True, slots=True)
class Guards:
    """What the guards of all providers share."""

    health: Health
    clock: Clock

    def calls(self, role: ProviderRole, provider: str, limits: CallLimits | None = None) -> Calls:
        """The guard of one provider."""
        return Calls(role, provider, limits or LIMITS[role], self.health, self.clock)


@dataclass(frozen=True, slots=True)
class Economy:
    """hedge_after_s: 0: never. allowance: for that. remembered: how many answers are kept. keepable: see RememberedAnswers."""

    allowance: DailyAllowance
    hedge_after_s: float = 0.0
    remembered: int = 0
    keepable: Judge = lambda _request, _events: True


def guarded_stt(providers: Sequence[tuple[str, SpeechToText]], embedded: SpeechToText, guards: Guards) -> SpeechToText:
    """providers: by name, first one first. embedded: with its own deadlines. Without providers it is left alone."""
    if not providers:
        return embedded
    links: list[Link[SpeechToText]] = []
    for name, stt in providers:
        calls = guards.calls(ProviderRole.STT, name)
        links.append(_link(GuardedStt(stt, calls, guards.clock), calls))
    return ChainedStt([*links, Link(embedded)], guards.clock)


def guarded_tts(providers: Sequence[tuple[str, TextToSpeech]], embedded: TextToSpeech, guards: Guards) -> TextToSpeech:
    """As above. Each keeps the speech of what it says again and again, so that no phrase changes its voice."""
    if not providers:
        return RepeatedSpeech(embedded)
    links: list[Link[TextToSpeech]] = []
    for name, tts in providers:
        calls = guards.calls(ProviderRole.TTS, name)
        links.append(_link(RepeatedSpeech(GuardedTts(tts, calls, guards.clock)), calls))
    return ChainedTts([*links, Link(RepeatedSpeech(embedded))], StreamOfBytes)


def guarded_avatars(avatars: Sequence[tuple[str, TextToSpeech]], voice: TextToSpeech, guards: Guards) -> TextToSpeech:
    """Avatars that speak before the voice. Nothing of theirs is kept: speech without its pictures would be none of theirs."""
    if not avatars:
        return voice
    links: list[Link[TextToSpeech]] = []
    for name, avatar in avatars:
        calls = guards.calls(ProviderRole.AVATAR, name)
        links.append(_link(GuardedTts(avatar, calls, guards.clock), calls))
    return ChainedTts([*links, Link(voice)], StreamOfBytes)


def guarded_chats(providers: Sequence[tuple[str, ChatModel]], guards: Guards) -> list[GuardedChat]:
    """Each is made a LanguageModel by whoever answers customers."""
    return [GuardedChat(chat, guards.calls(ProviderRole.LLM, name), guards.clock) for name, chat in providers]


def answerers(
    models: Sequence[tuple[str, LanguageModel]],
    composer: LanguageModel,
    economy: Economy,
    deadlines: StageDeadlines,
    clock: Clock,
) -> list[LanguageModel]:
    """The chain for `Answering`. models: each over a guarded chat, by the name of that."""
    chain = [model for _, model in models]
    if len(models) > 1 and economy.hedge_after_s:
        second, other = models[1]
        chain[0] = HedgedAnswerer(chain[0], other, second, after_s=economy.hedge_after_s, allowance=economy.allowance)
    if chain and economy.remembered:
        chain[0] = RememberedAnswers(chain[0], clock, most=economy.remembered, keepable=economy.keepable)
    return [PunctualAnswerer(answerer, deadlines) for answerer in (*chain, composer)]


def _link(engine: E, calls: Calls) -> Link[E]:
    return Link(engine, lambda: calls.available)


class StreamOfBytes:
    """A Resampler of `dialogue.resilience.handover`."""

    def __init__(self, in_hz: int, out_hz: int) -> None:
        from holo_app.audio.resample import StreamResampler  # noqa: PLC0415 - only where voices differ in their rates

        self._stream = StreamResampler(in_hz, out_hz)

    def push(self, pcm: bytes) -> bytes:
        """More sound."""
        import numpy as np  # noqa: PLC0415 - as above

        return self._stream.push(np.frombuffer(pcm, dtype="<i2")).tobytes()

    def finish(self) -> bytes:
        """What it still holds."""
        return self._stream.finish().tobytes()

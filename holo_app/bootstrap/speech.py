"""The embedded engines: loaded side by side in threads; what cannot be loaded is replaced and named, never fatal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import structlog

from holo_app.bootstrap.substitutes import DeafVad, MissingStt, MissingTts
from holo_app.bootstrap.voice_process import piper_command
from holo_app.config import Settings
from holo_app.dialogue.deadlines import StageDeadlines
from holo_app.dialogue.punctual import PunctualEndOfTurn, PunctualStt, PunctualTts
from holo_app.dialogue.silent_voice import SpokenOrShown
from holo_app.dialogue.troubles import TroubleBoard
from holo_app.domain.kiosk import Trouble
from holo_app.errors import FailureCategory, HoloError, ProviderError
from holo_app.ports.embedder import Embedder
from holo_app.ports.end_of_turn import EndOfTurnModel
from holo_app.ports.stt import SpeechToText
from holo_app.ports.tts import TextToSpeech
from holo_app.ports.vad import VoiceActivityDetector
from holo_app.resources import model_file, model_folder

log = structlog.get_logger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Hearing:
    """What hears and understands. Close with `aclose`."""

    vad: VoiceActivityDetector
    stt: SpeechToText
    end_of_turn: EndOfTurnModel | None

    async def aclose(self) -> None:
        """End the threads."""
        await self.stt.aclose()


async def load_hearing(troubles: TroubleBoard, deadlines: StageDeadlines = StageDeadlines()) -> Hearing:
    """Load everything at once, each with its deadline; ready when the slowest is warm."""
    stt, end_of_turn, vad = await asyncio.gather(load_stt(troubles), _load_end_of_turn(), asyncio.to_thread(_load_vad))
    punctual = None if end_of_turn is None else PunctualEndOfTurn(end_of_turn, deadlines)
    return Hearing(vad, PunctualStt(stt, deadlines), punctual)


async def load_stt(troubles: TroubleBoard) -> SpeechToText:
    """Moonshine, warm."""

    def load() -> SpeechToText:
        from holo_app.providers.moonshine.stt import MoonshineStt  # noqa: PLC0415 - only what is used is loaded

        return MoonshineStt(model_folder("moonshine-tiny-en"))

    try:
        stt = await asyncio.to_thread(load)
        await _warm(stt)
    except HoloError as error:
        log.error("recognition_missing", reason=str(error))  # noqa: TRY400 - an environment error
        troubles.begin(Trouble.NO_SPEECH_MODEL, str(error))
        return MissingStt(ProviderError("speech recognition", FailureCategory.UNAVAILABLE, str(error)))
    return stt


async def load_tts(settings: Settings, troubles: TroubleBoard, deadlines: StageDeadlines) -> TextToSpeech:
    """Piper in its own process, warm and punctual; what it cannot pronounce is left to captions."""
    try:
        tts = await warm_voice(settings)
    except HoloError as error:
        log.error("voice_missing", reason=str(error))  # noqa: TRY400 - an environment error
        troubles.begin(Trouble.NO_VOICE, str(error))
        return MissingTts(ProviderError("speech synthesis", FailureCategory.UNAVAILABLE, str(error)))
    return SpokenOrShown(PunctualTts(tts, deadlines))


async def warm_voice(settings: Settings) -> TextToSpeech:
    """Piper in its own process, once it can speak; what goes wrong is raised. Raises: ModelFileError, ProviderError."""
    from holo_app.providers.piper.tts import PiperSettings, PiperTts  # noqa: PLC0415 - only what is used is loaded

    tts = PiperTts(
        PiperSettings(
            model=model_file("piper-joe", "en_US-joe-medium.onnx"),
            config=model_file("piper-joe", "en_US-joe-medium.onnx.json"),
            server_command=piper_command(),
            threads=settings.voice.threads,
        )
    )
    try:
        await tts.warm_up()
    except BaseException:  # cancelled too: its process must not outlive it
        await tts.aclose()
        raise
    return tts


def load_embedder() -> Embedder:
    """The sentence encoder, else letter trigrams."""
    from holo_app.providers.ngrams.embedder import NgramEmbedder  # noqa: PLC0415 - only what is used is loaded
    from holo_app.providers.usem3.embedder import UseEmbedder  # noqa: PLC0415

    factories: list[Callable[[], Embedder]] = [lambda: UseEmbedder(model_folder("sentence-encoder")), NgramEmbedder]
    return _first_that_loads("embedder", factories)


def _load_vad() -> VoiceActivityDetector:
    from holo_app.providers.silero.vad import SileroVad  # noqa: PLC0415 - only what is used is loaded
    from holo_app.providers.webrtc.vad import WebrtcVad  # noqa: PLC0415

    factories: list[Callable[[], VoiceActivityDetector]] = [
        lambda: SileroVad(model_file("silero-vad", "silero_vad.onnx")),
        WebrtcVad,
        DeafVad,
    ]
    return _first_that_loads("vad", factories)


async def _load_end_of_turn() -> EndOfTurnModel | None:
    def load() -> EndOfTurnModel:
        from holo_app.providers.smart_turn.model import SmartTurn  # noqa: PLC0415 - only what is used is loaded

        return SmartTurn(model_file("smart-turn", "smart-turn-v3.2-cpu.onnx"), threads=1)

    try:
        model = await asyncio.to_thread(load)
        await _warm(model)
    except HoloError as error:
        log.warning("end_of_turn_missing", reason=str(error))
        return None
    return model


async def _warm(engine: object) -> None:
    warm_up = getattr(engine, "warm_up", None)
    if warm_up is not None:
        await warm_up()


def _first_that_loads(role: str, factories: Sequence[Callable[[], T]]) -> T:
    problem: HoloError = HoloError(role)
    for factory in factories:
        try:
            return factory()
        except (HoloError, ImportError) as error:
            log.warning("engine_missing", role=role, reason=str(error))
            problem = error if isinstance(error, HoloError) else problem
    raise problem

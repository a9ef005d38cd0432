"""Moonshine tiny: about 0.2 s for a short question, English only."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from holo_app.domain.audio import CAPTURE_RATE_HZ, AudioChunk
from holo_app.domain.speech import Transcript
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.stt import SttCapabilities
from holo_app.providers.moonshine.recognition import recognised
from holo_app.providers.supervision.worker import WorkerThread
from holo_app.providers.utterance.loudness import levelled, may_hold_speech
from holo_app.providers.utterance.samples import capture_rate_samples

if TYPE_CHECKING:
    from moonshine_voice.transcriber import Transcriber

_NAME = "moonshine"
_LANGUAGE = "en"
# the library's own detector puts a false "You" before every third utterance that has a lead-in; ours has segmented already
_OPTIONS = {"vad_threshold": "0.0"}

_MADE_UP = (["you"], ["i"], ["it"], ["the"])


class MoonshineStt:
    """A SpeechToText that hears whole utterances, at any sample rate, in a thread of its own.

    Loading blocks for up to a second: construct it off the event loop.

    model_folder: holds encoder_model.ort, decoder_model_merged.ort and tokenizer.bin.
    Raises: ProviderError: the library is missing, or the files are not the model.
    """

    def __init__(self, model_folder: Path) -> None:
        self._transcriber = _load(model_folder)
        self._worker = WorkerThread(_NAME)

    @property
    def capabilities(self) -> SttCapabilities:
        return SttCapabilities(_NAME, frozenset({_LANGUAGE}), streaming=False)

    async def transcribe(self, audio: AsyncIterator[AudioChunk], *, language: str) -> AsyncGenerator[Transcript]:
        if language != _LANGUAGE:
            raise ProviderError(_NAME, FailureCategory.BAD_REQUEST, f"language {language} is not understood")
        chunks = [chunk async for chunk in audio]
        yield Transcript(await self._worker.run(self._hear, chunks), language, final=True)

    async def warm_up(self) -> None:
        """Run once, so that the first real call is as fast as the others. Raises: ProviderError."""
        hiss = np.random.default_rng(0).normal(0, 0.01, CAPTURE_RATE_HZ)
        await self._worker.run(self._recognise, hiss.astype(np.float32))

    async def aclose(self) -> None:
        await self._worker.aclose(self._transcriber.close)

    def _hear(self, chunks: list[AudioChunk]) -> str:
        samples = capture_rate_samples(_NAME, chunks)
        return self._recognise(samples) if may_hold_speech(samples) else ""

    def _recognise(self, samples: NDArray[np.float32]) -> str:
        from moonshine_voice.errors import MoonshineError  # noqa: PLC0415 - loaded with the transcriber

        try:
            return tidy(recognised(self._transcriber, levelled(samples), CAPTURE_RATE_HZ))
        except MoonshineError as error:
            raise ProviderError(_NAME, FailureCategory.BAD_RESPONSE, str(error)) from error


def tidy(text: str) -> str:
    """One line with single spaces; nothing at all where it holds no word, or only what the model makes of a click."""
    line = re.sub(r"\s+", " ", text).strip()
    words = re.findall(r"\w+", line.lower())
    return "" if not words or words in _MADE_UP else line


def _load(model_folder: Path) -> Transcriber:
    try:
        from moonshine_voice.errors import MoonshineError  # noqa: PLC0415 - 60 MB that only this provider may cost
        from moonshine_voice.moonshine_api import ModelArch  # noqa: PLC0415 - as above
        from moonshine_voice.transcriber import Transcriber  # noqa: PLC0415 - as above
    except (ImportError, OSError) as error:
        raise ProviderError(_NAME, FailureCategory.UNAVAILABLE, f"moonshine_voice: {error}") from error
    try:
        return Transcriber(model_folder, ModelArch.TINY, options=_OPTIONS)
    except (MoonshineError, OSError) as error:
        raise ProviderError(_NAME, FailureCategory.UNAVAILABLE, str(error)) from error

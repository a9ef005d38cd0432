"""How well a canceller did."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from holo_app.audio.echo import EchoStage
from holo_app.domain.audio import CAPTURE_RATE_HZ, AudioChunk
from holo_app.ports.echo import EchoCanceller
from holo_app.ports.stt import SpeechToText
from holo_app.ports.vad import VoiceActivityDetector
from tests.benchmarks.echo.scenes import Recording
from tests.benchmarks.speech.word_errors import word_error_rate
from tests.fakes.echo_stream import Devices
from tests.fakes.rooms import Floats
from tests.fakes.sounds import loudness_db, pcm

_BEFORE, _AFTER = round(0.3 * CAPTURE_RATE_HZ), round(0.4 * CAPTURE_RATE_HZ)


@dataclass(frozen=True)
class Score:
    """One canceller in one scene.

    removed_db: of the echo, while only the kiosk talks. false_voice: share of those frames that are taken for speech.
    kept_voice: share of the frames with a customer's speech that are still taken for it. core: share of one core, the
    alignment included. found_delay_s: by the estimator, None if never.
    """

    removed_db: float
    false_voice: float
    kept_voice: float
    said: tuple[str, ...]
    understood: tuple[str, ...]
    core: float
    found_delay_s: float | None

    @property
    def word_errors(self) -> float:
        return word_error_rate(self.said, self.understood)


@dataclass(frozen=True)
class Judge:
    """The models by which sound is judged."""

    vad: VoiceActivityDetector
    stt: SpeechToText

    async def score(self, make: Callable[[], EchoCanceller], recording: Recording) -> Score:
        """Run a fresh canceller over the recording."""
        stage = EchoStage(make())
        began = time.process_time()
        clean = Devices(drift_ppm=recording.scene.drift_ppm).run(stage, recording.played, recording.heard)
        core = (time.process_time() - began) / (len(clean) / CAPTURE_RATE_HZ)
        return await self._judged(recording, clean, core, stage.lateness_s)

    async def without_echo(self, recording: Recording) -> Score:
        """The best that any canceller could do."""
        return await self._judged(recording, recording.customer, 0.0, None)

    async def _judged(self, recording: Recording, clean: Floats, core: float, delay_s: float | None) -> Score:
        alone = recording.alone
        said = tuple(text for _, text in recording.spoken)
        heard = [await self._understood(clean, place) for place, _ in recording.spoken]
        return Score(
            loudness_db(recording.heard[alone]) - loudness_db(clean[alone]),
            float(np.mean(self._voiced(clean)[self._frames(alone)])),
            self._kept(recording, clean),
            said,
            tuple(heard),
            core,
            delay_s,
        )

    def _kept(self, recording: Recording, clean: Floats) -> float:
        talking = slice(recording.alone.stop, len(clean))
        wanted, found = (self._voiced(sound)[self._frames(talking)] for sound in (recording.customer, clean))
        count = min(len(wanted), len(found))
        return float(np.mean(found[:count][wanted[:count]]))

    def _frames(self, samples: slice) -> slice:
        return slice(samples.start // self.vad.frame_samples, samples.stop // self.vad.frame_samples)

    def _voiced(self, sound: Floats) -> NDArray[np.bool_]:
        self.vad.reset()
        whole, size = pcm(sound), 2 * self.vad.frame_samples
        ends = range(size, len(whole) + 1, size)
        return np.array([self.vad.probability(whole[end - size : end]) > 0.5 for end in ends])

    async def _understood(self, sound: Floats, place: slice) -> str:
        async def once() -> AsyncIterator[AudioChunk]:
            yield AudioChunk(pcm(sound[max(0, place.start - _BEFORE) : place.stop + _AFTER]))

        async with aclosing(self.stt.transcribe(once(), language="en")) as transcripts:
            return [transcript.text async for transcript in transcripts][-1]


def mean(values: Sequence[float]) -> float:
    return float(np.mean(values))

"""Smart Turn v3.2: does the end of this utterance sound like the end of a turn?"""

from __future__ import annotations

from pathlib import Path

from holo_app.domain.audio import CAPTURE_RATE_HZ, AudioChunk, silence
from holo_app.providers.onnx.session import OnnxModel, float_samples
from holo_app.providers.smart_turn.features import last_window, log_mel
from holo_app.providers.supervision.worker import WorkerThread


class SmartTurn:
    """An EndOfTurnModel that takes some 60 ms a call, in a thread of its own; calls run one after the other.

    Its weights are rounded to 8 bits while it runs, so that the least change of the sound may move the answer by 0.1:
    a hint, not a judge.

    threads: processor threads for one call. Raises: ProviderError: onnxruntime is missing or the file is not the model.
    """

    def __init__(self, model_path: Path, *, threads: int = 2) -> None:
        self._model = OnnxModel("smart-turn", model_path, threads=threads)
        self._worker = WorkerThread("smart-turn")

    async def probability(self, utterance: AudioChunk) -> float:
        if utterance.rate_hz != CAPTURE_RATE_HZ:
            raise ValueError(f"the model hears {CAPTURE_RATE_HZ} Hz, not {utterance.rate_hz}")
        return await self._worker.run(self._judge, utterance.pcm)

    async def warm_up(self) -> None:
        """Run once, so that the first real call is as fast as the others. Raises: ProviderError."""
        await self.probability(silence(1))

    async def aclose(self) -> None:
        """End the thread. May be called twice."""
        await self._worker.aclose()

    def _judge(self, pcm: bytes) -> float:
        features = log_mel(last_window(float_samples(pcm)))
        (probability,) = self._model.run({"input_features": features[None]})
        return min(1.0, max(0.0, float(probability[0, 0])))

"""Running an ONNX model so that it shares a small machine with everything else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from holo_app.errors import FailureCategory, ProviderError

Feed = dict[str, NDArray[Any]]


class StopSwitch:
    """Ends one run of a model from another thread, within some 30 ms. Needs onnxruntime."""

    def __init__(self) -> None:
        from onnxruntime import RunOptions  # noqa: PLC0415 - as in OnnxModel

        self.run_options = RunOptions()

    def stop(self) -> None:
        """End the run, or let it fail at once when it begins."""
        self.run_options.terminate = True


class OnnxModel:
    """A model loaded for the processor.

    Idle threads sleep instead of spinning and the memory arena is off unless asked for: a spinning pool takes a core from the
    voice loop for nothing, and an arena keeps the largest block that was ever needed.

    Args:   provider: named in errors. path: the model's file. threads: how many one run may use. plan_memory: let tensors share
            memory by a plan made at loading, which takes seconds where a model has thousands of steps. arena: keep memory for
            the next run, where a run needs so many large blocks that fetching them anew costs as much as the work.
    Raises: ProviderError: onnxruntime is missing, or the file is not a model that it can run.
    """

    def __init__(
        self, provider: str, path: Path, *, threads: int, plan_memory: bool = True, arena: bool = False
    ) -> None:
        self._provider = provider
        try:
            import onnxruntime  # noqa: PLC0415 - 0.3 s and 20 MB that only a chosen provider may cost
            from onnxruntime.capi import onnxruntime_pybind11_state as state  # noqa: PLC0415 - as above
        except ImportError as error:
            raise ProviderError(provider, FailureCategory.UNAVAILABLE, f"onnxruntime: {error}") from error
        # the library's exceptions have no common base
        self._errors: tuple[type[Exception], ...] = (
            state.Fail,
            state.InvalidArgument,
            state.InvalidGraph,
            state.InvalidProtobuf,
            state.NoSuchFile,
            state.NotImplemented,
            state.RuntimeException,
        )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = arena
        options.enable_mem_reuse = plan_memory
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except self._errors as error:
            raise ProviderError(provider, FailureCategory.UNAVAILABLE, str(error)) from error

    @property
    def input_names(self) -> tuple[str, ...]:
        """What the model takes, in order."""
        return tuple(value.name for value in self._session.get_inputs())

    @property
    def output_names(self) -> tuple[str, ...]:
        """What it makes, in the order of `run`."""
        return tuple(value.name for value in self._session.get_outputs())

    def run(self, feed: Feed, switch: StopSwitch | None = None) -> list[NDArray[Any]]:
        """The model's outputs, in order. Blocks, without the interpreter lock.

        Raises: ProviderError: the run failed or `switch` ended it.
        """
        try:
            outputs: list[NDArray[Any]] = self._session.run(None, feed, switch and switch.run_options)
        except self._errors as error:
            raise ProviderError(self._provider, FailureCategory.BAD_RESPONSE, str(error)) from error
        return outputs


def float_samples(pcm: bytes) -> NDArray[np.float32]:
    """PCM16 as (N,) float32 in −1..1."""
    return np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32_768)

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, checker, helper, load, save

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.onnx.session import OnnxModel, StopSwitch
from holo_app.providers.piper.durations import copy_with_durations


def save_model(path: Path, steps: list[str]) -> None:
    """A model whose steps follow each other; its one output is twice the last step's result."""
    names = ["input", *(f"step{i}" for i in range(len(steps)))]
    nodes = [helper.make_node(step, [names[i]], [names[i + 1]]) for i, step in enumerate(steps)]
    nodes.append(helper.make_node("Add", [names[-1], names[-1]], ["output"]))
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2]) for name in ("input", "output")]
    model = helper.make_model(
        helper.make_graph(nodes, "voice", ends[:1], ends[1:]), opset_imports=[helper.make_opsetid("", 17)], ir_version=9
    )
    checker.check_model(model)
    save(model, str(path))


def test_the_rounded_durations_become_the_last_output(tmp_path: Path) -> None:
    save_model(tmp_path / "voice.onnx", ["Abs", "Ceil", "Neg"])

    assert copy_with_durations(tmp_path / "voice.onnx", tmp_path / "copy.onnx")
    assert [output.name for output in load(str(tmp_path / "copy.onnx")).graph.output] == ["output", "step1"]
    sound, durations = OnnxModel("test", tmp_path / "copy.onnx", threads=1).run(
        {"input": np.array([-1.5, 2.0], dtype=np.float32)}
    )
    assert sound.tolist() == [-4.0, -4.0]
    assert durations.tolist() == [2.0, 2.0]


@pytest.mark.parametrize("steps", [["Abs"], ["Ceil", "Ceil"]], ids=["none", "several"])
def test_a_model_that_is_no_such_voice_is_copied_as_it_is(tmp_path: Path, steps: list[str]) -> None:
    save_model(tmp_path / "voice.onnx", steps)

    assert not copy_with_durations(tmp_path / "voice.onnx", tmp_path / "copy.onnx")
    assert (tmp_path / "copy.onnx").read_bytes() == (tmp_path / "voice.onnx").read_bytes()


@pytest.mark.parametrize("content", [b"\x0f rubbish", b"\xff\xff\xff"], ids=["wrong-type", "cut-off"])
def test_another_kind_of_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "voice.onnx").write_bytes(content)

    with pytest.raises(ValueError, match="no protocol buffer"):
        copy_with_durations(tmp_path / "voice.onnx", tmp_path / "copy.onnx")


def test_a_file_that_is_no_model_is_an_error_of_its_provider(tmp_path: Path) -> None:
    (tmp_path / "broken.onnx").write_bytes(b"rubbish")

    for path in (tmp_path / "broken.onnx", tmp_path / "missing.onnx"):
        with pytest.raises(ProviderError) as caught:
            OnnxModel("test", path, threads=1)
        assert (caught.value.provider, caught.value.category) == ("test", FailureCategory.UNAVAILABLE)


def test_a_run_with_the_wrong_input_or_that_is_stopped_is_an_error(tmp_path: Path) -> None:
    save_model(tmp_path / "voice.onnx", ["Ceil"])
    model = OnnxModel("test", tmp_path / "voice.onnx", threads=1)
    switch = StopSwitch()
    switch.stop()

    for feed, stop in (({"input": np.zeros(3, np.float32)}, None), ({"input": np.zeros(2, np.float32)}, switch)):
        with pytest.raises(ProviderError) as caught:
            model.run(feed, stop)
        assert caught.value.category is FailureCategory.BAD_RESPONSE

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, checker, helper, load, numpy_helper, save

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.onnx.session import OnnxModel, StopSwitch
from holo_app.providers.piper.network import VoiceNetwork, cut_network
from holo_app.providers.piper.synthesis import Synthesis

Floats = NDArray[np.float32]


def save_graph(path: Path, nodes: list[NodeProto], weights: dict[str, Floats], shape: list[int | str]) -> None:
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("input", "output")]
    initializers = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    model = helper.make_model(
        helper.make_graph(nodes, "voice", ends[:1], ends[1:], initializers),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=9,
    )
    checker.check_model(model)
    save(model, str(path))


def save_model(path: Path, steps: list[str]) -> None:
    """A model whose steps follow each other; its one output is twice the last step's result."""
    names = ["input", *(f"step{i}" for i in range(len(steps)))]
    nodes = [helper.make_node(step, [names[i]], [names[i + 1]]) for i, step in enumerate(steps)]
    save_graph(path, [*nodes, helper.make_node("Add", [names[-1], names[-1]], ["output"])], {}, [2])


def save_voice(path: Path, after: str = "Identity", *, flow: bool = False) -> None:
    """A network like a voice's: frames (1, 2, N) from the first part, a convolution over five of them as the decoder.

    after: the step that follows the decoder. flow: whether another convolution comes before it.
    """
    kernel: Floats = (np.arange(10.0).reshape(1, 2, 5) / 10).astype(np.float32)
    weights: dict[str, Floats] = {"half": np.array(0.5, np.float32), "/dec/kernel": kernel}
    earlier = [
        helper.make_node("Ceil", ["input"], ["durations"], name="/dp/Ceil"),
        helper.make_node("Mul", ["input", "half"], ["halved"], name="/enc/Mul"),
        helper.make_node("Add", ["halved", "halved"], ["mixed" if flow else "frames"], name="/enc/Add"),
    ]
    if flow:
        weights["/flow/kernel"] = (np.arange(20.0).reshape(2, 2, 5) / 20).astype(np.float32)
        earlier += [
            helper.make_node("Conv", ["mixed", "/flow/kernel"], ["flowed"], name="/flow/Conv", pads=[2, 2]),
            # what follows the flow belongs to it, whatever it is called
            helper.make_node("Mul", ["flowed", "mixed"], ["frames"], name="/Mul_7"),
        ]
    later = [
        helper.make_node("Conv", ["frames", "/dec/kernel"], ["wave"], name="/dec/Conv", pads=[2, 2]),
        helper.make_node("Tanh", ["wave"], ["sound"], name="/dec/Tanh"),
        helper.make_node(after, ["sound"], ["output"], name="/After"),
    ]
    save_graph(path, [*earlier, *later], weights, [1, "channels", "frames"])


def run_parts(network: VoiceNetwork, value: Floats) -> list[Floats]:
    """The sound from both halves, and the durations."""
    frames, durations = OnnxModel("test", network.first, threads=1).run({"input": value})
    assert network.decoder is not None
    decoder = OnnxModel("test", network.decoder, threads=1)
    (sound,) = decoder.run({decoder.input_names[0]: frames})
    return [sound, durations]


def test_a_voice_is_cut_before_its_decoder(tmp_path: Path) -> None:
    save_voice(tmp_path / "model.onnx")
    value = np.random.default_rng(1).normal(size=(1, 2, 40)).astype(np.float32)

    network = cut_network(tmp_path / "model.onnx", tmp_path)

    assert network.tells_durations
    sound, durations = run_parts(network, value)
    (whole,) = OnnxModel("test", tmp_path / "model.onnx", threads=1).run({"input": value})
    np.testing.assert_array_equal(sound, whole)
    np.testing.assert_array_equal(durations, np.ceil(value))
    assert network.decoder is not None
    assert network.flow is None
    assert weights_of(network.first, network.decoder) == ["half", "/dec/kernel"]


def test_a_voice_with_a_flow_is_cut_before_that_as_well(tmp_path: Path) -> None:
    save_voice(tmp_path / "model.onnx", flow=True)
    value = np.random.default_rng(1).normal(size=(1, 2, 40)).astype(np.float32)

    network = cut_network(tmp_path / "model.onnx", tmp_path)

    assert network.flow is not None
    assert network.decoder is not None
    assert weights_of(network.first, network.flow, network.decoder) == ["half", "/flow/kernel", "/dec/kernel"]
    mixed, durations = OnnxModel("test", network.first, threads=1).run({"input": value})
    np.testing.assert_array_equal(mixed, value)
    np.testing.assert_array_equal(durations, np.ceil(value))


def weights_of(*networks: Path) -> list[str]:
    """The names of the weights of each, one after the other."""
    return [weight.name for network in networks for weight in load(str(network)).graph.initializer]


def test_weights_that_only_the_body_of_a_branch_names_stay(tmp_path: Path) -> None:
    outcome = [helper.make_tensor_value_info("chosen", TensorProto.FLOAT, None)]
    bodies = [
        helper.make_graph([helper.make_node("Mul", ["input", weight], ["chosen"])], weight, [], outcome)
        for weight in ("two", "three")
    ]
    branch = helper.make_node("If", ["yes"], ["frames"], name="/flow/If", then_branch=bodies[0], else_branch=bodies[1])
    decoder = helper.make_node("Mul", ["frames", "/dec/ten"], ["output"], name="/dec/Mul")
    weights = {"two": np.float32(2), "three": np.float32(3), "/dec/ten": np.float32(10)}
    initializers = [numpy_helper.from_array(np.asarray(value), name) for name, value in weights.items()]
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2]) for name in ("input", "output")]
    graph = helper.make_graph(
        [branch, decoder], "voice", ends[:1], ends[1:], [*initializers, numpy_helper.from_array(np.array(True), "yes")]
    )
    save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9),
        str(tmp_path / "model.onnx"),
    )

    network = cut_network(tmp_path / "model.onnx", tmp_path)

    (frames,) = OnnxModel("test", network.first, threads=1).run({"input": np.array([1, 2], np.float32)})
    np.testing.assert_array_equal(frames, [2, 4])
    assert network.decoder is not None
    assert [weight.name for weight in load(str(network.decoder)).graph.initializer] == ["/dec/ten"]


@pytest.mark.parametrize("frames", [1, 23, 24, 25, 200, 1000])
@pytest.mark.parametrize("flow", [False, True], ids=["in-two", "in-three"])
def test_the_pieces_of_a_sentence_are_the_sentence(tmp_path: Path, frames: int, *, flow: bool) -> None:
    save_voice(tmp_path / "model.onnx", flow=flow)
    value = np.random.default_rng(2).normal(size=(1, 2, frames)).astype(np.float32)
    (whole,) = OnnxModel("test", tmp_path / "model.onnx", threads=1).run({"input": value})

    sentence = Synthesis("test", tmp_path / "model.onnx", hop=1, threads=1).begin({"input": value}, 0, StopSwitch())

    pieces = list(sentence.pieces)
    assert sentence.samples == frames
    assert (len(pieces) > 1) == (frames > 24)
    np.testing.assert_allclose(np.concatenate(pieces), whole.reshape(-1), atol=1e-6)


@pytest.mark.parametrize(
    ("run_up", "kept"), [((9.0, 3.0), 2), ((1.0, 1.0), 2), ((1.0, 0.0), 1)], ids=["long", "short", "shorter"]
)
@pytest.mark.parametrize(
    ("after", "flow"), [("Identity", False), ("Identity", True), ("Neg", False)], ids=["in-two", "in-three", "whole"]
)
def test_needless_silence_before_the_first_symbol_is_left_out(
    tmp_path: Path, after: str, run_up: tuple[float, float], kept: int, *, flow: bool
) -> None:
    save_voice(tmp_path / "model.onnx", after, flow=flow)
    # one frame for each of this network's symbols: the two channels tell the durations
    value = np.zeros((1, 2, 30), np.float32)
    value[0, 0, :2] = run_up

    sentence = Synthesis("test", tmp_path / "model.onnx", hop=1, threads=1).begin({"input": value}, 2, StopSwitch())

    assert sentence.durations is not None
    assert sentence.durations[:2].tolist() == [0, kept]
    skipped = int(sum(run_up)) - kept
    assert sentence.samples == 30 - skipped == len(np.concatenate(list(sentence.pieces)))


def test_a_sentence_can_be_stopped_between_its_pieces(tmp_path: Path) -> None:
    save_voice(tmp_path / "model.onnx")
    switch = StopSwitch()
    sentence = Synthesis("test", tmp_path / "model.onnx", hop=1, threads=1).begin(
        {"input": np.zeros((1, 2, 200), np.float32)}, 0, switch
    )

    next(sentence.pieces)
    switch.stop()
    with pytest.raises(ProviderError):
        next(sentence.pieces)


def test_a_voice_whose_sound_is_changed_after_its_decoder_stays_whole(tmp_path: Path) -> None:
    save_voice(tmp_path / "model.onnx", after="Neg")

    assert cut_network(tmp_path / "model.onnx", tmp_path).decoder is None


def test_the_rounded_durations_become_the_last_output(tmp_path: Path) -> None:
    save_model(tmp_path / "model.onnx", ["Abs", "Ceil", "Neg"])

    network = cut_network(tmp_path / "model.onnx", tmp_path)

    assert (network.decoder, network.tells_durations) == (None, True)
    assert [output.name for output in load(str(network.first)).graph.output] == ["output", "step1"]
    sound, durations = OnnxModel("test", network.first, threads=1).run(
        {"input": np.array([-1.5, 2.0], dtype=np.float32)}
    )
    assert sound.tolist() == [-4.0, -4.0]
    assert durations.tolist() == [2.0, 2.0]


@pytest.mark.parametrize("steps", [["Abs"], ["Ceil", "Ceil"]], ids=["none", "several"])
def test_a_model_that_is_no_such_voice_does_the_same_as_before(tmp_path: Path, steps: list[str]) -> None:
    save_model(tmp_path / "model.onnx", steps)

    network = cut_network(tmp_path / "model.onnx", tmp_path)

    assert not network.tells_durations
    value = np.array([-1.5, 2.0], dtype=np.float32)
    results = [
        OnnxModel("test", path, threads=1).run({"input": value}) for path in (network.first, tmp_path / "model.onnx")
    ]
    assert [[sound.tolist() for sound in result] for result in results] == [[results[1][0].tolist()]] * 2


@pytest.mark.parametrize(
    "content", [b"\x0f rubbish", b"\xff\xff\xff", b"\x3a\x7f short"], ids=["wrong-type", "cut-off", "too-long"]
)
def test_another_kind_of_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.onnx").write_bytes(content)

    with pytest.raises(ValueError, match="no protocol buffer"):
        cut_network(tmp_path / "model.onnx", tmp_path)


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

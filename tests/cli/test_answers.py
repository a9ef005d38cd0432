"""`ask`, `transcribe`, `render` and the child that speaks: the forms that other programs rely on."""

import struct
import wave
from pathlib import Path

import pytest

from tests.cli.command_line import holo

pytestmark = pytest.mark.models


def silent_wav(path: Path, seconds: float = 1.0, rate: int = 8_000) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(2 * round(seconds * rate)))
    return path


def test_an_answer_with_its_facts(tmp_path: Path) -> None:
    done = holo("ask", "How much is the Little Owl Night Light?", "--json", "--data-dir", tmp_path, home=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert list(done.object) == ["answer", "products", "facts", "timings_ms"]
    assert "24.50" in done.object["answer"]
    assert done.object["products"] == ["P-014"]
    assert "P-014.price = 24.50 GBP" in done.object["facts"]
    assert {"retrieve", "answer", "total"} <= set(done.object["timings_ms"])


@pytest.mark.parametrize("source", ["file", "standard input"])
def test_lines_are_one_conversation(tmp_path: Path, source: str) -> None:
    lines = "\ufeffHow much is the Little Owl Night Light?\n\n  And the Willow Table Lamp?  \r\n"
    file = tmp_path / "questions.txt"
    file.write_text(lines, encoding="utf-8")
    done = holo(
        "ask", "--lines", file if source == "file" else "-", "--json", "--data-dir", tmp_path,
        home=tmp_path, given="" if source == "file" else lines.lstrip("\ufeff"),
    )  # fmt: skip
    assert (done.code, done.err) == (0, "")
    assert [answer["products"][0] for answer in done.objects] == ["P-014", "P-013"]
    assert "49" in done.objects[1]["answer"]


def test_for_people_the_answer_alone(tmp_path: Path) -> None:
    done = holo("ask", "How much is the Little Owl Night Light?", "--data-dir", tmp_path, home=tmp_path)
    assert done.code == 0
    assert "24.50" in done.out
    assert len(done.out.splitlines()) == 1


def test_questions_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes(b"\xe4\xf6\xfc\n")
    for name, problem in (("absent.txt", "No such file"), ("latin.txt", "is not UTF-8 text")):
        done = holo("ask", "--lines", tmp_path / name, "--data-dir", tmp_path, home=tmp_path)
        assert (done.code, done.out) == (1, "")
        assert f"{name}: {problem}" in done.err


def test_a_transcript_per_file_and_the_faulty_ones_named_at_the_end(tmp_path: Path) -> None:
    quiet = silent_wav(tmp_path / "quiet.wav", 1.5)
    text = tmp_path / "text.wav"
    text.write_text("not sound")
    done = holo("transcribe", text, quiet, tmp_path / "absent.wav", "--json", "--data-dir", tmp_path, home=tmp_path)
    assert done.code == 1
    assert list(done.object) == ["file", "text", "seconds", "timings_ms"]
    assert (done.object["file"], done.object["text"], done.object["seconds"]) == (str(quiet), "", 1.5)
    assert list(done.object["timings_ms"]) == ["stt"]
    assert "2 of 3 recordings could not be read" in done.err
    assert "text.wav" in done.err
    assert "absent.wav" in done.err


def test_a_missing_model_is_named_with_its_remedy(tmp_path: Path) -> None:
    quiet = silent_wav(tmp_path / "quiet.wav")
    done = holo("transcribe", quiet, "--data-dir", tmp_path, home=tmp_path, HOLO_MODELS_DIR=str(tmp_path / "none"))
    assert (done.code, done.out) == (1, "")
    assert "model moonshine-tiny-en" in done.err
    assert "bash packaging/bootstrap.sh models" in done.err


def test_a_conversation_with_nobody_has_no_turns(tmp_path: Path) -> None:
    quiet = silent_wav(tmp_path / "quiet.wav", 0.5, 16_000)
    spoken = tmp_path / "speaker.wav"
    done = holo("converse", "--mic", quiet, "--speaker", spoken, "--json", "--data-dir", tmp_path, home=tmp_path)
    assert (done.code, done.out, done.err) == (0, "", "")
    with wave.open(str(spoken)) as file:
        assert file.getnframes() / file.getframerate() >= 0.5
        assert not any(file.readframes(file.getnframes()))


@pytest.mark.parametrize("mode", ["flat", "pyramid"])
def test_a_picture_without_a_display(tmp_path: Path, mode: str) -> None:
    out = tmp_path / "pictures" / "x.png"
    done = holo(
        "render", "--out", out, "--size", "96x160", "--viseme", "aa", "--mode", mode, "--data-dir", tmp_path,
        home=tmp_path,
    )  # fmt: skip
    assert (done.code, done.out, done.err) == (0, f"{out}\n", "")
    assert struct.unpack(">II", out.read_bytes()[16:24]) == (96, 160)


def test_a_turned_and_happy_ember(tmp_path: Path) -> None:
    ember = ("--look", "ember", "--expression", "happy", "--yaw", "30")
    out = tmp_path / "x.png"
    done = holo("render", *ember, "--out", out, "--size", "96x160", "--data-dir", tmp_path, home=tmp_path)
    assert (done.code, done.out, done.err) == (0, f"{out}\n", "")
    assert [path.name.split("-")[1] for path in (tmp_path / "hologram").iterdir()] == ["ember"]
    done = holo("render", *ember, "--out", out, "--mode", "pyramid", "--data-dir", tmp_path, home=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert "pyramid cannot be turned: yaw needs flat" in done.err


def test_a_picture_where_none_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = holo(
        "render", "--out", tmp_path / "file" / "x.png", "--size", "96x160", "--data-dir", tmp_path, home=tmp_path
    )
    assert (done.code, done.out) == (1, "")
    assert "cannot be written" in done.err


def test_the_child_that_speaks_can_be_started_by_name(tmp_path: Path) -> None:
    absent = ("--model", "absent.onnx", "--config", "absent.json", "--name", "joe", "--language", "en")
    done = holo("piper-server", *absent, home=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert "absent.onnx" in done.err or "absent.json" in done.err

"""Help, settings and errors, as a technician meets them."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from holo_app import __version__
from tests.cli.command_line import holo

COMMANDS = [
    ("run",),
    ("demo",),
    ("ask",),
    ("transcribe",),
    ("converse",),
    ("render",),
    ("film",),
    ("displays",),
    ("calibrate",),
    ("doctor",),
    ("settings",),
    ("products", "import"),
    ("products", "list"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_each_command_explains_itself_and_takes_the_settings(command: tuple[str, ...], tmp_path: Path) -> None:
    done = holo(*command, "--help", home=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert all(option in done.out for option in ("--data-dir", "--config", "--set", "--help"))


def test_help_lists_the_commands(tmp_path: Path) -> None:
    done = holo("--help", home=tmp_path)
    assert done.code == 0
    assert all(f"  {command[0]} " in done.out for command in COMMANDS)
    assert "piper-server" not in done.out


def test_help_is_quick_and_loads_nothing_heavy(tmp_path: Path) -> None:
    program = (
        "import sys; from holo_app.cli import app\n"
        "heavy = {'numpy', 'pydantic', 'structlog', 'sqlalchemy', 'PySide6', 'onnxruntime', 'moderngl', 'sounddevice', 'cv2'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    times = []
    for _ in range(5):
        began = time.perf_counter()
        holo("--help", home=tmp_path)
        times.append(time.perf_counter() - began)
    assert min(times) <= 0.5


def test_version(tmp_path: Path) -> None:
    assert holo("--version", home=tmp_path).out == f"holo-app {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("dance",), "No such command 'dance'"),
        (("ask",), "give either a question or --lines FILE"),
        (("ask", " "), "the question is empty"),
        (("ask", "a", "--lines", "b"), "give either a question or --lines FILE"),
        (("render",), "Missing option '--out'"),
        (("render", "--out", "x.png", "--size", "9x9"), "is not WIDTHxHEIGHT with 16 to 8192 pixels"),
        (("render", "--out", "x.png", "--viseme", "zz"), "is not one of sil, PP, FF"),
        (("render", "--out", "x.png", "--mode", "round"), "'flat', 'pyramid'"),
        (("render", "--out", "x.png", "--look", "punk"), "is not one of 'dusk', 'ember'"),
        (("render", "--out", "x.png", "--expression", "bored"), "'neutral', 'happy', 'curious'"),
        (("converse", "--mic", "absent.wav"), "absent.wav"),
        (("transcribe",), "Missing argument"),
        (("doctor", "--only", "weather"), "there is no check weather; there are models"),
        (("settings", "--set", "fps"), "'fps' is not KEY=VALUE"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_is_right(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = holo(*arguments, home=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Traceback" not in done.err


def test_bad_settings_end_with_2_and_are_all_named(tmp_path: Path) -> None:
    (tmp_path / "holo.toml").write_text('[display]\nmode = "round"\n', encoding="utf-8")
    done = holo("--set", "voice.threads=0", "settings", "--data-dir", tmp_path, home=tmp_path, HOLO_AUDIO__INPTU="usb")
    assert (done.code, done.out) == (2, "")
    assert "3 settings are not valid" in done.err
    assert f"display.mode = 'round' ({tmp_path / 'holo.toml'})" in done.err
    assert "voice.threads = '0' (command line) is not valid: allowed is a whole number from 1 to 16" in done.err
    assert "(HOLO_AUDIO__INPTU) is not valid: there is no such setting; did you mean audio.input?" in done.err


def test_options_may_stand_before_or_behind_the_command(tmp_path: Path) -> None:
    def shown(*arguments: str | Path) -> object:
        return holo(*arguments, "--json", home=tmp_path).object["display.fps_cap"]

    (tmp_path / "other.toml").write_text("display.fps_cap = 20", encoding="utf-8")
    assert shown("settings", "--set", "display.fps_cap=30") == 30
    assert shown("--set", "display.fps_cap=30", "settings") == 30
    assert shown("--set", "display.fps_cap=30", "settings", "--set", "display.fps_cap=40") == 40
    assert shown("--config", tmp_path / "other.toml", "settings") == 20
    assert shown("settings", "--config", tmp_path / "other.toml") == 20


def test_the_data_folder_holds_the_log_and_the_settings(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "holo.toml").write_text("display.fps_cap = 20", encoding="utf-8")
    for done in (
        holo("settings", "--json", "--data-dir", data, home=tmp_path),
        holo("--data-dir", data, "settings", "--json", home=tmp_path),
        holo("settings", "--json", home=tmp_path, HOLO_DATA_DIR=str(data)),
    ):
        assert done.code == 0
        assert (done.object["general.data_dir"], done.object["display.fps_cap"]) == (str(data), 20)
    assert (data / "logs" / "holo.jsonl").parent.is_dir()
    assert not (tmp_path / ".local").exists()


def test_without_a_choice_the_data_folder_is_the_users(tmp_path: Path) -> None:
    folder = Path(holo("settings", "--json", home=tmp_path).object["general.data_dir"])
    assert folder.is_relative_to(tmp_path)


def test_settings_are_shown_with_what_they_may_be(tmp_path: Path) -> None:
    out = holo("settings", home=tmp_path).out
    assert "display.mode = 'auto'\n" in out
    assert "Allowed: one of auto, flat, pyramid, stereo, fan, hololuminescent, quilt, lenticular." in out


def test_a_bug_is_one_line_with_the_place_of_the_log(tmp_path: Path) -> None:
    program = (
        "import typer\n"
        "from holo_app.cli.session import command\n"
        "def broken(settings: 'Settings') -> None:\n"
        "    visitor = 'canary-2c8e'\n"
        "    raise KeyError(len(visitor))\n"
        "app = typer.Typer()\n"
        "app.command()(command(broken))\n"
        "app()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "--data-dir", tmp_path],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"HOME": str(tmp_path)},
    )
    log = tmp_path / "logs" / "holo.jsonl"
    assert (done.returncode, done.stdout) == (70, "")
    assert done.stderr == f"holo-app: this is a bug (KeyError). What happened is in {log}\n"
    [line] = [json.loads(line) for line in log.read_text().splitlines()]
    assert (line["event"], line["exception"][0]["exc_type"]) == ("bug_in_command", "KeyError")
    assert "canary" not in log.read_text()


def test_a_reader_that_leaves_early_is_no_bug(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "holo_app", "products", "list", "--data-dir", tmp_path],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        listing.stdout.close()
        assert listing.stderr.read() == b""
        assert listing.wait(30) == 1

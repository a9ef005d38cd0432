"""The doctor as a technician runs it, on a machine without sound and screen, and with a private sound server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.audio.pulse import MISSING, PulseServer
from tests.cli.command_line import holo


@pytest.fixture
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PulseServer]:
    server = PulseServer(tmp_path_factory.mktemp("pulse"))
    server.start()
    yield server
    server.stop()


def test_no_sound_and_no_screen_are_named_each_with_a_fix(tmp_path: Path) -> None:
    done = holo(
        "doctor", "--only", "microphone,speaker", "--only", "display", "--json", "--data-dir", tmp_path,
        "--set", "audio.input=no such device", "--set", "audio.output=no such device",
        home=tmp_path, PULSE_SERVER="unix:/nowhere",
    )  # fmt: skip
    assert (done.code, done.err) == (1, "")
    assert done.object["ok"] is False
    by_code = {finding["code"]: finding for finding in done.object["checks"]}
    assert {"microphone_missing", "speaker_missing", "display_missing"} <= set(by_code)
    assert all(finding["fix"] for finding in by_code.values() if finding["state"] != "ok")
    assert all(set(finding) == {"check", "code", "state", "text", "fix"} for finding in by_code.values())


def test_warnings_end_with_0(tmp_path: Path) -> None:
    done = holo("doctor", "--only", "database,disk,clock", "--data-dir", tmp_path, home=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert "warn  database" in done.out
    assert "[database_new]\n" in done.out
    assert "→ Nothing to do" in done.out
    assert "ok    disk" in done.out


def test_the_doctor_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "holo.db").write_bytes(b"not a database" * 500)
    done = holo("doctor", "--only", "database", "--json", "--data-dir", tmp_path, home=tmp_path)
    assert (done.code, [finding["code"] for finding in done.object["checks"]]) == (1, ["database_damaged"])
    assert sorted(file.name for file in tmp_path.iterdir()) == ["holo.db", "logs"]


def test_a_sound_library_that_aborts_is_a_finding(tmp_path: Path) -> None:
    done = holo(
        "doctor", "--only", "microphone,disk", "--json", "--data-dir", tmp_path,
        home=tmp_path, PULSE_SERVER="unix:/nowhere", ALSA_CONFIG_PATH="/nowhere",
    )  # fmt: skip
    assert done.code == 1
    microphone, disk = done.object["checks"]
    # the library's abort, or its good answer, by its version; never the end of the doctor
    assert microphone["code"] in {"check_crashed", "microphone_missing"}
    assert disk["code"] == "disk_ok"


@pytest.mark.audio_server
@pytest.mark.skipif(bool(MISSING), reason=f"the machine lacks {', '.join(MISSING)}")
def test_a_microphone_that_delivers_and_a_speaker_that_plays(sound: PulseServer, tmp_path: Path) -> None:
    def checked(*more: str) -> dict[str, str]:
        done = holo(
            "doctor", "--only", "microphone,speaker", "--json", "--data-dir", tmp_path, *more,
            home=tmp_path, **sound.environment,
        )  # fmt: skip
        return {finding["check"]: finding["code"] for finding in done.object["checks"]}

    # a virtual cable is silent to the last bit, as a muted microphone is
    assert checked() == {"microphone": "microphone_silent", "speaker": "speaker_ok"}
    assert checked("--set", "audio.input=absent")["microphone"] == "microphone_missing"
    hiss = sound.spawn("pacat", "--device=vmic_in", "--rate=16000", "--channels=1", "--volume=6000", "/dev/urandom")
    try:
        assert checked("--set", "audio.input=VirtualMic")["microphone"] == "microphone_ok"
    finally:
        hiss.kill()
        hiss.wait()

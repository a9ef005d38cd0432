"""The sculpted character on disk, so that only the first start pays for sculpting."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import structlog
from numpy.typing import NDArray

from holo_app import __version__
from holo_app.hologram.character import Character, Detail, Morph
from holo_app.hologram.looks import DUSK, Look
from holo_app.hologram.sculpt.assembly import sculpt_character

log = structlog.get_logger(__name__)
Sculptor: TypeAlias = Callable[[Detail, Look], Character]
_MORPH_FIELDS: Final = ("index", "move", "turn")
_SEPARATOR: Final = ":"


class CharacterStore:
    """Gives any look at any detail: from memory, from the cache's folder, or by sculpting it.

    cache_dir: where files are kept; None keeps nothing. sculpt: makes what is not there.
    Files of other versions of the sculptor are removed.
    A folder that cannot be written and a file that cannot be read cost time, never the picture.
    """

    def __init__(self, cache_dir: Path | None, sculpt: Sculptor = sculpt_character) -> None:
        self._cache_dir = cache_dir
        self._sculptor = sculpt
        self._loaded: dict[tuple[str, Detail], Character] = {}

    def __call__(self, detail: Detail, look: Look = DUSK) -> Character:
        """The character at this detail; the first call ever takes some seconds."""
        key = (look.name, detail)
        if key not in self._loaded:
            self._loaded[key] = self._read(detail, look) or self._sculpt(detail, look)
        return self._loaded[key]

    def path(self, detail: Detail, look: Look = DUSK) -> Path | None:
        """Where this version's file is or will be; None without a cache."""
        if self._cache_dir is None:
            return None
        return self._cache_dir / f"character-{look.name}-{detail.name.lower()}-{sculptor_version()}.npz"

    def _read(self, detail: Detail, look: Look) -> Character | None:
        path = self.path(detail, look)
        if path is None or not path.is_file():
            return None
        try:
            # opened here, because numpy leaves a file that it cannot read open
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
                return _unpacked(dict(arrays))
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
            log.warning("character_cache_unreadable", file=path.name, error=str(error))
            return None

    def _sculpt(self, detail: Detail, look: Look) -> Character:
        started = time.perf_counter()
        character = self._sculptor(detail, look)
        log.info(
            "character_sculpted",
            look=look.name,
            detail=detail.name.lower(),
            vertices=len(character.positions),
            took_ms=round((time.perf_counter() - started) * 1e3),
        )
        path = self.path(detail, look)
        if path is not None:
            _keep(path, character)
        return character


def _keep(path: Path, character: Character) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(path, _packed(character))
        for other in path.parent.glob("character-*.npz"):
            if not other.stem.endswith(sculptor_version()):
                other.unlink()
    except OSError as error:
        log.warning("character_cache_unwritable", folder=str(path.parent), error=str(error))


@cache
def sculptor_version() -> str:
    """A short hash over all code that shapes the character."""
    package = Path(__file__).parent
    digest = hashlib.sha256(f"{__version__} {np.__version__}".encode())
    folders = (package / "looks", package / "sculpt")
    sources = [
        package / "character.py",
        package / "palette.py",
        *(source for folder in folders for source in sorted(folder.glob("*.py"))),
    ]
    for source in sources:
        if source.is_file():  # a frozen bundle has no sources: there the product's version tells
            digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _write_whole(path: Path, arrays: dict[str, NDArray[np.generic]]) -> None:
    """Write beside and rename: a reader never sees half a file."""
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            np.savez(stream, **arrays)  # type: ignore[arg-type]  # numpy's stub takes no keyword mapping
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _packed(character: Character) -> dict[str, NDArray[np.generic]]:
    arrays = {item.name: getattr(character, item.name) for item in fields(character) if item.name != "morphs"}
    for name, morph in character.morphs.items():
        arrays |= {f"morph{_SEPARATOR}{name}{_SEPARATOR}{part}": getattr(morph, part) for part in _MORPH_FIELDS}
    return arrays


def _unpacked(arrays: dict[str, NDArray[np.generic]]) -> Character:
    names = {key.split(_SEPARATOR)[1] for key in arrays if key.startswith(f"morph{_SEPARATOR}")}
    morphs = {
        name: Morph(*(arrays.pop(f"morph{_SEPARATOR}{name}{_SEPARATOR}{part}") for part in _MORPH_FIELDS))  # type: ignore[arg-type]
        for name in names
    }
    return Character(**arrays, morphs=morphs)  # type: ignore[arg-type]  # the keys are the fields, as _packed wrote

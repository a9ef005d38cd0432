"""Where the pictures of products lie, and which files are pictures.

A product names its picture relative to a root: the data folder holds those of imported catalogues, the sample shop its own.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from holo_app.errors import StorageError

FOLDER = "pictures"
MAX_PICTURE_BYTES = 8 << 20
_HEAD_BYTES = 4096

_LOOKS_RIGHT: dict[str, Callable[[bytes], bool]] = {
    ".svg": lambda head: b"<svg" in head,
    ".png": lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
    ".jpg": lambda head: head.startswith(b"\xff\xd8\xff"),
    ".jpeg": lambda head: head.startswith(b"\xff\xd8\xff"),
}


def find_picture(image: str | None, roots: Sequence[Path]) -> Path | None:
    """The picture file that a product names, in the first root that has it. It never leads out of the roots."""
    if not image:
        return None
    for root in roots:
        path = (root / image).resolve()
        if path.is_relative_to(root.resolve()) and path.is_file():
            return path
    return None


def check_picture(path: Path) -> str | None:
    """What is wrong with the file as a picture, in words; None if it can be shown."""
    looks_right = _LOOKS_RIGHT.get(path.suffix.lower())
    if looks_right is None:
        return f"is no picture that can be shown; allowed are {', '.join(_LOOKS_RIGHT)}"
    try:
        with path.open("rb") as stream:
            head, size = stream.read(_HEAD_BYTES), os.fstat(stream.fileno()).st_size
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        return f"cannot be read ({reason}); the path is relative to the catalogue file"
    if size > MAX_PICTURE_BYTES:
        return f"is larger than {MAX_PICTURE_BYTES >> 20} MB"
    return None if looks_right(head) else f"does not hold a picture of the kind {path.suffix.lower()}"


def keep_picture(source: Path, sku: str, data_dir: Path) -> str:
    """Copy a picture into the data folder. Returns its name relative to it; equal pictures of a SKU have equal names.

    Raises: StorageError.
    """
    try:
        digest = hashlib.sha256(source.read_bytes()).hexdigest()[:12]
        plain = re.sub(r"[^A-Za-z0-9_-]+", "-", sku)[:40]
        target = data_dir / FOLDER / f"{plain}.{digest}{source.suffix.lower()}"
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            unfinished = target.with_name(f"{target.name}.part")
            shutil.copyfile(source, unfinished)
            unfinished.replace(target)
    except OSError as error:
        raise StorageError(f"picture {source.name} could not be copied to {data_dir}: {error.strerror}") from error
    return f"{FOLDER}/{target.name}"


def drop_unused_pictures(data_dir: Path, *, in_use: Collection[str]) -> None:
    """Delete pictures that no product names any more. Those that cannot be deleted stay."""
    folder = data_dir / FOLDER
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.suffix in _LOOKS_RIGHT and f"{FOLDER}/{path.name}" not in in_use:
            try:
                path.unlink()
            except OSError:
                continue  # in use by a window on Windows; the next import tries again

"""The files of this checkout, for tests that read all of them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# what git ignores, where there is no git to ask
_MADE = {".git", ".venv", ".claude", "__pycache__", "build", "dist", "out", "htmlcov"}


def tracked_files() -> list[Path]:
    """Every file of the product, sorted. Without git, every file that no tool has made."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
        return sorted(path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file())
    return sorted(_walk())


def _walk() -> Iterator[Path]:
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in _MADE and not name.endswith(("_cache", ".egg-info"))]
        if Path(folder) == ROOT / "resources" / "models":
            folders.clear()
        yield from (Path(folder) / name for name in files)


def tracked_texts() -> Iterator[tuple[str, str]]:
    """Path in the checkout and content of each text file."""
    for path in tracked_files():
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue

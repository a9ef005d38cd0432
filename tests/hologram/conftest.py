from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from holo_app.hologram.character_store import CharacterStore
from holo_app.hologram.snapshot import Studio


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all: each character is sculpted once."""
    return tmp_path_factory.mktemp("characters")


@pytest.fixture(scope="session")
def store(cache_dir: Path) -> CharacterStore:
    return CharacterStore(cache_dir)


@pytest.fixture(scope="session")
def studio(cache_dir: Path) -> Iterator[Studio]:
    studio = Studio(cache_dir)
    yield studio
    studio.close()

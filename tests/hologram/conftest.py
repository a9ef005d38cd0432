from __future__ import annotations

from collections.abc import Iterator

import pytest

from holo_app.hologram.character_store import CharacterStore
from holo_app.hologram.snapshot import Studio


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> CharacterStore:
    return CharacterStore(tmp_path_factory.mktemp("characters"))


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    studio = Studio(tmp_path_factory.mktemp("studio"))
    yield studio
    studio.close()

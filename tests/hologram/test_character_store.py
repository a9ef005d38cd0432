from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import structlog

from holo_app.hologram.character import Character, Detail
from holo_app.hologram.character_store import CharacterStore
from holo_app.hologram.looks import DUSK, EMBER, Look
from holo_app.hologram.sculpt.assembly import assemble
from holo_app.hologram.sculpt.head import HeadDetail, sculpt_head


def _small(detail: Detail, look: Look) -> Character:
    """A real but rough head: these tests are about files."""
    return assemble([sculpt_head(HeadDetail(16, 4 + detail), look.face)])


def _store(folder: Path | None) -> CharacterStore:
    return CharacterStore(folder, _small)


def _same(one: Character, other: Character) -> bool:
    return (
        np.array_equal(one.positions, other.positions)
        and np.array_equal(one.triangles, other.triangles)
        and set(one.morphs) == set(other.morphs)
        and all(np.array_equal(one.morphs[k].move, other.morphs[k].move) for k in one.morphs)
    )


def _events(store: CharacterStore) -> tuple[Character, list[str]]:
    with structlog.testing.capture_logs() as logs:
        character = store(Detail.LOW)
    return character, [entry["event"] for entry in logs]


def test_only_the_first_start_sculpts(tmp_path: Path) -> None:
    first, events = _events(_store(tmp_path / "new" / "folder"))
    assert events == ["character_sculpted"]
    store = _store(tmp_path / "new" / "folder")
    second, events = _events(store)
    assert events == []
    assert _same(first, second)
    assert store(Detail.LOW) is second, "kept in memory"


@pytest.mark.parametrize("damage", ["cut", "empty", "foreign", "incomplete"])
def test_a_damaged_file_costs_time_and_is_replaced(tmp_path: Path, damage: str) -> None:
    good, _ = _events(_store(tmp_path))
    path = _store(tmp_path).path(Detail.LOW)
    assert path is not None
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:20_000])
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "foreign":
        path.write_bytes(b"not a character at all")
    else:
        np.savez(path, positions=good.positions)
    again, events = _events(_store(tmp_path))
    assert events == ["character_cache_unreadable", "character_sculpted"]
    assert _same(good, again)
    assert _events(_store(tmp_path))[1] == []


def test_each_look_and_detail_has_its_own_file(tmp_path: Path) -> None:
    store = _store(tmp_path)
    made = {(look.name, detail): store(detail, look) for look in (DUSK, EMBER) for detail in Detail}
    assert len(list(tmp_path.iterdir())) == len(made) == 4
    again = _store(tmp_path)
    with structlog.testing.capture_logs() as logs:
        for look in (DUSK, EMBER):
            assert _same(again(Detail.LOW, look), made[look.name, Detail.LOW])
    assert logs == [], "nothing was sculpted twice"
    assert not _same(again(Detail.LOW, DUSK), again(Detail.LOW, EMBER))


def test_files_of_other_versions_are_removed(tmp_path: Path) -> None:
    for old in ("character-low-0123456789abcdef.npz", "character-ember-normal-0123456789abcdef.npz"):
        (tmp_path / old).write_bytes(b"from another version")
    _events(_store(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == [_store(tmp_path).path(Detail.LOW).name]  # type: ignore[union-attr]


def test_a_folder_that_cannot_be_made_costs_only_time(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    character, events = _events(_store(blocked / "cache"))
    assert events == ["character_sculpted", "character_cache_unwritable"]
    assert len(character.positions) > 200


def test_without_a_folder_nothing_is_kept() -> None:
    store = _store(None)
    assert store.path(Detail.LOW) is None
    assert _events(store)[1] == ["character_sculpted"]


def test_a_write_that_fails_leaves_no_half_file(tmp_path: Path) -> None:
    """The name that the file should get is a folder, so that the last step, the renaming, fails."""
    store = _store(tmp_path)
    path = store.path(Detail.LOW)
    assert path is not None
    (path / "in the way").mkdir(parents=True)
    _, events = _events(store)
    assert events[-1] == "character_cache_unwritable"
    assert [item.name for item in tmp_path.iterdir()] == [path.name]

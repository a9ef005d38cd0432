"""Characters, and the small values that staff change on the device."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, RowMapping, select
from sqlalchemy.dialects.sqlite import insert

from holo_app.domain.character import Character
from holo_app.storage.tables import characters, settings


class SqlCharacterRepository:
    """CharacterRepository over one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def upsert(self, characters: Iterable[Character]) -> None:
        values = [_character_values(character) for character in characters]
        if values:
            self._connection.execute(_UPSERT_CHARACTER, values)

    def all(self) -> list[Character]:
        rows = self._connection.execute(select(characters).order_by(characters.c.id)).mappings()
        return [_character(row) for row in rows]

    def get(self, character_id: str) -> Character | None:
        found = select(characters).where(characters.c.id == character_id)
        row = self._connection.execute(found).mappings().first()
        return None if row is None else _character(row)


class SqlSettingRepository:
    """SettingRepository over one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, key: str) -> str | None:
        return self._connection.execute(select(settings.c.value).where(settings.c.key == key)).scalar()

    def put(self, key: str, value: str) -> None:
        row = insert(settings).values(key=key, value=value)
        self._connection.execute(row.on_conflict_do_update(index_elements=[settings.c.key], set_={"value": value}))


_insert_character = insert(characters)
_UPSERT_CHARACTER = _insert_character.on_conflict_do_update(
    index_elements=[characters.c.id],
    set_={c.name: _insert_character.excluded[c.name] for c in characters.c if not c.primary_key},
)


def _character_values(character: Character) -> dict[str, Any]:
    return {
        "id": character.id,
        "name": character.name,
        "category": character.category,
        "system_prompt": character.system_prompt,
        "traits": list(character.traits),
        "voice": character.voice,
        "avatar": character.avatar,
        "language": character.language,
        "greeting": character.greeting,
    }


def _character(row: RowMapping) -> Character:
    return Character(
        id=row["id"],
        name=row["name"],
        category=row["category"],
        system_prompt=row["system_prompt"],
        traits=tuple(row["traits"]),
        voice=row["voice"],
        avatar=row["avatar"],
        language=row["language"],
        greeting=row["greeting"],
    )

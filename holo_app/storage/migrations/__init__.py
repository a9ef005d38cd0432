"""Every change of the schema, oldest first.

The modules are imported here by name, so that a frozen bundle holds them like any other code: there is no folder
that Alembic has to find at run time. A released migration is never edited; a new one is a new module, one more name
in `revisions` and another HEAD. They run in one transaction, with foreign keys unenforced until its end, and must not
commit themselves.
"""

from __future__ import annotations

from types import ModuleType

HEAD = "0002"
"""The schema that this version of the program works with."""


def revisions() -> tuple[ModuleType, ...]:
    """The migrations. Imported only when asked for: a warm start needs neither them nor Alembic (0.2 s)."""
    from holo_app.storage.migrations import m0001_first_schema, m0002_uses  # noqa: PLC0415 - see above

    return (m0001_first_schema, m0002_uses)

"""Database failures as the product's own error."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from holo_app.errors import StorageError


@contextmanager
def as_storage_error(where: str) -> Iterator[None]:
    """Turn what SQLite and SQLAlchemy raise into a StorageError that names the database.

    The statement and its values stay out of the text: they may be what a visitor said.
    """
    try:
        yield
    except DBAPIError as error:
        raise StorageError(f"database {where}: {error.orig}") from error
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise StorageError(f"database {where}: {error}") from error

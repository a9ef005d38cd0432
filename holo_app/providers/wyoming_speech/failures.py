"""A server that goes in the middle of its answer is another failure than one that is not there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.wyoming.client import GoneError, WyomingConnection


@contextmanager
def cut_off(server: WyomingConnection) -> Iterator[None]:
    """Raises: ProviderError(CANCELLED_BY_PEER) in place of a GoneError after the first event."""
    try:
        yield
    except GoneError as error:
        if not server.answered:
            raise
        raise ProviderError(error.provider, FailureCategory.CANCELLED_BY_PEER, error.detail) from error

"""How Google's speech services are opened: by an API key or by tokens of a service account."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.clock import Clock
from holo_app.providers.google.failures import NAME
from holo_app.providers.google_tokens.account import service_account
from holo_app.providers.google_tokens.tokens import GoogleTokens


class GoogleAccess:
    """Either key or tokens. project: of the service account; "" for a key."""

    def __init__(self, *, key: str = "", tokens: GoogleTokens | None = None, project: str = "") -> None:
        self._key = key
        self._tokens = tokens
        self.project = project

    @asynccontextmanager
    async def headers(self) -> AsyncIterator[dict[str, str]]:
        """The headers of one call, which runs in the block. A token that is refused is not used again.

        Raises: ProviderError: no token can be had.
        """
        if self._tokens is None:
            yield {"x-goog-api-key": self._key}
            return
        token = await self._tokens.bearer()
        try:
            yield {"authorization": f"Bearer {token}"}
        except ProviderError as error:
            if error.category is FailureCategory.AUTH:
                self._tokens.forget(token)
            raise

    async def aclose(self) -> None:
        """Close what tokens come from. May be called twice."""
        if self._tokens is not None:
            await self._tokens.aclose()


def google_access(secret: str, clock: Clock) -> GoogleAccess:
    """secret: an API key, or the JSON of a service account. Raises: ProviderError(AUTH): it is JSON, but no such account."""
    if not secret.lstrip().startswith("{"):
        return GoogleAccess(key=secret.strip())
    account = service_account(NAME, secret)
    return GoogleAccess(tokens=GoogleTokens(NAME, account, clock), project=account.project)

"""Bearer tokens for a service account, kept until shortly before they expire.

Source: Google's "Using OAuth 2.0 for server to server applications", RFC 7523. No live service was called.
"""

from __future__ import annotations

import asyncio

from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.clock import Clock
from holo_app.providers.google_tokens.account import ServiceAccount, assertion
from holo_app.providers.http.client import Ask, HttpClient
from holo_app.providers.http.failures import Refusal
from holo_app.providers.http.json_values import count_in, text_in

CLOUD_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_SPARE_S = 300.0
"""A token is not used in its last minutes: a stream that begins with it must live to its end."""

_REFUSALS = frozenset({"invalid_grant", "invalid_client", "unauthorized_client", "invalid_scope", "access_denied"})


class GoogleTokens:
    """provider: the registered name that failures carry. Nothing is asked for before the first `bearer`."""

    def __init__(self, provider: str, account: ServiceAccount, clock: Clock, *, scope: str = CLOUD_SCOPE) -> None:
        self._provider = provider
        self._account = account
        self._clock = clock
        self._scope = scope
        self._client = HttpClient(provider, account.token_address, read=_read_refusal)
        self._asking = asyncio.Lock()
        self._token = ""
        self._good_until = 0.0

    async def bearer(self) -> str:
        """A token that is good for minutes yet. However many ask, one request is made. Raises: ProviderError."""
        async with self._asking:
            if not self._token or self._clock.monotonic() >= self._good_until:
                await self._renew()
            return self._token

    def forget(self, token: str) -> None:
        """A service refused this token: do not give it out again."""
        if token == self._token:
            self._token = ""

    async def aclose(self) -> None:
        """Close the connection. May be called twice."""
        await self._client.aclose()

    async def _renew(self) -> None:
        now_s = int(self._clock.utc().timestamp())
        signed = await asyncio.to_thread(assertion, self._provider, self._account, self._scope, now_s)
        asked_at = self._clock.monotonic()
        form = {"grant_type": _GRANT, "assertion": signed}
        answer = await self._client.json(Ask(self._account.token_address, form=form))
        token = text_in(answer, "access_token")
        if not token:
            raise ProviderError(self._provider, FailureCategory.BAD_RESPONSE, "the answer holds no token")
        life_s = count_in(answer, "expires_in")
        self._token, self._good_until = token, asked_at + max(life_s - _SPARE_S, life_s / 2)


def _read_refusal(refusal: Refusal) -> tuple[FailureCategory | None, str, float | None]:
    """A wrong key is a bad request here; so is a kiosk whose clock is wrong."""
    kind = text_in(refusal.body, "error")
    detail = text_in(refusal.body, "error_description") or kind
    return FailureCategory.AUTH if kind in _REFUSALS else None, detail, None

"""What AKOOL means by its codes. Success is code 1000, whatever the HTTP status; of the others only a few are written down.

Source: AKOOL-Official/akool-streaming-avatar-react-demo (1001, 1002); the rest is hearsay, and is meant to be corrected here.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.http.client import Ask, HttpClient
from holo_app.providers.http.failures import Refusal
from holo_app.providers.http.json_values import JsonObject, inside, number_in, text_in

OK: Final = 1000
CODES: Final = MappingProxyType(
    {
        1001: FailureCategory.AUTH,
        1002: FailureCategory.BAD_REQUEST,
        1003: FailureCategory.BAD_REQUEST,
        1005: FailureCategory.RATE_LIMITED,
        1006: FailureCategory.QUOTA,
        1101: FailureCategory.AUTH,
        1102: FailureCategory.AUTH,
    }
)
_BY_WORD: Final = (("credit", FailureCategory.QUOTA), ("quota", FailureCategory.QUOTA))


def read_refusal(refusal: Refusal) -> tuple[FailureCategory | None, str, float | None]:
    """A ReadRefusal."""
    return _category(refusal.body), text_in(refusal.body, "msg"), None


async def asked(client: HttpClient, ask: Ask) -> JsonObject:
    """The whole answer to a request that succeeded. Raises: ProviderError."""
    answer = await client.json(ask)
    code = number_in(answer, "code")
    if code == OK:
        return answer
    detail = f"code {code:g}: {text_in(answer, 'msg')[:200]}" if code is not None else "an answer without a code"
    fallback = FailureCategory.BAD_RESPONSE if code is None else FailureCategory.UNAVAILABLE
    raise ProviderError(client.provider, _category(answer) or fallback, detail)


async def data_of(client: HttpClient, ask: Ask) -> JsonObject:
    """The `data` of an answer, which must be an object. Raises: ProviderError."""
    data = inside(await asked(client, ask), "data")
    if not isinstance(data, dict):
        raise ProviderError(client.provider, FailureCategory.BAD_RESPONSE, "an answer without data")
    return data


def _category(body: object) -> FailureCategory | None:
    code = number_in(body, "code")
    known = CODES.get(int(code)) if code is not None and abs(code) < 1e6 else None  # noqa: PLR2004 - a code, not a time
    message = text_in(body, "msg").lower()
    return known or next((category for word, category in _BY_WORD if word in message), None)

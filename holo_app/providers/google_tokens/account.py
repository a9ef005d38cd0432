"""A service account, as the JSON file that Google's console gives out."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.http.json_values import text_in

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_DAMAGED = "its private key is damaged"
_TOKEN_ADDRESS = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
_AUDIENCE = _TOKEN_ADDRESS
"""Always, Google's documents say: also where the file names another address."""

_LIFE_S = 3600
"""Google takes no assertion that lives longer."""


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """Who asks. email: its name. private_key: PEM. key_id: which of its keys that is. project: "" where the file has none."""

    email: str
    private_key: str = field(repr=False)
    key_id: str
    token_address: str
    project: str


def service_account(provider: str, text: str) -> ServiceAccount:
    """The account in `text`. Raises: ProviderError(AUTH): it is no service account, and says what is wrong with it."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise _unusable(provider, "it is no JSON: give the whole file, not a key out of it") from None
    kind = text_in(found, "type")
    if kind != "service_account":
        raise _unusable(provider, f'its "type" is "{kind[:40]}", not "service_account"')
    for name in ("client_email", "private_key"):
        if not text_in(found, name):
            raise _unusable(provider, f'it has no "{name}"')
    return ServiceAccount(
        email=text_in(found, "client_email"),
        private_key=text_in(found, "private_key"),
        key_id=text_in(found, "private_key_id"),
        token_address=text_in(found, "token_uri") or _TOKEN_ADDRESS,
        project=text_in(found, "project_id"),
    )


def assertion(provider: str, account: ServiceAccount, scope: str, now_s: int) -> str:
    """The signed request for a token (a JWT, RFC 7523). now_s: seconds since 1970. Takes milliseconds of processor time.

    Raises: ProviderError(AUTH): the private key is none.
    """
    import jwt  # noqa: PLC0415 - only those who have such an account need it

    claims = {
        "iss": account.email,
        "scope": scope,
        "aud": _AUDIENCE,
        "iat": now_s,
        "exp": now_s + _LIFE_S,
    }
    headers = {"kid": account.key_id} if account.key_id else None
    try:
        return jwt.encode(claims, _private_key(provider, account), algorithm="RS256", headers=headers)
    except jwt.PyJWTError:
        raise _unusable(provider, _DAMAGED) from None


def _private_key(provider: str, account: ServiceAccount) -> RSAPrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    pem = account.private_key.encode()
    try:
        # to prove that its primes are some takes 50 ms, in which nothing else runs; Google refuses what they sign if not
        key = load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise _unusable(provider, _DAMAGED)
    return key


def _unusable(provider: str, problem: str) -> ProviderError:
    return ProviderError(provider, FailureCategory.AUTH, f"the service account cannot be used: {problem}")

"""Google's token server, for service accounts. Source: Google's "OAuth 2.0 for server to server applications", RFC 7523."""

from __future__ import annotations

import json
import time
from functools import cache
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.emulators.faults import REFUSALS, Fault
from tests.emulators.web import Emulator, Refused

EMAIL = "kiosk@emulated.iam.gserviceaccount.com"
PROJECT = "emulated-shop"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_AUDIENCE = "https://oauth2.googleapis.com/token"
_LONGEST_S = 3600
_WRONG = {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def account_json(token_address: str, **other: Any) -> str:
    """The file that the console would give. other: fields to change; None leaves one out."""
    pem = _key().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    fields: dict[str, Any] = {
        "type": "service_account",
        "project_id": PROJECT,
        "private_key_id": "0123abcd",
        "private_key": pem.decode(),
        "client_email": EMAIL,
        "client_id": "1",
        "token_uri": token_address,
        "universe_domain": "googleapis.com",
        **other,
    }
    return json.dumps({name: value for name, value in fields.items() if value is not None})


class TokenDesk:
    """Gives a new token for each assertion that is rightly signed. Part of every emulator of a service that wants such tokens.

    life_s: of the tokens. issued: those it gave.
    """

    def __init__(self, life_s: int = 3599) -> None:
        self.life_s = life_s
        self.issued: list[str] = []

    def knows(self, request: web.Request) -> bool:
        """Whether a request bears one of the tokens."""
        return request.headers.get("authorization", "").removeprefix("Bearer ") in self.issued

    async def answer(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        if form.get("grant_type") != _GRANT:
            return web.json_response({"error": "unsupported_grant_type"}, status=400)
        try:
            claims = jwt.decode(
                str(form.get("assertion")), _key().public_key(), algorithms=["RS256"], audience=_AUDIENCE
            )
        except jwt.PyJWTError:
            return web.json_response(_WRONG, status=400)
        if claims["iss"] != EMAIL or not claims.get("scope") or claims["exp"] > time.time() + _LONGEST_S + 60:
            return web.json_response(_WRONG, status=400)
        self.issued.append(f"ya29.emulated-{len(self.issued)}")
        return web.json_response({"access_token": self.issued[-1], "expires_in": self.life_s, "token_type": "Bearer"})


class GoogleTokensEmulator(Emulator):
    """The server by itself."""

    def __init__(self, life_s: int = 3599) -> None:
        super().__init__()
        self.desk = TokenDesk(life_s)

    @property
    def token_address(self) -> str:
        return f"{self.base_url}/token"

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/token", self._answer)

    def refusal(self, fault: Fault) -> Refused:
        return Refused(400, _WRONG) if fault is Fault.UNAUTHORIZED else super().refusal(fault)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        await self.record(request)
        fault = await self.next_fault()
        if fault in REFUSALS:
            return self.refused(fault)
        return await self.desk.answer(request)

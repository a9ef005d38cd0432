"""Tokens for a service account."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.google_tokens.account import service_account
from holo_app.providers.google_tokens.tokens import GoogleTokens
from tests.emulators.faults import Fault
from tests.emulators.google_tokens import EMAIL, PROJECT, GoogleTokensEmulator, account_json


class SetClock:
    """A clock that the test sets; the wall's is the real one, for the emulator checks the dates."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def utc(self) -> datetime:
        return datetime.now(UTC)

    def new_id(self) -> UUID:
        return uuid4()


@pytest.fixture
async def server() -> AsyncIterator[GoogleTokensEmulator]:
    async with GoogleTokensEmulator() as emulator:
        yield emulator


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
async def tokens(server: GoogleTokensEmulator, clock: SetClock) -> AsyncIterator[GoogleTokens]:
    made = GoogleTokens("vertex", service_account("vertex", account_json(server.token_address)), clock)
    yield made
    await made.aclose()


async def test_a_token_is_kept_until_shortly_before_it_expires(
    tokens: GoogleTokens, server: GoogleTokensEmulator, clock: SetClock
) -> None:
    first = await tokens.bearer()
    clock.now = 3200
    assert await tokens.bearer() == first
    clock.now = 3599 - 300
    assert await tokens.bearer() == server.desk.issued[1] != first


async def test_many_that_ask_at_once_make_one_request(tokens: GoogleTokens, server: GoogleTokensEmulator) -> None:
    given = await asyncio.gather(*(tokens.bearer() for _ in range(8)))

    assert set(given) == set(server.desk.issued)
    assert len(server.requests) == 1


async def test_one_that_gives_up_does_not_stand_in_the_way(tokens: GoogleTokens, server: GoogleTokensEmulator) -> None:
    server.fail_next(Fault.NO_ANSWER)
    waiting = asyncio.create_task(tokens.bearer())
    behind = asyncio.create_task(tokens.bearer())
    async with asyncio.timeout(5):
        while not server.requests:  # noqa: ASYNC110 - the emulator tells nobody
            await asyncio.sleep(0)
        waiting.cancel()
        assert await behind == "ya29.emulated-0"


async def test_a_refused_token_is_not_given_out_again(tokens: GoogleTokens, server: GoogleTokensEmulator) -> None:
    first = await tokens.bearer()
    tokens.forget("some other")
    assert await tokens.bearer() == first
    tokens.forget(first)
    assert await tokens.bearer() == server.desk.issued[1]


async def test_a_token_of_a_short_life_is_used_for_half_of_it(
    tokens: GoogleTokens, server: GoogleTokensEmulator, clock: SetClock
) -> None:
    server.desk.life_s = 100
    first = await tokens.bearer()
    clock.now = 49
    assert await tokens.bearer() == first
    clock.now = 50
    assert await tokens.bearer() != first


@pytest.mark.parametrize(
    ("fault", "category"),
    [
        (Fault.UNAUTHORIZED, FailureCategory.AUTH),
        (Fault.SERVER_ERROR, FailureCategory.UNAVAILABLE),
        (Fault.RATE_LIMITED, FailureCategory.RATE_LIMITED),
    ],
)
async def test_a_refusal_is_named_and_the_next_one_asks_again(
    tokens: GoogleTokens, server: GoogleTokensEmulator, fault: Fault, category: FailureCategory
) -> None:
    server.fail_next(fault)
    with pytest.raises(ProviderError) as caught:
        await tokens.bearer()
    assert (caught.value.provider, caught.value.category) == ("vertex", category)
    assert await tokens.bearer() == "ya29.emulated-0"


async def test_a_key_that_google_does_not_know_is_said_to_be_wrong(
    tokens: GoogleTokens, server: GoogleTokensEmulator
) -> None:
    server.fail_next(Fault.UNAUTHORIZED)
    with pytest.raises(ProviderError, match="Invalid JWT Signature"):
        await tokens.bearer()


def test_the_file_of_the_console_is_read() -> None:
    account = service_account("vertex", account_json("http://127.0.0.1/token"))

    assert (account.email, account.project, account.key_id) == (EMAIL, PROJECT, "0123abcd")
    assert "PRIVATE" not in repr(account)
    assert service_account("x", account_json("", token_uri=None)).token_address == "https://oauth2.googleapis.com/token"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("AIzaSyEmulated", "no JSON"),
        ("[1]", 'its "type" is ""'),
        (json.dumps({"type": "authorized_user"}), 'its "type" is "authorized_user"'),
        (account_json("", client_email=None), 'no "client_email"'),
        (account_json("", private_key=7), 'no "private_key"'),
    ],
)
def test_a_bad_file_is_refused_with_its_fault(text: str, problem: str) -> None:
    with pytest.raises(ProviderError, match=problem) as caught:
        service_account("google", text)
    assert caught.value.category is FailureCategory.AUTH


def elliptic() -> str:
    """A key of a kind that Google gives to nobody."""
    key = ec.generate_private_key(ec.SECP256R1())
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(*form).decode()


@pytest.mark.parametrize(
    "key",
    ["no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", elliptic()],
    ids=["text", "empty", "elliptic"],
)
async def test_a_damaged_key_is_refused_before_anything_is_sent(
    server: GoogleTokensEmulator, clock: SetClock, key: str
) -> None:
    tokens = GoogleTokens(
        "vertex", service_account("vertex", account_json(server.token_address, private_key=key)), clock
    )
    with pytest.raises(ProviderError, match="private key is damaged") as caught:
        await tokens.bearer()
    assert caught.value.category is FailureCategory.AUTH
    assert server.requests == []
    await tokens.aclose()


async def test_an_answer_without_a_token_is_a_bad_response(clock: SetClock) -> None:
    class Empty(GoogleTokensEmulator):
        async def _answer(self, request: web.Request) -> web.StreamResponse:
            return web.json_response({"id_token": "eyJ"})

    async with Empty() as server:
        tokens = GoogleTokens("vertex", service_account("vertex", account_json(server.token_address)), clock)
        with pytest.raises(ProviderError, match="no token") as caught:
            await tokens.bearer()
        await tokens.aclose()
    assert caught.value.category is FailureCategory.BAD_RESPONSE

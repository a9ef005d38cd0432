"""`providers`: the real program against emulated services."""

from __future__ import annotations

import asyncio
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from holo_app.bootstrap.provider_overview import in_words, write_health
from holo_app.bootstrap.shop import open_shop
from holo_app.config import load_settings
from holo_app.domain.circuit import CircuitState
from holo_app.domain.usage import Cost, ProviderRole, Unit, Use
from holo_app.errors import FailureCategory
from holo_app.ops.providers import HealthRow
from tests.cli.command_line import Finished, holo
from tests.emulators.faults import Fault
from tests.emulators.openai import KEY, OpenAiEmulator


async def run(emulator: OpenAiEmulator, home: Path, *arguments: str, key: str = KEY) -> Finished:
    """The program, with its key handed over as systemd does."""
    credentials = home / "credentials"
    credentials.mkdir(exist_ok=True)
    (credentials / "holo-openai").write_text(key)
    address = f"openai.base_url={emulator.base_url}"
    return await asyncio.to_thread(
        holo, "providers", *arguments, "--set", address, home=home, CREDENTIALS_DIRECTORY=str(credentials)
    )


async def test_a_key_that_works(tmp_path: Path) -> None:
    async with OpenAiEmulator("Yes.") as emulator:
        done = await run(emulator, tmp_path, "test", "openai", "--json")
    found = next(row for row in done.objects if row["role"] == "llm")
    assert (found["works"], found["result"], found["problem"]) == (True, "Yes.", "")
    assert found["units"] == {"input_tokens": 120.0, "cached_tokens": 64.0, "output_tokens": 12.0}
    assert found["first_ms"] > 0


async def test_a_wrong_key_is_named_and_not_shown(tmp_path: Path) -> None:
    wrong = "sk-this-is-not-the-right-key-000"
    async with OpenAiEmulator() as emulator:
        done = await run(emulator, tmp_path, "test", "openai", key=wrong)
    assert done.code == 1
    assert "Incorrect API key" in done.out
    assert "providers key set openai" in done.out
    assert wrong not in done.out + done.err


@pytest.mark.parametrize(("fault", "words"), [(Fault.QUOTA, "top it up"), (Fault.SERVER_ERROR, "trouble itself")])
async def test_each_problem_comes_with_what_to_do(tmp_path: Path, fault: Fault, words: str) -> None:
    async with OpenAiEmulator() as emulator:
        emulator.fail_next(*[fault] * 3)
        done = await run(emulator, tmp_path, "test", "openai")
    assert done.code == 1
    assert words in done.out


async def test_a_bench_measures_several_calls(tmp_path: Path) -> None:
    async with OpenAiEmulator("Yes.") as emulator:
        done = await run(emulator, tmp_path, "bench", "--calls", "3", "--json", "--set", "providers.llm=openai")
        assert len(emulator.requests) == 3
    assert (done.object["calls"], done.object["failed"]) == (3, 0)
    assert done.object["slowest_first_ms"] >= done.object["first_ms"] > 0


def test_unknown_names_are_answered_with_the_known_ones(tmp_path: Path) -> None:
    for arguments in (("test", "opnai"), ("bench", "opnai"), ("key", "set", "opnai")):
        done = holo("providers", *arguments, home=tmp_path, given="x")
        assert done.code == 1
        assert "openai" in done.err


def test_without_a_store_of_secrets_a_key_is_refused_with_advice(tmp_path: Path) -> None:
    backend = "keyring.backends.fail.Keyring"
    done = holo("providers", "key", "set", "openai", home=tmp_path, given=KEY, PYTHON_KEYRING_BACKEND=backend)
    assert done.code == 1
    assert "systemd-creds" in done.err
    assert KEY not in done.err
    nothing = holo("providers", "key", "set", "openai", home=tmp_path, given=" \n", PYTHON_KEYRING_BACKEND=backend)
    assert "empty" in nothing.err


def test_the_list_and_the_account_tell_what_the_kiosk_wrote_down(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    row = HealthRow(
        ProviderRole.LLM, "openai", CircuitState.OPEN, False, 9, 4, FailureCategory.TIMEOUT, now, 0.412, now
    )
    used = Use(ProviderRole.LLM, "openai", "m", now - timedelta(days=2), {Unit.OUTPUT_TOKENS: 80.0}, Cost(1500))
    with closing(open_shop(load_settings(data_dir=tmp_path / "data", environment={})).store) as store:
        write_health(store, [row])
        with store.transaction() as work:
            work.uses.add([used, replace(used, measured=False, cost=None)])
    here = ("--data-dir", str(tmp_path / "data"))
    rows = holo("providers", "list", "--json", "--set", "providers.llm=openai", *here, home=tmp_path).objects
    listed = next(one for one in rows if (one["role"], one["provider"]) == ("llm", "openai"))
    assert (listed["place"], listed["health"]) == (1, "failing (5 of 9, 412 ms)")
    total = holo("providers", "usage", "--json", *here, home=tmp_path).object
    assert (total["calls"], total["measured"], total["cost_micros"]) == (2, 1, {"USD": 1500})
    text = holo("providers", "usage", *here, home=tmp_path).out
    assert "0.0015 USD (1 estimated)" in text
    metrics = holo("providers", "usage", "--metrics", *here, home=tmp_path).out
    assert 'holo_provider_up{provider="openai",role="llm"} 0.0' in metrics
    assert 'holo_provider_calls_total{model="m",provider="openai",role="llm"} 2.0' in metrics
    assert "holo_provider_cost_total" in metrics


def test_health_in_words() -> None:
    now = datetime.now(UTC)
    row = HealthRow(ProviderRole.TTS, "azure", CircuitState.CLOSED, False, 2, 0, None, None, None, now)
    assert in_words(row) == "works (2 of 2)"
    assert in_words(replace(row, needs_staff=True, last_failure=FailureCategory.QUOTA)) == "needs you: quota"

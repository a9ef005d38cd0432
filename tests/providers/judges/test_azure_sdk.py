"""Microsoft's Speech SDK as the judge of the emulator: it speaks to it unmodified."""

from __future__ import annotations

import asyncio
import json
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.recording import QUESTION_FILE
from tests.emulators.azure import RATE_HZ, AzureEmulator
from tests.house.checkout import ROOT

_SCRIPT = Path(__file__).with_name("azure_sdk.py")


@pytest.fixture(autouse=True)
def _installed() -> None:
    try:
        metadata.version("azure-cognitiveservices-speech")
    except metadata.PackageNotFoundError:
        pytest.skip("azure-cognitiveservices-speech is not installed")


async def judged(emulator: AzureEmulator, what: str, thing: str) -> Any:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.providers.judges.azure_sdk", str(emulator.port), what, thing,
        stdout=asyncio.subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    output, _ = await asyncio.wait_for(process.communicate(), 40)
    return json.loads(output.splitlines()[-1])


async def test_it_hears() -> None:
    async with AzureEmulator("How much is it?") as emulator:
        heard = await judged(emulator, "hear", str(QUESTION_FILE))

    assert heard["partial"][0] == "How much"
    assert heard["final"][0] == "How much is it?"
    assert {"speech.config", "speech.context"} <= {path for path, _ in emulator.received}


async def test_it_speaks_with_words_and_mouth() -> None:
    async with AzureEmulator() as emulator:
        spoken = await judged(emulator, "speak", "Hello there & good day.")

    assert spoken["reason"] == "ResultReason.SynthesizingAudioCompleted"
    assert spoken["words"] == ["Hello", "there", "good", "day"]
    assert spoken["visemes"] == [21, 11, 15] * 4 + [0]
    assert spoken["bytes"] == 2 * round(1.4 * RATE_HZ)

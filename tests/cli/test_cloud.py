"""A whole conversation with every role in the cloud: the real program, emulated services."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.cli.command_line import Finished, holo
from tests.emulators import deepgram, elevenlabs, openai
from tests.emulators.deepgram import DeepgramEmulator
from tests.emulators.elevenlabs import ElevenLabsEmulator
from tests.emulators.faults import Fault
from tests.emulators.openai import OpenAiEmulator

pytestmark = pytest.mark.models

QUESTION = "How much does the Eagle GPS Watch cost?"
ANSWER = "The Eagle GPS Watch costs £179. Shall I tell you more about it?"
KEYS = {"openai": openai.KEY, "deepgram": deepgram.KEY, "elevenlabs": elevenlabs.KEY}


class Cloud:
    """Three services, and a kiosk that uses them."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.llm, self.stt, self.tts = OpenAiEmulator(ANSWER), DeepgramEmulator(QUESTION), ElevenLabsEmulator()
        (home / "credentials").mkdir()
        for name, key in KEYS.items():
            (home / "credentials" / f"holo-{name}").write_text(key)

    async def converse(self, clip: str = "price") -> Finished:
        """Ask aloud what a clip asks; the emulated recogniser hears QUESTION in it all the same."""
        async with self.llm as llm, self.stt as stt, self.tts as tts:
            chosen = {
                "providers.stt": "deepgram",
                "providers.llm": "openai",
                "providers.tts": "elevenlabs",
                "deepgram.base_url": stt.base_url,
                "openai.base_url": llm.base_url,
                "elevenlabs.base_url": tts.base_url,
            }
            settings = [part for key, value in chosen.items() for part in ("--set", f"{key}={value}")]
            return await asyncio.to_thread(
                holo,
                "converse",
                "--mic",
                Path(f"resources/demo/{clip}.wav"),
                "--json",
                "--data-dir",
                self.home / "data",
                *settings,
                home=self.home,
                CREDENTIALS_DIRECTORY=str(self.home / "credentials"),
            )

    def used(self) -> dict[str, int]:
        """Calls by provider, as the kiosk wrote them down."""
        rows = holo("providers", "usage", "--json", "--data-dir", self.home / "data", home=self.home).objects
        return {str(row["provider"]): int(row["calls"]) for row in rows}


async def test_a_conversation_in_the_cloud_is_held_and_accounted_for(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path)
    held = await cloud.converse()
    assert held.code == 0, held.err
    turn = held.object
    assert QUESTION in turn["heard"]
    assert turn["answer"] == turn["spoken"] == ANSWER
    assert turn["products"] == ["P-001"]
    used = cloud.used()
    assert used["openai"] == len(cloud.llm.requests)
    assert used["deepgram"] == len(cloud.stt.requests)
    assert used["elevenlabs"] >= 2


async def test_a_cloud_that_is_down_leaves_a_kiosk_that_answers(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path)
    for service in (cloud.llm, cloud.stt, cloud.tts):
        service.fail_next(*[Fault.OVERLOADED] * 40)
    held = await cloud.converse("weight")
    assert held.code == 0, held.err
    turn = held.object
    # of the watch on the screen, by the kiosk's own ear, catalogue and voice
    assert "48" in turn["spoken"]
    assert turn["spoken"] == turn["answer"] != ANSWER


async def test_an_unfounded_price_is_never_spoken(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path)
    cloud.llm.text = "The Eagle GPS Watch costs only £99 today."
    held = await cloud.converse()
    assert held.code == 0, held.err
    assert "99 today" not in held.object["answer"]
    assert "179" in held.object["spoken"]

"""Later sentences are made while earlier ones are heard, and are heard in their order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from itertools import pairwise

import pytest

from holo_app.dialogue import notices as nt
from holo_app.domain.conversation import Stage
from holo_app.ports.tts import SpeechChunk
from tests.dialogue.world import World, running
from tests.fakes.tts import FakeTts
from tests.fakes.virtual_time import virtual_time

SENTENCES = ("It costs 89 pounds.", "We have four of them in stock.", "The colour is a deep blue.", "Shall I go on?")


def starts(world: World) -> dict[str, float]:
    """Where each captioned clause begins on the content timeline."""
    return {caption.text: caption.start_s for caption in reversed(world.of(nt.CharacterCaption))}


def gaps_s(world: World) -> list[float]:
    """Silences between stretches of one reply's sound."""
    played = world.speaker.played
    return [after.at - before.until for before, after in pairwise(played)]


async def ask(world: World) -> float:
    ended = await world.say("Tell me all about it.")
    await asyncio.sleep(15)
    return ended


@pytest.mark.parametrize("first_chunk_s", [0.05, 0.14, 0.6, 1.2])
@virtual_time
async def test_no_gap_where_synthesis_is_faster_than_speech(first_chunk_s: float) -> None:
    async with running() as world:
        world.answerer.reply = " ".join(SENTENCES)
        world.tts.first_chunk_s = first_chunk_s
        await ask(world)
        assert gaps_s(world) == []
        assert world.turns[0].spoken == " ".join(SENTENCES)


@virtual_time
async def test_the_first_clause_does_not_wait_for_the_rest_of_a_slow_text() -> None:
    async with running() as world:
        world.answerer.reply = "Yes, of course it is, because the jacket is made of a waxed fabric. It lasts."
        world.answerer.word_s = 0.12
        ended = await ask(world)
        captions = list(starts(world))
        assert sorted(captions, key=world.answerer.reply.index) == [
            "Yes, of course it is,", "because the jacket is made of a waxed fabric.", "It lasts.",
        ]  # fmt: skip
        whole_text_s = 0.12 * len(world.answerer.reply.split())
        assert world.speaker.played[0].at - ended < whole_text_s
        assert world.turns[0].timings_ms[Stage.ANSWER] == pytest.approx(1000 * (0.02 + 6 * 0.12), abs=20)


class Uneven(FakeTts):
    """Makes the first sentence slowly and all others at once."""

    async def synthesize(self, text: str, *, voice: str, language: str) -> AsyncGenerator[SpeechChunk]:
        slow = not self.spoken
        self.first_chunk_s = 0.8 if slow else 0.0
        self.chunk_s = 0.3 if slow else 0.0
        async for chunk in super().synthesize(text, voice=voice, language=language):
            yield chunk


@virtual_time
async def test_a_quick_second_sentence_waits_for_a_slow_first_one() -> None:
    async with running(tts=Uneven()) as world:
        world.answerer.reply = " ".join(SENTENCES)
        await ask(world)
        begin = starts(world)
        assert sorted(begin, key=lambda text: begin[text]) == list(SENTENCES)
        assert gaps_s(world) == []
        assert world.turns[0].spoken == " ".join(SENTENCES)


@virtual_time
async def test_before_the_turn_is_over_only_the_first_sentence_is_made() -> None:
    async with running() as world:
        world.answerer.reply = " ".join(SENTENCES)
        await world.say("I am looking for something for my", complete=False)
        await asyncio.sleep(0.9)
        assert world.speaker.played == ()
        assert world.tts.spoken == ["It costs eighty nine pounds."]

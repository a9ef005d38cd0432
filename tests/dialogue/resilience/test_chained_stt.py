"""Whoever fails in mid-utterance, its words are understood."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing

import pytest

from holo_app.dialogue.live_transcript import LiveTranscript
from holo_app.dialogue.resilience.chained_stt import ChainedStt
from holo_app.dialogue.resilience.guarded import GuardedStt
from holo_app.dialogue.resilience.limits import STT_LIMITS
from holo_app.dialogue.resilience.link import Link
from holo_app.domain.audio import CAPTURE_RATE_HZ, AudioChunk
from holo_app.domain.speech import Transcript
from holo_app.domain.usage import ProviderRole
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.stt import SpeechToText
from tests.dialogue.resilience.guards import Guards
from tests.fakes.failing import FailingStt, Mishap
from tests.fakes.script import SpokenScript
from tests.fakes.virtual_time import virtual_time

QUESTION = "How much is the blue jacket?"
SPOKEN_S = 1.5
HANGS = Mishap(category=None)


class Row:
    """Two guarded providers, the first of which streams, and the kiosk's own engine."""

    def __init__(self, *, first_streams: bool = True) -> None:
        self.guards, self.script = Guards(), SpokenScript()
        self.first = FailingStt("first", self.script, streaming=first_streams, languages=("en", "de"))
        self.second = FailingStt("second", self.script)
        self.own = FailingStt("own", self.script, streaming=False, delay_s=0.12)
        links: list[Link[SpeechToText]] = []
        for engine in (self.first, self.second):
            calls = self.guards.calls(engine.capabilities.name, ProviderRole.STT, STT_LIMITS)
            links.append(
                Link(GuardedStt(engine, calls, self.guards.clock), lambda calls=calls: calls.available)  # type: ignore[misc]
            )
        self.stt = ChainedStt([*links, Link(self.own)], self.guards.clock)
        self.audio = self.script.say(QUESTION, SPOKEN_S)

    async def spoken(self) -> AsyncIterator[AudioChunk]:
        """The question as it is spoken, in pieces of 0.1 s."""
        size = CAPTURE_RATE_HZ // 10 * 2
        for begin in range(0, len(self.audio.pcm), size):
            await asyncio.sleep(0.1)
            yield AudioChunk(self.audio.pcm[begin : begin + size])

    async def understood(self, language: str = "en") -> tuple[Sequence[Transcript], float]:
        """What came, and how long after the end of the sound the last of it."""
        began = self.guards.clock.monotonic()
        async with aclosing(self.stt.transcribe(self.spoken(), language=language)) as words:
            told = [transcript async for transcript in words]
        return told, self.guards.clock.monotonic() - began - SPOKEN_S


@virtual_time
async def test_while_the_first_one_understands_nobody_else_is_asked() -> None:
    row = Row()
    told, late_s = await row.understood()
    assert told[-1] == Transcript(QUESTION, "en", final=True)
    assert len(told) == len(QUESTION.split()) + 1
    assert late_s == pytest.approx(0.15)
    assert (row.second.mishaps.calls, row.own.mishaps.calls) == ([], [])
    assert row.guards.of("first").first_result_p50_s == pytest.approx(0.15)
    assert row.stt.capabilities.name == "first"
    await row.stt.aclose()
    assert (row.first.closed, row.second.closed, row.own.closed) == (1, 1, 1)


@pytest.mark.parametrize("after", [0, 3, 9, 14, 15])
@virtual_time
async def test_no_word_is_lost_where_one_fails_in_the_middle(after: int) -> None:
    row = Row()
    row.first.mishaps.always = Mishap(after)
    told, late_s = await row.understood()
    assert told[-1].text == QUESTION
    assert late_s < 0.5
    assert row.stt.capabilities.name == "second"
    # before any word it is asked once more
    assert len(row.first.mishaps.calls) == (2 if after < 2 else 1)


@virtual_time
async def test_the_own_engine_listens_to_all_of_it_when_nobody_else_does() -> None:
    row = Row()
    row.first.mishaps.always = row.second.mishaps.always = Mishap(5)
    told, late_s = await row.understood()
    assert (told[-1].text, row.stt.capabilities.name) == (QUESTION, "own")
    assert late_s == pytest.approx(0.12)
    assert row.own.heard == [QUESTION]


@virtual_time
async def test_who_keeps_silent_after_the_end_is_given_up_for_words_that_are_ready() -> None:
    row = Row()
    row.first.mishaps.always = Mishap(after=20, category=None)
    told, late_s = await row.understood()
    assert told[-1].text == QUESTION
    assert late_s == pytest.approx(STT_LIMITS.first_s)
    assert row.second.mishaps.calls == []
    assert row.guards.of("first").last_failure is FailureCategory.TIMEOUT


@virtual_time
async def test_a_slow_own_engine_is_waited_for_behind_the_next_in_line() -> None:
    row = Row()
    row.own.delay_s = 2.0
    row.first.mishaps.always = Mishap(after=20, category=None)
    told, late_s = await row.understood()
    assert (told[-1].text, row.stt.capabilities.name) == (QUESTION, "second")
    assert late_s == pytest.approx(STT_LIMITS.first_s + 0.15)
    row.second.mishaps.always = Mishap(after=20, category=None)
    row.first.mishaps.always = Mishap(after=2, category=FailureCategory.QUOTA)
    told, late_s = await row.understood()
    assert row.stt.capabilities.name == "own"
    assert late_s == pytest.approx(2.3)


@virtual_time
async def test_an_own_engine_that_failed_in_advance_is_no_help() -> None:
    row = Row()
    row.own.mishaps.always = Mishap(0)
    row.first.mishaps.always = Mishap(after=20, category=None)
    told, _ = await row.understood()
    assert (told[-1].text, row.stt.capabilities.name) == (QUESTION, "second")


@virtual_time
async def test_who_ends_without_words_has_failed() -> None:
    class Mute(FailingStt):
        """Ends without any final words."""

        async def transcribe(self, audio: AsyncIterator[AudioChunk], *, language: str) -> AsyncGenerator[Transcript]:
            async for _ in audio:
                yield Transcript("How", language, final=False)

    row = Row()
    chain = ChainedStt([Link(Mute("mute", row.script)), Link(row.own)], row.guards.clock)
    async with aclosing(chain.transcribe(row.spoken(), language="en")) as words:
        assert {transcript.text async for transcript in words} == {"How", QUESTION}


@virtual_time
async def test_when_nobody_understands_the_last_error_is_told() -> None:
    row = Row()
    for engine in (row.first, row.second, row.own):
        engine.mishaps.always = Mishap(2)
    with pytest.raises(ProviderError) as caught:
        await row.understood()
    assert caught.value.provider == "own"


@virtual_time
async def test_what_it_can_do_is_what_those_can_who_would_be_asked() -> None:
    row = Row()
    before = row.stt.capabilities
    assert (before.streaming, before.languages) == (True, frozenset({"en", "de"}))
    told, _ = await row.understood("de")
    assert told[-1].text == QUESTION
    row.first.mishaps.always = Mishap(category=FailureCategory.QUOTA)
    row.second.mishaps.always = Mishap(category=FailureCategory.AUTH)
    await row.understood()
    after = row.stt.capabilities
    assert (after.streaming, after.languages) == (False, frozenset({"en"}))
    with pytest.raises(ProviderError) as caught:
        await row.understood("de")
    assert caught.value.category is FailureCategory.BAD_REQUEST


@virtual_time
async def test_a_source_that_breaks_is_told() -> None:
    async def broken() -> AsyncIterator[AudioChunk]:
        yield AudioChunk(bytes(320))
        raise ProviderError("microphone", FailureCategory.UNAVAILABLE)

    row = Row()
    with pytest.raises(ProviderError) as caught:
        [transcript async for transcript in row.stt.transcribe(broken(), language="en")]
    assert caught.value.provider == "microphone"


@pytest.mark.parametrize("category", [FailureCategory.UNAVAILABLE, None])
@virtual_time
async def test_where_one_that_tells_turns_fails_the_words_come_from_one_that_does_not(
    category: FailureCategory | None,
) -> None:
    row = Row()
    row.first = FailingStt("first", row.script, turns=True)
    row.first.mishaps.always = Mishap(7, category)
    calls = row.guards.calls("first", ProviderRole.STT, STT_LIMITS)
    stt = ChainedStt([Link(GuardedStt(row.first, calls, row.guards.clock)), Link(row.own)], row.guards.clock)
    live = LiveTranscript(stt, "en", lambda _: None)
    assert live.tells_turns
    settling: asyncio.Task[str] | None = None
    async for chunk in row.spoken():
        live.push(chunk)
    settling = asyncio.create_task(live.settle())
    for _ in range(30):  # the room goes on after the question
        await asyncio.sleep(0.1)
        live.push(AudioChunk(bytes(3_200)))
        if settling.done():
            break
    assert await settling == QUESTION
    assert row.guards.clock.monotonic() < SPOKEN_S + 1.6
    await live.aclose()
    assert stt.capabilities.turns
    assert row.guards.of("first").failures == 1


@virtual_time
async def test_one_utterance_may_end_while_the_next_is_heard() -> None:
    row = Row()
    first = asyncio.create_task(row.understood())
    await asyncio.sleep(0.5)
    second = asyncio.create_task(row.understood())
    for words, _ in await asyncio.gather(first, second):
        assert words[-1].text == QUESTION


@virtual_time
async def test_closing_early_ends_all_work() -> None:
    row = Row()
    words = row.stt.transcribe(row.spoken(), language="en")
    await anext(words)
    await words.aclose()
    assert len(asyncio.all_tasks()) == 1
    assert row.first.mishaps.closed_early == 1

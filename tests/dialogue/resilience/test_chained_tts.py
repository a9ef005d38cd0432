"""A voice that dies is taken over at the same word, in time, and nobody is asked in vain."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Sequence
from contextlib import aclosing
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holo_app.bootstrap.chains import StreamOfBytes
from holo_app.dialogue.resilience.chained_tts import ChainedTts
from holo_app.dialogue.resilience.guarded import GuardedTts
from holo_app.dialogue.resilience.limits import TTS_LIMITS
from holo_app.dialogue.resilience.link import Link
from holo_app.domain.usage import ProviderRole
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.meter import CURRENT_TURN
from holo_app.ports.tts import SpeechChunk, TextToSpeech
from tests.contracts.speech_checks import check_visemes, check_words
from tests.dialogue.resilience.guards import Guards
from tests.fakes.failing import FailingTts, Mishap
from tests.fakes.virtual_time import run_virtual, virtual_time

TEXT = "It costs eighty nine pounds and we have four of them in stock."
HANGS = Mishap(category=None)


class Heard:
    """What a player made of the chunks: it begins with the first one and plays on while there is sound."""

    def __init__(self) -> None:
        self.chunks: list[SpeechChunk] = []
        self.first_at = 0.0
        self.gaps_s: list[float] = []
        self._until = 0.0

    def take(self, chunk: SpeechChunk, now: float) -> None:
        if not self.chunks:
            self.first_at = self._until = now
        elif now > self._until + 1e-9:
            self.gaps_s.append(now - self._until)
            self._until = now
        self._until += chunk.audio.seconds
        self.chunks.append(chunk)

    @property
    def levels(self) -> set[int]:
        """The loudness of the voices that were heard; not that of their ends, which fade."""
        samples = array("h", b"".join(chunk.audio.pcm for chunk in self.chunks))
        return {level for level in (1_000, 4_000, 9_000) if samples.count(level) > 300}


async def say(tts: TextToSpeech, text: str = TEXT, language: str = "en") -> Heard:
    heard, now = Heard(), asyncio.get_running_loop().time
    async with aclosing(tts.synthesize(text, voice="", language=language)) as chunks:
        async for chunk in chunks:
            heard.take(chunk, now())
    return heard


def check(heard: Heard, text: str = TEXT) -> None:
    assert len({chunk.audio.rate_hz for chunk in heard.chunks}) == 1
    check_words(text, heard.chunks)
    check_visemes(heard.chunks)


class Row:
    """One or two guarded providers and the kiosk's own voice, which differ in their loudness."""

    def __init__(self, *, second: bool = False, own_rate_hz: int = 24_000, own: Sequence[str] = ("en",)) -> None:
        self.guards = Guards()
        self.first = FailingTts("first", level=4_000, languages=("en", "de"))
        self.second = FailingTts("second", level=9_000, languages=("en", "de"))
        self.own = FailingTts("own", level=1_000, first_s=0.14, rate_hz=own_rate_hz, languages=own)
        links: list[Link[TextToSpeech]] = []
        for engine in [self.first, self.second] if second else [self.first]:
            calls = self.guards.calls(engine.capabilities.name, ProviderRole.TTS, TTS_LIMITS)
            links.append(
                Link(GuardedTts(engine, calls, self.guards.clock), lambda calls=calls: calls.available)  # type: ignore[misc]
            )
        self.tts = ChainedTts([*links, Link(self.own)], StreamOfBytes)


@virtual_time
async def test_while_the_first_one_speaks_nobody_else_is_asked() -> None:
    row = Row(second=True)
    heard = await say(row.tts)
    check(heard)
    assert heard.levels == {4_000}
    assert heard.gaps_s == []
    assert (row.second.spoken, row.own.spoken) == ([], [])
    assert row.guards.of("first").failures == 0
    await row.tts.aclose()
    assert (row.first.closed, row.second.closed, row.own.closed) == (1, 1, 1)


@pytest.mark.parametrize("category", [FailureCategory.CANCELLED_BY_PEER, FailureCategory.QUOTA, None])
@pytest.mark.parametrize("after", range(1, 40, 3))
@virtual_time
async def test_a_voice_that_dies_is_taken_over_at_the_same_word(after: int, category: FailureCategory | None) -> None:
    row = Row()
    row.first.mishaps.always = Mishap(after, category)
    heard = await say(row.tts)
    check(heard)
    assert heard.levels == ({4_000, 1_000} if after > 5 else heard.levels)
    assert sum(heard.gaps_s) <= 0.3
    assert row.guards.of("first").failures == 1
    said = len(TEXT.split()) - len(row.own.spoken[-1].split())
    assert row.own.spoken[-1].split() == TEXT.split()[said:]


@settings(max_examples=40, deadline=None)
@given(
    after=st.integers(0, 60),
    piece_s=st.floats(0.02, 0.9),
    speed=st.floats(1.5, 50.0),
    hangs=st.booleans(),
    own_rate_hz=st.sampled_from([8_000, 22_050, 24_000]),
    text=st.lists(st.sampled_from(["yes,", "eighty", "—", "nine!", "it", "é"]), min_size=1, max_size=9).map(" ".join),
)
def test_any_cut_point_gives_every_word_once(
    *, after: int, piece_s: float, speed: float, hangs: bool, own_rate_hz: int, text: str
) -> None:
    async def story() -> None:
        row = Row(own_rate_hz=own_rate_hz)
        row.first = FailingTts("first", piece_s=piece_s, speed=speed)
        calls = row.guards.calls("first", ProviderRole.TTS, TTS_LIMITS)
        tts = ChainedTts([Link(GuardedTts(row.first, calls, row.guards.clock)), Link(row.own)], StreamOfBytes)
        row.first.mishaps.always = Mishap(after, None if hangs else FailureCategory.UNAVAILABLE)
        heard = await say(tts, text)
        if not any(letter.isalnum() for letter in text):
            assert heard.chunks == []
            return
        check_words(text, heard.chunks)
        assert len({chunk.audio.rate_hz for chunk in heard.chunks}) == 1
        if speed >= 3 and piece_s <= 0.3:
            assert sum(heard.gaps_s) <= 0.3

    run_virtual(story())


@virtual_time
async def test_before_its_first_sound_a_voice_is_replaced_by_the_next_in_line() -> None:
    row = Row(second=True)
    row.first.mishaps.always = Mishap(category=FailureCategory.QUOTA)
    heard = await say(row.tts)
    check(heard)
    assert heard.levels == {9_000}
    assert row.own.spoken == []
    assert row.tts.capabilities.name == "second"


@virtual_time
async def test_where_a_voice_keeps_silent_the_own_one_is_ready_when_it_is_given_up() -> None:
    row = Row(second=True)
    row.first.mishaps.always = HANGS
    heard = await say(row.tts)
    check(heard)
    assert heard.first_at == pytest.approx(TTS_LIMITS.first_s)
    assert (heard.levels, row.second.spoken) == ({1_000}, [])


@virtual_time
async def test_a_slow_voice_keeps_its_place_and_the_spare_one_goes() -> None:
    row = Row()
    row.first.first_s = 0.5
    heard = await say(row.tts)
    check(heard)
    assert heard.levels == {4_000}
    assert (row.own.spoken, row.own.mishaps.closed_early) == ([TEXT], 1)


@virtual_time
async def test_a_voice_as_slow_as_speech_keeps_its_place() -> None:
    row = Row()
    row.first.speed = 1.2
    heard = await say(row.tts)
    check(heard)
    assert heard.levels == {4_000}


@virtual_time
async def test_a_language_is_left_to_those_who_speak_it() -> None:
    row = Row(second=True)
    row.first.mishaps.always = Mishap(4)
    heard = await say(row.tts, language="de")
    check(heard)
    assert heard.levels == {4_000, 9_000}
    assert row.own.spoken == []
    assert row.tts.capabilities.languages == {"en", "de"}
    assert row.tts.capabilities.voices == ("first's voice", "second's voice", "own's voice")
    with pytest.raises(ProviderError) as caught:
        await say(row.tts, language="fr")
    assert caught.value.category is FailureCategory.BAD_REQUEST


@virtual_time
async def test_where_nobody_else_speaks_the_language_the_error_is_told() -> None:
    row = Row()
    row.first.mishaps.next = [Mishap(4)]
    with pytest.raises(ProviderError) as caught:
        await say(row.tts, language="de")
    assert caught.value.category is FailureCategory.BAD_REQUEST
    assert row.own.spoken == [TEXT.split(maxsplit=1)[1]]


@virtual_time
async def test_who_failed_is_not_asked_again_in_the_same_turn() -> None:
    row = Row(second=True)
    row.first.mishaps.next = [Mishap(4)]
    CURRENT_TURN.set(UUID(int=1))
    await say(row.tts)
    assert (await say(row.tts)).levels == {9_000}
    CURRENT_TURN.set(UUID(int=2))
    assert (await say(row.tts)).levels == {4_000}
    row.first.mishaps.next = [Mishap(4)]
    row.second.mishaps.next = [Mishap(0)]
    await say(row.tts)
    heard = await say(row.tts, language="de")
    assert heard.levels == {9_000}
    row.second.mishaps.next = [Mishap(category=FailureCategory.QUOTA)]
    heard = await say(row.tts, language="de")
    assert heard.levels == {4_000}


@virtual_time
async def test_when_all_fail_the_last_error_is_told() -> None:
    row = Row()
    row.first.mishaps.always = Mishap(8)
    row.own.mishaps.always = Mishap(1, FailureCategory.BAD_RESPONSE)
    with pytest.raises(ProviderError) as caught:
        await say(row.tts)
    assert caught.value.provider == "own"


@virtual_time
async def test_a_spare_that_failed_first_is_no_help() -> None:
    row = Row(second=True)
    row.first.mishaps.always = HANGS
    row.own.mishaps.next = [Mishap(0)]
    heard = await say(row.tts)
    check(heard)
    assert heard.levels == {9_000}


@virtual_time
async def test_a_spare_that_is_still_at_work_is_waited_for_when_it_is_the_last() -> None:
    row = Row()
    row.own.first_s = 0.5
    row.first.mishaps.always = HANGS
    heard = await say(row.tts)
    assert heard.first_at == pytest.approx(0.9)
    assert len(row.own.spoken) == 1


@virtual_time
async def test_a_spare_without_a_sound_waits_behind_the_next_in_line() -> None:
    row = Row(second=True)
    row.own.first_s = 0.5
    row.first.mishaps.always = HANGS
    heard = await say(row.tts)
    assert heard.levels == {9_000}
    assert row.own.mishaps.closed_early == 1


@virtual_time
async def test_after_the_last_word_nobody_is_needed() -> None:
    row = Row()
    row.first.mishaps.always = Mishap(4)
    heard = await say(row.tts, "Yes — …")
    assert row.own.spoken == []
    check_words("Yes — …", heard.chunks)
    row.first.mishaps.always = Mishap(7, FailureCategory.QUOTA)
    heard = await say(row.tts, "Hello there.")
    assert [cue.text for chunk in heard.chunks for cue in chunk.words] == ["Hello", "there."]
    assert row.own.spoken == []


@virtual_time
async def test_closing_early_ends_all_work() -> None:
    row = Row()
    row.first.mishaps.always = HANGS
    speech = row.tts.synthesize(TEXT, voice="", language="en")
    reader = asyncio.ensure_future(anext(speech))
    await asyncio.sleep(0.45)
    reader.cancel()
    await asyncio.gather(reader, return_exceptions=True)
    await speech.aclose()
    assert (row.first.mishaps.closed_early, row.own.mishaps.closed_early) == (1, 1)
    assert len(asyncio.all_tasks()) == 1

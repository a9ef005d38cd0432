"""What is particular about Deepgram's recognition."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from holo_app.bootstrap.clock import SystemClock
from holo_app.dialogue import events as ev
from holo_app.dialogue.hearing import Recognition
from holo_app.dialogue.notices import Notice
from holo_app.dialogue.troubles import TroubleBoard
from holo_app.domain.audio import AudioChunk, silence
from holo_app.domain.speech import Transcript
from holo_app.domain.usage import Unit
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.stt import SpeechToText
from holo_app.providers.deepgram.access import DeepgramAccess, failure_of, key_terms
from holo_app.providers.deepgram.flux import DeepgramFlux, TurnThresholds
from holo_app.providers.deepgram.live import DeepgramLive
from holo_app.providers.deepgram.turns import Turns
from holo_app.providers.deepgram.words import Words
from tests.contracts.recording import as_stream, in_pieces
from tests.emulators.deepgram import KEY, DeepgramEmulator
from tests.emulators.faults import Fault
from tests.fakes.meter import FakeMeter
from tests.providers.hearing import loud, spoken, utterance


async def all_of(stt: SpeechToText) -> list[Transcript]:
    async with aclosing(utterance(stt)) as transcripts:
        return [transcript async for transcript in transcripts]


def live(
    emulator: DeepgramEmulator, meter: FakeMeter | None = None, model: str = "nova-3", **more: Any
) -> DeepgramLive:
    access = DeepgramAccess(emulator.base_url, more.pop("key", KEY), model)
    return DeepgramLive(access, meter or FakeMeter(), SystemClock(), **more)


def flux(emulator: DeepgramEmulator, model: str = "flux-general-multi", **more: Any) -> DeepgramFlux:
    return DeepgramFlux(DeepgramAccess(emulator.base_url, KEY, model), FakeMeter(), SystemClock(), **more)


# live ----------------------------------------------------------------------------------------------------------------


async def test_what_is_asked_for() -> None:
    async with DeepgramEmulator() as emulator:
        await all_of(live(emulator, keyterms=lambda: ["Aurora & Co", "Nimbus"], candidates=["de", "en", "xx"]))
        [request] = emulator.requests
        assert request.headers["authorization"] == f"Token {KEY}"
        assert request.path == "/v1/listen"
        assert request.query == {
            "model": "nova-3", "language": "multi", "language_hint": "en", "encoding": "linear16", "sample_rate": "16000",
            "channels": "1", "interim_results": "true", "punctuate": "true", "endpointing": "300", "keyterm": "Aurora & Co",
        }  # fmt: skip
        assert request.query_all["language_hint"] == ["en", "de"]
        assert request.query_all["keyterm"] == ["Aurora & Co", "Nimbus"]


async def test_an_older_model_knows_one_language_at_a_time_and_a_token_is_no_key() -> None:
    async with DeepgramEmulator() as emulator:
        await all_of(live(emulator, model="nova-2", keyterms=lambda: ["Aurora"], key="a.b.c"))
        [request] = emulator.requests
        assert request.headers["authorization"] == "Bearer a.b.c"
        assert (request.query["language"], request.query["keywords"]) == ("en", "Aurora")
        assert "language_hint" not in request.query


async def test_frames_are_short_and_never_empty_and_the_end_is_asked_for() -> None:
    async with DeepgramEmulator() as emulator:
        meter = FakeMeter()
        [*partials, final] = await all_of(live(emulator, meter))
        *frames, end = emulator.heard
        assert end == {"type": "CloseStream"}
        sizes = [frame for frame in frames if isinstance(frame, int)]
        assert len(sizes) == len(frames)
        assert set(sizes[:-1]) == {1600}
        assert 640 <= sizes[-1] <= 8000
        assert [partial.text for partial in partials][:2] == ["How", "How long"]
        assert final == Transcript(emulator.text, "en", final=True, confidence=0.98)
        [use] = meter.uses
        assert use.measured
        assert use.units[Unit.AUDIO_SECONDS] == pytest.approx(sum(sizes) / 32_000, abs=0.01)


async def test_while_nothing_is_said_it_is_told_that_somebody_is_there() -> None:
    async with DeepgramEmulator() as emulator:
        alive = asyncio.Event()

        async def halting() -> AsyncIterator[AudioChunk]:
            yield loud(0.5)
            await alive.wait()
            yield loud(0.5)

        async def watch() -> None:
            while emulator.heard.count({"type": "KeepAlive"}) < 3:  # noqa: ASYNC110 - the emulator tells nobody
                await asyncio.sleep(0)
            alive.set()

        stt = live(emulator, keep_alive_s=0.01)
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            group.create_task(watch())
            heard = [transcript async for transcript in stt.transcribe(halting(), language="en")]
        assert heard[-1].text == emulator.text


async def test_the_language_that_was_heard_is_told() -> None:
    async with DeepgramEmulator(language="de") as emulator:
        assert (await all_of(live(emulator)))[-1].language == "de"
        assert (await all_of(live(emulator, tells_languages=False)))[-1].language == "en"
        assert (await all_of(flux(emulator)))[-1].language == "de"


@pytest.mark.parametrize("kind", [live, flux])
@pytest.mark.parametrize(
    ("code", "reason", "category"),
    [
        (1008, "DATA-0000", FailureCategory.BAD_REQUEST),
        (1011, "NET-0000", FailureCategory.UNAVAILABLE),
        (1011, "NET-0001: no audio", FailureCategory.TIMEOUT),
        (1000, "", FailureCategory.CANCELLED_BY_PEER),
    ],
)
async def test_how_it_hangs_up_says_why(kind: Any, code: int, reason: str, category: FailureCategory) -> None:
    async with DeepgramEmulator() as emulator:
        emulator.close = (code, reason)

        async def endless() -> AsyncIterator[AudioChunk]:
            yield loud(1.0)
            await asyncio.Event().wait()

        async with asyncio.timeout(5):
            with pytest.raises(ProviderError) as caught:
                async for _ in kind(emulator).transcribe(endless(), language="en"):
                    pass
        assert caught.value.category is category


async def test_a_refusal_carries_its_reason_and_what_is_cut_short_is_counted() -> None:
    async with DeepgramEmulator() as emulator:
        meter = FakeMeter()
        stt = live(emulator, meter)
        emulator.fail_next(Fault.QUOTA, Fault.CUT)
        with pytest.raises(ProviderError, match="does not have enough credits"):
            await all_of(stt)
        with pytest.raises(ProviderError):
            await all_of(stt)
        refused, cut = meter.uses
        assert (refused.units, refused.measured) == ({}, False)
        assert cut.units[Unit.AUDIO_SECONDS] > 0
        assert not cut.measured


@pytest.mark.parametrize("kind", [live, flux])
async def test_what_is_wrong_with_the_sound_is_not_lost(kind: Any) -> None:
    async def broken() -> AsyncIterator[AudioChunk]:
        yield loud(0.3)
        raise OSError("microphone")

    async with DeepgramEmulator() as emulator:
        stt = kind(emulator)
        with pytest.raises(ProviderError) as caught:
            async for _ in stt.transcribe(as_stream(loud(0.3), loud(0.3, 8_000)), language="en"):
                pass
        assert caught.value.category is FailureCategory.BAD_REQUEST
        with pytest.raises(OSError, match="microphone"):
            async for _ in stt.transcribe(broken(), language="en"):
                pass


def results(text: str, *, final: bool, **best: object) -> dict[str, Any]:
    return {"type": "Results", "is_final": final, "channel": {"alternatives": [{"transcript": text, **best}]}}


def test_settled_words_stay_and_the_tail_changes() -> None:
    words = Words("en")
    for message in (
        results("how", final=False),
        results("how march", final=False),
        results("How much", final=True, confidence=0.9, languages=["de-CH"]),
        results("", final=True),
        results("is", final=False),
        results("is it?", final=True, confidence=0.7, words=[{"language": "en"}, {"language": "en"}]),
        results("now", final=False),
    ):
        words.push(message)
    assert words.transcript(final=False) == Transcript("How much is it? now", "en", final=False)
    assert words.transcript(final=True).confidence == pytest.approx(0.8)


@pytest.mark.parametrize("broken", [{}, {"channel": 3}, {"channel": {"alternatives": [None]}}, {"is_final": True}])
def test_results_without_sense_are_no_words(broken: dict[str, Any]) -> None:
    words = Words("en")
    words.push({"type": "Results", **broken})
    assert words.transcript(final=True) == Transcript("", "en", final=True)


def test_not_more_names_than_it_takes() -> None:
    assert key_terms([" Aurora ", "", "Aurora", "Nimbus"]) == ["Aurora", "Nimbus"]
    assert len(key_terms([f"product {place}" for place in range(200)])) == 50
    assert len(key_terms(["x" * 300 + str(place) for place in range(20)])) == 2


@pytest.mark.parametrize(
    ("message", "category"),
    [
        ({"code": "UNPARSABLE_CLIENT_MESSAGE"}, FailureCategory.BAD_REQUEST),
        ({"code": "INTERNAL_SERVER_ERROR", "description": "?"}, FailureCategory.UNAVAILABLE),
        ({"variant": "INVALID_AUTH", "code": None}, FailureCategory.AUTH),
        ({}, FailureCategory.UNAVAILABLE),
    ],
)
def test_what_an_error_means(message: dict[str, Any], category: FailureCategory) -> None:
    assert failure_of("deepgram", message).category is category


# Flux ----------------------------------------------------------------------------------------------------------------


async def test_what_flux_is_asked_for() -> None:
    async with DeepgramEmulator() as emulator:
        await all_of(
            flux(emulator, thresholds=TurnThresholds(0.8, 0.6), keyterms=lambda: ["Aurora"], candidates=["de"])
        )
        await all_of(flux(emulator, model="flux-general-en", candidates=["de"]))
        several, english = emulator.requests
        assert several.path == "/v2/listen"
        # it must be less sure of what may be over than of what is
        assert several.query == {
            "model": "flux-general-multi", "encoding": "linear16", "sample_rate": "16000", "eager_eot_threshold": "0.6",
            "eot_threshold": "0.6", "language_hint": "en", "keyterm": "Aurora",
        }  # fmt: skip
        assert several.query_all["language_hint"] == ["en", "de"]
        assert "language_hint" not in english.query
        assert {size for size in emulator.heard if isinstance(size, int)} == {2560}


async def test_flux_tells_that_the_turn_is_over_and_takes_it_back() -> None:
    async with DeepgramEmulator() as emulator:

        async def pausing() -> AsyncIterator[AudioChunk]:
            for chunk in [*spoken(0.3), *spoken(0.8)]:
                yield chunk

        told = [transcript async for transcript in flux(emulator).transcribe(pausing(), language="en")]
        opinions = [transcript.turn_over for transcript in told]
        changes = [opinion for before, opinion in zip([0.0, *opinions], opinions, strict=False) if opinion != before]
        assert changes == [None, 0.41, None, 0.41, 0.82]
        assert told[-1] == Transcript(emulator.text, "en", final=True, turn_over=0.82)


@pytest.mark.parametrize("abrupt", [False, True])
async def test_flux_has_no_word_for_its_end(abrupt: bool) -> None:
    async with DeepgramEmulator() as emulator:
        emulator.abrupt = abrupt
        assert (await all_of(flux(emulator)))[-1].text == emulator.text


async def test_flux_feeds_the_turn_engine() -> None:
    async with DeepgramEmulator() as emulator:
        told, scored = asyncio.Queue[ev.Event](), list[ev.EndScored]()
        troubles = TroubleBoard(list[Notice]().append)
        recognition = Recognition(flux(emulator), None, SystemClock(), troubles, told.put_nowait)
        first, *others = spoken(0.3)
        recognition.open(1, first)
        for chunk in others:
            recognition.feed(chunk)
        recognition.transcribe(1, 0, loud())
        async with asyncio.timeout(5):
            while not isinstance(words := await told.get(), ev.Transcribed):
                assert isinstance(words, ev.PartialHeard)
            recognition.score(1, 0, loud())
            for _ in range(2):
                scored.append(await told.get())  # type: ignore[arg-type] # asserted below
            for chunk in in_pieces(silence(0.3), 512):
                recognition.feed(chunk)
            scored.append(await told.get())  # type: ignore[arg-type] # asserted below
        await recognition.aclose()
        assert (words.text, words.snapshot) == (emulator.text, 0)
        assert [type(score) for score in scored] == [ev.EndScored] * 3
        assert [score.probability for score in scored] == [0.41, 0.41, 0.82]


def turn(event: str, text: str = "", sureness: object = 0.1, **more: object) -> dict[str, Any]:
    return {"type": "TurnInfo", "event": event, "transcript": text, "end_of_turn_confidence": sureness, **more}


@pytest.mark.parametrize(
    ("turns", "text", "over"),
    [
        ([turn("Update")], "", None),
        ([turn("StartOfTurn", "How"), turn("Update", "How much")], "How much", None),
        ([turn("EagerEndOfTurn", "How much?", 0.45)], "How much?", 0.45),
        ([turn("EagerEndOfTurn", "How much?", 0.45), turn("Update", "How much?")], "How much?", 0.45),
        ([turn("EagerEndOfTurn", "How", 0.45), turn("TurnResumed", "How much")], "How much", None),
        ([turn("EndOfTurn", "Hello.", 0.8), turn("Update")], "Hello.", 0.8),
        ([turn("EndOfTurn", "Hello.", 0.8), turn("StartOfTurn", "How")], "Hello. How", None),
        ([turn("EndOfTurn", "Hello.", 0.8), turn("Update", "How")], "Hello. How", None),
        ([turn("EndOfTurn", "Hello.", 0.8), turn("EagerEndOfTurn", "How?", 0.5)], "Hello. How?", 0.5),
        ([turn("Update", "Hello."), turn("EndOfTurn", "", 0.8)], "Hello.", 0.8),
        ([turn("EndOfTurn", "Hello.", None)], "Hello.", 1.0),
        ([turn("EndOfTurn", "Hello.", 7)], "Hello.", 1.0),
        ([turn("EndOfTurn", "Hello.", "nan")], "Hello.", 1.0),
        ([turn("EagerEndOfTurn", "Hello.", "sure")], "Hello.", None),
        ([turn("SomethingNew", "Hello.")], "Hello.", None),
        ([{"type": "TurnInfo", "transcript": 7, "languages": [3]}], "", None),
    ],
)
def test_what_turns_say(turns: list[dict[str, Any]], text: str, over: float | None) -> None:
    told = Turns("en")
    for message in turns:
        told.push(message)
    assert told.transcript(final=False) == Transcript(text, "en", final=False, turn_over=over)

"""What is particular to Azure."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime

import pytest

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.audio import AudioChunk, silence
from holo_app.domain.speech import Transcript, Viseme, VisemeCue
from holo_app.domain.usage import Unit
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.tts import SpeechChunk
from holo_app.providers.azure.frames import json_frame, read_frame, sound_frame
from holo_app.providers.azure.service import (
    AzureAccess,
    read_close,
    read_refusal,
    recognition_address,
    synthesis_address,
)
from holo_app.providers.azure.stt import AzureStt
from holo_app.providers.azure.tts import USUAL_VOICE, AzureTts, ssml
from holo_app.providers.azure.visemes import SHAPES, VisemeMoments
from holo_app.providers.http.failures import refusal_of
from tests.contracts.recording import as_stream, in_pieces
from tests.contracts.speech_checks import check_speech
from tests.emulators.azure import KEY, AzureEmulator, spoken_text
from tests.fakes.meter import FakeMeter
from tests.providers.hearing import loud

TURN = "0123456789abcdef0123456789abcdef"
AT = datetime(2026, 11, 22, 7, 30, 5, 123_456, tzinfo=UTC)


@pytest.fixture
async def emulator() -> AsyncIterator[AzureEmulator]:
    async with AzureEmulator() as made:
        yield made


async def hear(emulator: AzureEmulator, *chunks: AudioChunk, meter: FakeMeter | None = None) -> list[Transcript]:
    return await hear_stream(emulator, as_stream(*chunks), meter)


async def hear_stream(
    emulator: AzureEmulator, audio: AsyncIterator[AudioChunk], meter: FakeMeter | None = None
) -> list[Transcript]:
    access = AzureAccess(emulator.base_url, KEY)
    stt = AzureStt(access, meter or FakeMeter(), SystemClock(), own_locales=("en-GB",))
    async with aclosing(stt.transcribe(audio, language="en")) as transcripts:
        return [transcript async for transcript in transcripts]


async def say(
    emulator: AzureEmulator, text: str, voice: str = "", meter: FakeMeter | None = None, own: tuple[str, ...] = ()
) -> list[SpeechChunk]:
    tts = AzureTts(AzureAccess(emulator.base_url, KEY), meter or FakeMeter(), SystemClock(), own_locales=own)
    async with aclosing(tts), aclosing(tts.synthesize(text, voice=voice, language="en")) as chunks:
        return [chunk async for chunk in chunks]


def test_a_text_frame_is_headers_an_empty_line_and_the_body() -> None:
    assert json_frame("speech.config", TURN, {"a": "ü"}, AT) == (
        f"Path:speech.config\r\nX-RequestId:{TURN}\r\nX-Timestamp:2026-11-22T07:30:05.123Z\r\n"
        'Content-Type:application/json; charset=utf-8\r\n\r\n{"a":"\\u00fc"}'
    )


def test_a_binary_frame_says_how_long_its_headers_are() -> None:
    message = sound_frame(TURN, b"\x01\x02", AT)
    length = int.from_bytes(message[:2], "big")

    assert (
        message[2 : 2 + length]
        == f"Path:audio\r\nX-RequestId:{TURN}\r\nX-Timestamp:2026-11-22T07:30:05.123Z\r\n".encode()
    )
    assert read_frame("azure", message).sound == b"\x01\x02"
    assert read_frame("azure", sound_frame(TURN, b"", AT)).sound == b""


def test_headers_are_read_however_they_are_written() -> None:
    frame = read_frame("azure", "x-requestid: 1\r\nPATH : Turn.End \r\nno colon\r\n\r\n{}")

    assert (frame.path, frame.headers["x-requestid"], frame.json("azure")) == ("turn.end", "1", {})


@pytest.mark.parametrize("message", ["", "{}", "no headers", b"", b"\x00", b"\xff\xffshort", b"\x00\x02\xff\xfe"])
def test_what_is_no_frame_is_a_bad_response(message: str | bytes) -> None:
    with pytest.raises(ProviderError) as caught:
        read_frame("azure", message)
    assert caught.value.category is FailureCategory.BAD_RESPONSE


def test_each_viseme_id_has_its_shapes() -> None:
    assert len(SHAPES) == 22
    assert {shape for shapes in SHAPES for shape in shapes} == set(Viseme)
    assert SHAPES[0] == (Viseme.SIL,)
    assert SHAPES[11] == (Viseme.AA, Viseme.I)
    assert (SHAPES[17], SHAPES[19]) == ((Viseme.TH,), (Viseme.DD,))


def test_a_shape_lasts_until_the_next_and_a_diphthong_is_two() -> None:
    mouth = VisemeMoments()

    assert mouth.begins(21, 0.125) == []
    assert mouth.begins(11, 0.25) == [VisemeCue(Viseme.PP, 0.125, 0.25)]
    assert mouth.begins(99, 0.5) == [VisemeCue(Viseme.AA, 0.25, 0.375), VisemeCue(Viseme.I, 0.375, 0.5)]
    assert mouth.begins(4, 0.25) == []
    assert mouth.ends(0.75) == [VisemeCue(Viseme.E, 0.5, 0.75)]
    assert mouth.ends(0.9) == []


@pytest.mark.parametrize(
    "text", ["a < b & \"c\" 'd' > e", "</voice><voice name='x'>", "bell\x07 \ufffe \ud800 \U0001f600 end"]
)
def test_nothing_in_a_text_is_markup(text: str) -> None:
    document = ssml(text, USUAL_VOICE, "en-US")

    said = spoken_text(document.encode("utf-8").decode())
    assert said is not None
    assert said.split() == [word for word in text.translate({7: " ", 0xFFFE: " ", 0xD800: " "}).split() if word]


def test_the_address_is_that_of_the_region_or_another() -> None:
    assert recognition_address("westeurope") == "https://westeurope.stt.speech.microsoft.com"
    assert synthesis_address("westeurope") == "https://westeurope.tts.speech.microsoft.com"
    assert recognition_address("westeurope", "http://127.0.0.1:1") == "http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("status", "body", "category"),
    [
        (403, b'{"error": {"code": "403", "message": "Out of call volume quota."}}', FailureCategory.QUOTA),
        (429, b'{"message": "Out of call volume quota. Wait."}', FailureCategory.QUOTA),
        (429, b"call rate limit", None),
        (401, b"", None),
    ],
)
def test_only_the_words_tell_a_spent_quota(status: int, body: bytes, category: FailureCategory | None) -> None:
    assert read_refusal(refusal_of(status, {}, body))[0] is category


def test_too_many_requests_is_a_close_code_too() -> None:
    assert read_close(4429, "Too many requests") is FailureCategory.RATE_LIMITED
    assert read_close(4429, "Quota exceeded") is FailureCategory.QUOTA
    assert read_close(1007, "") is None


async def test_the_recognition_begins_as_azure_wants_it(emulator: AzureEmulator) -> None:
    meter = FakeMeter()
    heard = await hear(emulator, *in_pieces(loud(1.05), 700), meter=meter)

    assert heard[-1].text == emulator.phrases[0]
    request = emulator.requests[0]
    assert request.query == {"language": "en-GB", "format": "detailed"}
    assert len(request.headers["x-connectionid"]) == 32
    assert request.headers["sec-websocket-protocol"] == "USP"
    (config_path, config), (context_path, context) = emulator.received
    assert (config_path, context_path) == ("speech.config", "speech.context")
    assert json.loads(config)["context"]["audio"]["source"]["samplerate"] == 16_000
    assert json.loads(context)["phraseDetection"] == {"mode": "CONVERSATION"}
    (use,) = meter.uses
    assert use.units == {Unit.AUDIO_SECONDS: pytest.approx(1.05)}
    assert not use.measured


async def with_a_turn_between(
    emulator: AzureEmulator, before: AudioChunk, after: AudioChunk
) -> AsyncIterator[AudioChunk]:
    yield before
    await emulator.again.wait()
    yield after


async def test_phrases_are_joined_and_the_least_sure_one_counts(emulator: AzureEmulator) -> None:
    emulator.phrases = ["First this.", "Then that."]
    emulator.turn_bytes = 16_000

    heard = await hear_stream(emulator, with_a_turn_between(emulator, loud(0.6), loud(0.4)))

    assert [transcript.text for transcript in heard if not transcript.final] == [
        "First this.", "first this.", "First this. Then that.", "First this. then that.",
    ]  # fmt: skip
    assert heard[-1] == Transcript("First this. Then that.", "en", final=True, confidence=0.93)
    turns = [path for path, _ in emulator.received]
    assert turns == ["speech.config", "speech.context", "speech.context"]


async def test_a_turn_that_ends_early_goes_on_in_the_next_also_in_silence(emulator: AzureEmulator) -> None:
    emulator.turn_bytes = 16_000

    heard = await hear_stream(emulator, with_a_turn_between(emulator, silence(0.6), loud(0.4)))

    assert heard[-1].text == emulator.phrases[0]


@pytest.mark.parametrize(
    ("status", "category"),
    [
        ("Error", FailureCategory.UNAVAILABLE),
        ("TooManyRequests", FailureCategory.RATE_LIMITED),
        ("BadRequest", FailureCategory.BAD_REQUEST),
        ("Forbidden", FailureCategory.AUTH),
        ("", FailureCategory.BAD_RESPONSE),
    ],
)
async def test_a_phrase_may_say_that_it_failed(emulator: AzureEmulator, status: str, category: FailureCategory) -> None:
    emulator.status = status

    with pytest.raises(ProviderError) as caught:
        await hear(emulator, loud(0.4))
    assert caught.value.category is category


@pytest.mark.parametrize("status", ["NoMatch", "InitialSilenceTimeout", "BabbleTimeout", "EndOfDictation"])
async def test_a_phrase_without_words_is_silence(emulator: AzureEmulator, status: str) -> None:
    emulator.status = status

    assert (await hear(emulator, loud(0.4)))[-1] == Transcript("", "en", final=True)


async def test_a_rate_that_changes_is_refused(emulator: AzureEmulator) -> None:
    with pytest.raises(ProviderError, match="rate changes"):
        await hear(emulator, loud(0.4), loud(0.4, 8_000))


async def test_a_token_of_the_companion_goes_where_tokens_go(emulator: AzureEmulator) -> None:
    stt = AzureStt(AzureAccess(emulator.base_url, "eyJhbGciOi.x.y"), FakeMeter(), SystemClock())

    with pytest.raises(ProviderError) as caught:
        async for _ in stt.transcribe(as_stream(loud(0.2)), language="en"):
            pass

    assert caught.value.category is FailureCategory.AUTH
    assert emulator.turned_away[-1]["authorization"] == "Bearer eyJhbGciOi.x.y"


async def test_the_synthesis_is_asked_for_as_azure_wants_it(emulator: AzureEmulator) -> None:
    meter = FakeMeter()
    await say(emulator, "It's 5 < 6.", "en-GB-SoniaNeural", meter, ("en-GB",))

    paths, bodies = zip(*emulator.received, strict=True)
    assert paths == ("speech.config", "synthesis.context", "ssml")
    audio = json.loads(bodies[1])["synthesis"]["audio"]
    assert audio["outputFormat"] == "raw-24khz-16bit-mono-pcm"
    assert audio["metadataOptions"]["visemeEnabled"] is True
    assert 'xml:lang="en-GB"' in bodies[2]
    assert '<voice name="en-GB-SoniaNeural">It&#x27;s 5 &lt; 6.</voice>' in bodies[2]
    (use,) = meter.uses
    assert (use.model, use.units, use.measured) == ("en-GB-SoniaNeural", {Unit.CHARACTERS: 11}, False)


async def test_a_voice_of_another_maker_is_spoken_with_the_usual_one(emulator: AzureEmulator) -> None:
    await say(emulator, "Hello.", "joe")

    assert f'<voice name="{USUAL_VOICE}">' in emulator.received[-1][1]


async def test_the_mouth_goes_by_azures_shapes(emulator: AzureEmulator) -> None:
    chunks = await say(emulator, "One two.")

    cues = [cue for chunk in chunks for cue in chunk.visemes]
    shapes = [
        cue.viseme
        for cue, before in zip(cues, [None, *cues], strict=False)
        if before is None or cue.viseme is not before.viseme
    ]
    word = [Viseme.PP, Viseme.AA, Viseme.I, Viseme.SS]
    assert shapes == [*word, *word, Viseme.SIL]
    assert cues[1].start_s == pytest.approx(0.09)
    words = [cue for chunk in chunks for cue in chunk.words]
    assert [(cue.text, round(cue.start_s, 2)) for cue in words] == [("One", 0.0), ("two.", 0.3)]


async def test_a_locale_without_shapes_moves_the_mouth_by_its_sound(emulator: AzureEmulator) -> None:
    emulator.shapes = ()

    chunks = await say(emulator, "One two three.")

    check_speech("One two three.", chunks)
    assert {cue.viseme for chunk in chunks for cue in chunk.visemes} - {Viseme.SIL}


async def test_no_sound_at_all_is_a_bad_response(emulator: AzureEmulator) -> None:
    emulator.speechless = True
    meter = FakeMeter()

    with pytest.raises(ProviderError) as caught:
        await say(emulator, "Hello.", meter=meter)
    assert caught.value.category is FailureCategory.BAD_RESPONSE
    assert not meter.uses[0].units


@pytest.mark.parametrize(
    "entry",
    [
        {"Type": "Viseme", "Data": {"VisemeId": 3}},
        {"Type": "Viseme", "Data": {"Offset": "NaN", "VisemeId": 3}},
        {"Type": "Viseme", "Data": {"Offset": 1, "VisemeId": None}},
        {"Type": "WordBoundary", "Data": {"Offset": 5}},
        {"Type": "WordBoundary", "Data": None},
        {"Type": "Bookmark", "Data": {"Offset": 5, "Bookmark": "x"}},
        "nonsense",
        None,
    ],
)
async def test_odd_times_cost_nobody_their_answer(emulator: AzureEmulator, entry: object) -> None:
    emulator.extra.append(entry)

    check_speech("One two.", await say(emulator, "One two."))


async def test_broken_times_are_a_bad_response(emulator: AzureEmulator) -> None:
    emulator.broken = True

    with pytest.raises(ProviderError) as caught:
        await say(emulator, "One two.")
    assert caught.value.category is FailureCategory.BAD_RESPONSE


@pytest.fixture
async def tts(emulator: AzureEmulator) -> AsyncIterator[AzureTts]:
    async with aclosing(AzureTts(AzureAccess(emulator.base_url, KEY), FakeMeter(), SystemClock())) as made:
        yield made


async def spoken(tts: AzureTts, text: str) -> list[SpeechChunk]:
    async with aclosing(tts.synthesize(text, voice="", language="en")) as chunks:
        return [chunk async for chunk in chunks]


async def test_one_connection_serves_text_after_text(emulator: AzureEmulator, tts: AzureTts) -> None:
    await tts.warm_up()
    for text in ("One.", "Two three.", "Four."):
        check_speech(text, await spoken(tts, text))

    assert len(emulator.requests) == 1
    assert [path for path, _ in emulator.received] == [
        "speech.config", "synthesis.context", "ssml", "synthesis.context", "ssml", "synthesis.context", "ssml",
    ]  # fmt: skip


async def test_a_connection_that_was_let_go_of_is_opened_anew(emulator: AzureEmulator, tts: AzureTts) -> None:
    emulator.texts_a_connection = 1

    for text in ("One.", "Two three.", "Four."):
        check_speech(text, await spoken(tts, text))
    assert len(emulator.requests) == 3


async def test_a_new_connection_that_breaks_is_not_tried_again(emulator: AzureEmulator, tts: AzureTts) -> None:
    emulator.texts_a_connection = 0

    with pytest.raises(ProviderError) as caught:
        await spoken(tts, "One.")
    assert caught.value.category is FailureCategory.CANCELLED_BY_PEER
    assert len(emulator.requests) == 1


async def test_a_text_that_was_given_up_takes_its_connection_along(emulator: AzureEmulator, tts: AzureTts) -> None:
    async with aclosing(tts.synthesize("One two three four.", voice="", language="en")) as chunks:
        await anext(chunks)
    check_speech("Five.", await spoken(tts, "Five."))

    assert len(emulator.requests) == 2


async def test_texts_at_once_have_a_connection_each_and_one_is_kept(emulator: AzureEmulator, tts: AzureTts) -> None:
    await asyncio.gather(spoken(tts, "One."), spoken(tts, "Two."))
    await spoken(tts, "Three.")

    assert len(emulator.requests) == 2

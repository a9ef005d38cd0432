"""What is particular to Google's speech services."""

from __future__ import annotations

import struct
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.audio import AudioChunk, silence
from holo_app.domain.speech import Transcript, Viseme
from holo_app.domain.usage import Unit
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.tts import SpeechChunk
from holo_app.providers.google.access import google_access
from holo_app.providers.google.failures import NAME, read_refusal
from holo_app.providers.google.recogniser import Recogniser, recognition_address
from holo_app.providers.google.streaming import GoogleStreamingStt, host_of
from holo_app.providers.google.stt import GoogleStt
from holo_app.providers.google.tts import GoogleTts, Voice, marked, unwrapped
from holo_app.providers.http.client import HttpClient
from holo_app.providers.http.failures import refusal_of
from tests.contracts.recording import as_stream, in_pieces
from tests.contracts.speech_checks import check_speech
from tests.emulators.faults import Fault
from tests.emulators.google import KEY, PROJECT, WORD_S, GoogleEmulator
from tests.emulators.google_tokens import GoogleTokensEmulator, account_json
from tests.fakes.meter import FakeMeter
from tests.providers.cases.google_stream import installed
from tests.providers.hearing import loud

streams = pytest.mark.skipif(not installed(), reason="google-cloud-speech is not installed")


@pytest.fixture
async def emulator() -> AsyncIterator[GoogleEmulator]:
    async with GoogleEmulator() as made:
        yield made


def stt_of(emulator: GoogleEmulator, meter: FakeMeter, secret: str = KEY) -> GoogleStt:
    client = HttpClient(NAME, emulator.base_url, read=read_refusal)
    recogniser = Recogniser(PROJECT, "us", "long", ("en-GB",))
    return GoogleStt(client, google_access(secret, SystemClock()), recogniser, meter, SystemClock())


async def hear(stt: GoogleStt | GoogleStreamingStt, *chunks: AudioChunk) -> list[Transcript]:
    async with aclosing(stt.transcribe(as_stream(*chunks), language="en")) as transcripts:
        return [transcript async for transcript in transcripts]


async def say(
    emulator: GoogleEmulator,
    text: str,
    voice: Voice = Voice(),  # noqa: B008 - frozen
    *,
    asked: str = "",
    language: str = "en",
    meter: FakeMeter | None = None,
) -> list[SpeechChunk]:
    client = HttpClient(NAME, emulator.base_url, read=read_refusal)
    tts = GoogleTts(client, google_access(KEY, SystemClock()), voice, meter or FakeMeter(), SystemClock())
    async with aclosing(tts), aclosing(tts.synthesize(text, voice=asked, language=language)) as chunks:
        return [chunk async for chunk in chunks]


async def test_an_utterance_is_sent_as_google_wants_it(emulator: GoogleEmulator) -> None:
    meter = FakeMeter()
    sound = loud(1.2)
    async with aclosing(stt_of(emulator, meter)) as stt:
        heard = await hear(stt, *in_pieces(sound, 320))

    assert [transcript.text for transcript in heard] == emulator.parts
    (request,) = emulator.requests
    assert request.path == f"/v2/projects/{PROJECT}/locations/us/recognizers/_:recognize"
    assert request.body["config"] == {
        "explicitDecodingConfig": {"encoding": "LINEAR16", "sampleRateHertz": 16_000, "audioChannelCount": 1},
        "model": "long",
        "languageCodes": ["en-GB"],
        "features": {"enableAutomaticPunctuation": True},
    }
    assert b64decode(request.body["content"]) == sound.pcm
    (use,) = meter.uses
    assert (use.model, use.units, use.measured) == ("long", {Unit.AUDIO_SECONDS: 2.0}, True)


async def test_parts_are_joined_and_silence_has_none(emulator: GoogleEmulator) -> None:
    emulator.parts = ["How much", " is it?", ""]
    async with aclosing(stt_of(emulator, FakeMeter())) as stt:
        assert (await hear(stt, loud(0.4)))[-1].text == "How much is it?"
        assert (await hear(stt, silence(0.4))) == [Transcript("", "en", final=True)]


async def test_without_a_project_nothing_is_asked() -> None:
    client = HttpClient(NAME, "http://127.0.0.1:9")
    stt = GoogleStt(client, google_access(KEY, SystemClock()), Recogniser(""), FakeMeter(), SystemClock())

    with pytest.raises(ProviderError, match="project") as caught:
        await hear(stt, loud(0.2))
    assert caught.value.category is FailureCategory.BAD_REQUEST


async def test_a_service_account_brings_tokens_and_one_that_is_refused_is_forgotten(emulator: GoogleEmulator) -> None:
    async with GoogleTokensEmulator() as tokens:
        account = account_json(tokens.token_address)
        access = google_access(account, SystemClock())
        async with aclosing(stt_of(emulator, FakeMeter(), account)) as stt:
            with pytest.raises(ProviderError) as caught:
                await hear(stt, loud(0.2))
            assert caught.value.category is FailureCategory.AUTH
            emulator.tokens = {f"ya29.emulated-{number}" for number in range(1, 5)}
            await hear(stt, loud(0.2))
            await hear(stt, loud(0.2))
        await access.aclose()

    assert access.project == PROJECT
    assert tokens.desk.issued == ["ya29.emulated-0", "ya29.emulated-1"]
    assert emulator.requests[-1].headers["authorization"] == "Bearer ya29.emulated-1"


def test_a_broken_account_is_named_as_such() -> None:
    with pytest.raises(ProviderError) as caught:
        google_access('{"type": "authorized_user"}', SystemClock())
    assert caught.value.category is FailureCategory.AUTH


def test_the_address_is_that_of_the_region_or_another() -> None:
    assert recognition_address("global") == "https://speech.googleapis.com"
    assert recognition_address("eu") == "https://eu-speech.googleapis.com"
    assert recognition_address("eu", "http://127.0.0.1:1") == "http://127.0.0.1:1"
    assert host_of("https://eu-speech.googleapis.com") == ("eu-speech.googleapis.com", True)
    assert host_of("http://127.0.0.1:50") == ("127.0.0.1:50", False)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            {"status": "RESOURCE_EXHAUSTED", "message": "m", "details": [{"retryDelay": "2.5s"}]},
            (FailureCategory.RATE_LIMITED, "m", 2.5),
        ),
        (
            {
                "status": "RESOURCE_EXHAUSTED",
                "details": [{"violations": [{"quotaId": "AudioPerDay"}]}, {"retryDelay": "9s"}],
            },
            (FailureCategory.QUOTA, "", None),
        ),
        (
            {"status": "PERMISSION_DENIED", "details": [{"reason": "BILLING_DISABLED"}]},
            (FailureCategory.QUOTA, "", None),
        ),
        ({"status": "INVALID_ARGUMENT", "details": [{"reason": "API_KEY_INVALID"}]}, (FailureCategory.AUTH, "", None)),
        ({"status": "SOMETHING_NEW", "details": "odd"}, (None, "", None)),
        ("no object", (None, "", None)),
    ],
)
def test_googles_reasons_go_before_its_status(error: Any, expected: tuple[Any, ...]) -> None:
    import json  # noqa: PLC0415 - of this test only

    assert read_refusal(refusal_of(400, {}, json.dumps({"error": error}).encode())) == expected


def test_each_word_has_a_mark_and_nothing_in_a_text_is_markup() -> None:
    assert marked('5 < 6 &\n"x"\x07') == (
        '<speak><mark name="0"/>5 <mark name="1"/>&lt; <mark name="2"/>6 <mark name="3"/>&amp; '
        '<mark name="4"/>&quot;x&quot; </speak>'
    )


async def test_marks_time_the_words_and_letters_move_the_mouth(emulator: GoogleEmulator) -> None:
    meter = FakeMeter()
    chunks = await say(emulator, "Mama — boot!", Voice("en-US-Neural2-C"), meter=meter)

    body = emulator.requests[0].body
    assert body["voice"] == {"languageCode": "en-US", "name": "en-US-Neural2-C"}
    assert body["audioConfig"] == {"audioEncoding": "LINEAR16", "sampleRateHertz": 24_000}
    assert body["enableTimePointing"] == ["SSML_MARK"]
    words = [cue for chunk in chunks for cue in chunk.words]
    assert [cue.text for cue in words] == ["Mama", "—", "boot!"]
    assert words[2].start_s - words[0].start_s == pytest.approx(WORD_S, abs=1e-3)
    shapes = [cue.viseme for chunk in chunks for cue in chunk.visemes]
    assert shapes[:5] == [Viseme.SIL, Viseme.PP, Viseme.AA, Viseme.PP, Viseme.AA]
    assert Viseme.U in shapes
    (use,) = meter.uses
    assert (use.model, use.units) == ("en-US-Neural2-C", {Unit.CHARACTERS: len("<speak>Mama — boot!</speak>")})


@pytest.mark.parametrize(
    ("voice", "asked", "language", "sent"),
    [
        (Voice(), "joe", "en", {"languageCode": "en-US"}),
        (Voice(own_locales=("en-GB",)), "", "en", {"languageCode": "en-GB"}),
        (Voice("en-US-Neural2-C"), "en-GB-Studio-B", "en", {"languageCode": "en-GB", "name": "en-GB-Studio-B"}),
        (Voice("en-US-Neural2-C"), "", "de", {"languageCode": "de-DE"}),
        (Voice("Kore", "gemini-x"), "", "de", {"languageCode": "de-DE", "name": "Kore", "modelName": "gemini-x"}),
    ],
)  # fmt: skip
async def test_the_voice_speaks_the_language(
    emulator: GoogleEmulator, voice: Voice, asked: str, language: str, sent: dict[str, str]
) -> None:
    check_speech("One two.", await say(emulator, "One two.", voice, asked=asked, language=language))
    assert emulator.requests[0].body["voice"] == sent


@pytest.mark.parametrize("name", ["en-US-Chirp3-HD-Charon", "en-US-Journey-D"])
async def test_newer_voices_get_bare_text(emulator: GoogleEmulator, name: str) -> None:
    check_speech("5 < 6 is true.", await say(emulator, "5 < 6 is true.", Voice(name)))

    body = emulator.requests[0].body
    assert body["input"] == {"text": "5 < 6 is true."}
    assert "enableTimePointing" not in body


async def test_a_text_too_long_for_its_marks_goes_without(emulator: GoogleEmulator) -> None:
    text = "word " * 240

    check_speech(text, await say(emulator, text))
    assert set(emulator.requests[0].body["input"]) == {"text"}


async def test_marks_that_are_not_told_are_guessed(emulator: GoogleEmulator) -> None:
    emulator.marks = False

    check_speech("One two three.", await say(emulator, "One two three."))


async def test_a_good_key_lists_the_voices(emulator: GoogleEmulator) -> None:
    client = HttpClient(NAME, emulator.base_url, read=read_refusal)
    async with aclosing(
        GoogleTts(client, google_access(KEY, SystemClock()), Voice(), FakeMeter(), SystemClock())
    ) as tts:
        assert await tts.voices("en") == ["en-US-Chirp3-HD-Charon", "en-US-Neural2-C"]
        emulator.fail_next(Fault.UNAUTHORIZED)
        with pytest.raises(ProviderError) as caught:
            await tts.voices()
    assert caught.value.category is FailureCategory.AUTH


@pytest.mark.parametrize("content", ["", "no base64!", "UklGRgAAAABXQVZF", "é"])
async def test_what_is_no_sound_is_a_bad_response(emulator: GoogleEmulator, content: str) -> None:
    emulator.sound = content

    with pytest.raises(ProviderError) as caught:
        await say(emulator, "Hello.")
    assert caught.value.category is FailureCategory.BAD_RESPONSE


def wav(data_size: int, pcm: bytes, rate_hz: int = 16_000) -> bytes:
    form = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, rate_hz, 2 * rate_hz, 2, 16)
    return (
        b"RIFF"
        + bytes(4)
        + b"WAVE"
        + form
        + b"LIST"
        + struct.pack("<I", 3)
        + b"abc\0"
        + b"data"
        + struct.pack("<I", data_size)
        + pcm
    )


def test_sound_comes_out_of_its_wrapping() -> None:
    assert unwrapped(wav(4, b"\1\2\3\4more")) == (16_000, b"\1\2\3\4")
    assert unwrapped(wav(0xFFFFFFFF, b"\1\2\3\4\5")) == (16_000, b"\1\2\3\4")
    assert unwrapped(wav(0, b"\1\2")) == (16_000, b"\1\2")
    assert unwrapped(wav(0, b"", 0)) == (24_000, b"")
    assert unwrapped(b"RIFF\0\0\0\0WAVEfmt ") == (24_000, b"")
    assert unwrapped(b"\1\2\3") == (24_000, b"\1\2")


async def test_without_googles_library_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys  # noqa: PLC0415 - of this test only

    monkeypatch.setitem(sys.modules, "holo_app.providers.google.calls", None)
    stt = GoogleStreamingStt(
        "http://127.0.0.1:9", google_access(KEY, SystemClock()), Recogniser(PROJECT), FakeMeter(), SystemClock()
    )

    async with aclosing(stt):
        with pytest.raises(ProviderError, match="extra `google`") as caught:
            await hear(stt, loud(0.2))
    assert caught.value.category is FailureCategory.UNAVAILABLE


@streams
async def test_a_stream_begins_as_google_wants_it() -> None:
    from tests.emulators.google_stream import GoogleStreamEmulator  # noqa: PLC0415 - only where it is installed

    meter = FakeMeter()
    async with GoogleStreamEmulator("How much is it?") as emulator:
        recogniser = Recogniser(PROJECT, "us", "long", ("en-GB",))
        access = google_access(KEY, SystemClock())
        async with aclosing(GoogleStreamingStt(emulator.base_url, access, recogniser, meter, SystemClock())) as stt:
            await stt.warm_up()
            heard = await hear(stt, loud(1.25, 48_000))
            with pytest.raises(ProviderError, match="rate changes"):
                await hear(stt, loud(0.4), loud(0.4, 8_000))

    assert heard[-1] == Transcript("How much is it?", "en", final=True, confidence=0.75)
    config = emulator.configs[0].config
    assert (config.model, list(config.language_codes)) == ("long", ["en-GB"])
    assert config.explicit_decoding_config.sample_rate_hertz == 48_000
    assert emulator.configs[0].streaming_features.interim_results
    assert emulator.sounds[:13] == [9_600] * 12 + [4_800]
    assert meter.uses[0].measured
    assert meter.uses[0].units == {Unit.AUDIO_SECONDS: 1.0}

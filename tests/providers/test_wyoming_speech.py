"""Speech servers in the shop: what goes over the wire, what odd servers do, and the protocol's own library as the judge."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing

import pytest
from wyoming.asr import Transcribe, Transcript
from wyoming.client import AsyncClient
from wyoming.event import Event, Eventable
from wyoming.tts import Synthesize, SynthesizeVoice

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.audio import AudioChunk, silence
from holo_app.domain.speech import Transcript as Heard
from holo_app.domain.speech import Viseme
from holo_app.domain.usage import ProviderRole, Unit
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.tts import SpeechChunk
from holo_app.providers.local_voice.events import Phoneme, SentenceTimes
from holo_app.providers.wyoming.messages import AudioChunk as WyomingAudio
from holo_app.providers.wyoming.messages import AudioStart, AudioStop, Describe, Info
from holo_app.providers.wyoming_speech.stt import WyomingStt, WyomingSttSettings
from holo_app.providers.wyoming_speech.tts import WyomingTts, WyomingTtsSettings
from tests.contracts.recording import as_stream, first_seconds, in_pieces, question
from tests.contracts.speech_checks import check_speech
from tests.emulators.wyoming import TEXT, Asked, WyomingEmulator
from tests.fakes.meter import FakeMeter

SOUND = first_seconds(question(), 1.0)


class Odd(WyomingEmulator):
    """Answers each request with `events`, and says of itself what `about` makes of what it would say."""

    def __init__(self, *events: Event, about: Callable[[Info], Info] = lambda info: info) -> None:
        super().__init__(streaming=False)
        self._events = events
        self._about = about

    def info(self) -> Info:
        return self._about(super().info())

    def pieces(self, asked: Asked) -> list[Eventable]:
        return [Raw(event) for event in self._events] or super().pieces(asked)


class Raw(Eventable):
    """An event as it stands."""

    def __init__(self, event: Event) -> None:
        self._event = event

    def event(self) -> Event:
        return self._event

    @staticmethod
    def is_type(event_type: str) -> bool:
        return bool(event_type)

    @staticmethod
    def from_event(event: Event) -> Raw:
        return Raw(event)


async def hear(emulator: WyomingEmulator, *chunks: AudioChunk, model: str = "", language: str = "en") -> list[Heard]:
    stt = WyomingStt(WyomingSttSettings(emulator.base_url, model), FakeMeter(), SystemClock())
    async with aclosing(stt.transcribe(as_stream(*chunks), language=language)) as results:
        return [result async for result in results]


async def say(
    emulator: WyomingEmulator, text: str, *, voice: str = "", language: str = "en", usual: str = ""
) -> list[SpeechChunk]:
    tts = WyomingTts(WyomingTtsSettings(emulator.base_url, usual), FakeMeter(), SystemClock())
    async with aclosing(tts.synthesize(text, voice=voice, language=language)) as chunks:
        return [chunk async for chunk in chunks]


async def test_an_utterance_goes_out_as_the_protocol_has_it() -> None:
    async with WyomingEmulator() as emulator:
        await hear(emulator, *in_pieces(SOUND, 1024), model="tiny")

    (asked,) = emulator.asked
    assert asked.event.data == {"name": "tiny", "language": "en_GB"}
    assert asked.start is not None
    assert (asked.start.data["rate"], asked.start.data["width"], asked.start.data["channels"]) == (16_000, 2, 1)
    assert bytes(asked.pcm) == SOUND.pcm


async def test_a_server_that_streams_is_heard_while_somebody_still_speaks() -> None:
    heard = asyncio.Event()

    async def spoken() -> AsyncIterator[AudioChunk]:
        yield SOUND
        await heard.wait()
        yield silence(0.1)

    meter = FakeMeter()
    async with WyomingEmulator() as emulator:
        stt = WyomingStt(WyomingSttSettings(emulator.base_url), meter, SystemClock())
        await stt.warm_up()
        assert stt.capabilities.streaming
        assert stt.capabilities.languages == {"en", "de"}
        results = []
        async with aclosing(stt.transcribe(spoken(), language="en")) as transcripts:
            async for transcript in transcripts:
                results.append(transcript)
                heard.set()

    assert [result.text for result in results[:2]] == ["It", "It costs"]
    assert results[-1] == Heard(TEXT, "en", final=True)
    (use,) = meter.uses
    assert (use.role, use.provider, use.model) == (ProviderRole.STT, "wyoming", "ears")
    assert use.units == {Unit.AUDIO_SECONDS: pytest.approx(1.1)}
    assert use.cost is None


async def test_a_server_that_hangs_up_after_each_answer_serves_the_next_turn_too() -> None:
    async with WyomingEmulator(closes=True, streaming=False) as emulator:
        meter = FakeMeter()
        stt = WyomingStt(WyomingSttSettings(emulator.base_url), meter, SystemClock())
        for _ in range(3):
            async with aclosing(stt.transcribe(as_stream(SOUND), language="en")) as results:
                assert [result.text async for result in results] == [TEXT]
        assert emulator.described == 1
        assert len(meter.uses) == 3


@pytest.mark.parametrize(("said", "language"), [("de-AT", "de"), ("de_DE", "de"), ("xx", "en"), (None, "en")], ids=str)
async def test_the_language_is_the_one_that_the_server_heard_if_it_is_one_of_its_own(
    said: str | None, language: str
) -> None:
    async with WyomingEmulator() as emulator:
        emulator.language = said
        assert (await hear(emulator, SOUND))[-1].language == language


async def test_without_languages_of_its_own_the_server_is_taken_at_the_settings_word() -> None:
    async with WyomingEmulator() as emulator:
        emulator.languages = []
        assert (await hear(emulator, SOUND))[-1].text == TEXT
        assert emulator.asked[0].event.data["language"] == "en"


async def test_a_microphone_that_fails_is_not_blamed_on_the_server() -> None:
    async def broken() -> AsyncIterator[AudioChunk]:
        yield SOUND
        raise LookupError("unplugged")

    async with WyomingEmulator(streaming=False) as emulator:
        stt = WyomingStt(WyomingSttSettings(emulator.base_url), FakeMeter(), SystemClock())
        with pytest.raises(LookupError, match="unplugged"):
            async with aclosing(stt.transcribe(broken(), language="en")) as results:
                [result async for result in results]


async def test_the_rate_may_not_change_within_an_utterance() -> None:
    async with WyomingEmulator() as emulator:
        with pytest.raises(ProviderError) as caught:
            await hear(emulator, silence(0.1), silence(0.1, 8_000))
    assert caught.value.category is FailureCategory.BAD_REQUEST


@pytest.mark.parametrize(
    ("event", "category"),
    [
        (Event("error", {"text": "no such language", "code": "bad_request"}), FailureCategory.BAD_REQUEST),
        (Event("error", {"text": "busy", "code": "E42"}), FailureCategory.UNAVAILABLE),
        (Event("error", {"code": ["odd"]}), FailureCategory.UNAVAILABLE),
        (Event("transcript", {"text": None}), FailureCategory.BAD_RESPONSE),
        (Event("transcript-chunk"), FailureCategory.BAD_RESPONSE),
    ],
    ids=["ours", "theirs", "odd", "no-text", "empty-chunk"],
)
async def test_a_bad_answer_is_named(event: Event, category: FailureCategory) -> None:
    async with Odd(event) as emulator:
        with pytest.raises(ProviderError) as caught:
            await hear(emulator, SOUND)
    assert caught.value.category is category


async def test_a_server_for_something_else_says_what_it_is() -> None:
    async with Odd(about=lambda info: Info(tts=info.tts)) as emulator:
        with pytest.raises(ProviderError, match=r"the server has no asr: tts") as caught:
            await hear(emulator, SOUND)
    assert caught.value.category is FailureCategory.BAD_REQUEST


async def test_a_wrong_address_is_a_wrong_setting() -> None:
    stt = WyomingStt(WyomingSttSettings("http://127.0.0.1"), FakeMeter(), SystemClock())
    with pytest.raises(ProviderError) as caught:
        await stt.warm_up()
    assert caught.value.category is FailureCategory.BAD_REQUEST


@pytest.mark.parametrize(
    ("asked_for", "voice"),
    [
        ({"voice": "thorsten", "language": "de"}, {"name": "thorsten"}),
        ({"voice": "nobody", "usual": "alba"}, {"name": "alba"}),
        ({"voice": "thorsten", "usual": "thorsten"}, {"language": "en_GB"}),
        ({}, {"language": "en_GB"}),
    ],
    ids=["named", "usual", "of-another-language", "any"],
)
async def test_the_voice_is_one_that_speaks_the_language(asked_for: dict[str, str], voice: dict[str, str]) -> None:
    async with WyomingEmulator() as emulator:
        await say(emulator, "Hello\n there.", **asked_for)
    assert emulator.asked[0].event.data == {"text": "Hello there.", "voice": voice}


async def test_what_was_spoken_is_counted_in_characters() -> None:
    meter = FakeMeter()
    async with WyomingEmulator() as emulator:
        tts = WyomingTts(WyomingTtsSettings(emulator.base_url), meter, SystemClock())
        async with aclosing(tts.synthesize("Hello there.", voice="alba", language="en")) as chunks:
            check_speech("Hello there.", [chunk async for chunk in chunks])
    (use,) = meter.uses
    assert (use.role, use.model, use.units) == (ProviderRole.TTS, "alba", {Unit.CHARACTERS: 12.0})


async def test_prices_are_spelt_out_in_english_and_left_alone_elsewhere() -> None:
    async with WyomingEmulator() as emulator:
        check_speech("It costs £149.00.", await say(emulator, "It costs £149.00."))
        await say(emulator, "Es kostet 149 €.", language="de")
    assert [asked.event.data["text"] for asked in emulator.asked] == ["It costs 149 pounds.", "Es kostet 149 €."]


async def test_phonemes_of_our_own_servers_move_the_mouth() -> None:
    times = SentenceTimes(0, 3200, (Phoneme("m", 1600), Phoneme("u", 3200)), ())
    sound = WyomingAudio(16_000, 2, 1, bytes(6400)).event()
    async with Odd(times.event(), sound, AudioStop().event()) as emulator:
        chunks = await say(emulator, "Moo.")
    check_speech("Moo.", chunks)
    assert [cue.viseme for chunk in chunks for cue in chunk.visemes] == [Viseme.PP, Viseme.U]


async def test_two_channels_are_mixed() -> None:
    async with WyomingEmulator() as emulator:
        alone = await say(emulator, "Hello.")
        emulator.channels = 2
        assert b"".join(c.audio.pcm for c in await say(emulator, "Hello.")) == b"".join(c.audio.pcm for c in alone)


async def test_sound_of_32_bits_and_sound_that_is_cut_within_a_sample_are_played() -> None:
    loud = (20_000 << 16).to_bytes(4, "little", signed=True) * 1600
    async with Odd(WyomingAudio(16_000, 4, 1, loud).event(), AudioStop().event()) as emulator:
        assert b"".join(c.audio.pcm for c in await say(emulator, "Ah.")) == (20_000).to_bytes(2, "little") * 1600
    pcm = (300).to_bytes(2, "little") * 1600
    halves = [WyomingAudio(16_000, 2, 1, part).event() for part in (pcm[:801], pcm[801:])]
    async with Odd(*halves, AudioStop().event()) as emulator:
        assert b"".join(c.audio.pcm for c in await say(emulator, "Ah.")) == pcm


@pytest.mark.parametrize(
    "events",
    [
        [Event("audio-chunk", {}, b"ab")],
        [Event("audio-chunk", {"rate": "fast", "width": 2, "channels": 1}, b"ab")],
        [WyomingAudio(16_000, 3, 1, b"abc").event()],
        [WyomingAudio(16_000, 4, 1, b"abc").event()],
        [WyomingAudio(16_000, 2, 1, bytes(2)).event(), WyomingAudio(8_000, 2, 1, bytes(2)).event()],
        [AudioStop().event()],
        [Event("holo-phonemes", {"start": "x"})],
    ],
    ids=["bare", "no-number", "24-bit", "cut-in-a-sample", "rate-changes", "no-sound", "odd-times"],
)
async def test_sound_that_cannot_be_played_is_a_bad_response(events: list[Event]) -> None:
    async with Odd(*events) as emulator:
        with pytest.raises(ProviderError) as caught:
            await say(emulator, "Ah.")
    assert caught.value.category is FailureCategory.BAD_RESPONSE


class TestJudgedByTheProtocolsOwnClient:
    """The emulator follows the protocol and not our client: the library's client understands it too."""

    async def test_recognition(self) -> None:
        async with WyomingEmulator() as emulator, AsyncClient.from_uri(emulator.base_url) as client:
            assert Info.from_event(await _answer(client, Describe().event())).asr[0].models[0].languages == [
                "en_GB",
                "de",
            ]
            await client.write_event(Transcribe(language="en").event())
            await client.write_event(AudioStart(16_000, 2, 1).event())
            await client.write_event(WyomingAudio(16_000, 2, 1, SOUND.pcm).event())
            await client.write_event(AudioStop().event())
            types = []
            while (event := await client.read_event()) is not None and not Transcript.is_type(event.type):
                types.append(event.type)
            assert event is not None
            assert Transcript.from_event(event).text == TEXT
            assert types == ["transcript-start", *["transcript-chunk"] * len(TEXT.split()), "transcript-stop"]

    async def test_synthesis(self) -> None:
        async with WyomingEmulator() as emulator, AsyncClient.from_uri(emulator.base_url) as client:
            await client.write_event(Synthesize("Hello there.", SynthesizeVoice("alba")).event())
            start = await client.read_event()
            assert start is not None
            assert AudioStart.from_event(start).rate == 16_000
            sounds = [WyomingAudio.from_event(event) async for event in _until_stop(client)]
            assert len(sounds) == 2
            assert all(sound.audio for sound in sounds)


async def _answer(client: AsyncClient, event: Event) -> Event:
    await client.write_event(event)
    answer = await client.read_event()
    assert answer is not None
    return answer


async def _until_stop(client: AsyncClient) -> AsyncIterator[Event]:
    while (event := await client.read_event()) is not None and not AudioStop.is_type(event.type):
        yield event

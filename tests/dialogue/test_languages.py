"""The language of a conversation: chosen, typed, heard; and what is said where it cannot be heard."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holo_app.bootstrap.languages import language_files
from holo_app.dialogue import inputs
from holo_app.dialogue import notices as nt
from holo_app.dialogue.hearing_advice import HearingAdvice
from holo_app.dialogue.languages import LanguageReach, Languages
from holo_app.dialogue.polite_answerer import LanguageTexts, PoliteAnswerer
from holo_app.dialogue.silent_voice import SpokenOrShown
from holo_app.dialogue.written_language import WrittenLanguages, WrittenMarks
from holo_app.domain.audio import AudioChunk
from holo_app.domain.conversation import Role
from holo_app.domain.kiosk import KioskState
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.tts import TextToSpeech
from tests.dialogue.world import World, running
from tests.fakes.answers import FakeAnswerer
from tests.fakes.tts import FakeTts
from tests.fakes.virtual_time import virtual_time

WRITTEN = WrittenLanguages(language_files().marks)
OFFERED = ("de", "en", "fr")


def languages(heard: Sequence[str] = ("en",), spoken: Sequence[str] = ("en",), home: str = "en") -> Languages:
    return Languages(home, LanguageReach(OFFERED, lambda: frozenset(heard), lambda: frozenset(spoken)), WRITTEN)


# telling languages apart in writing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How much is the blue jacket?", "en"),
        ("Do you have headphones", "en"),
        ("Was kostet die Eagle GPS Watch?", "de"),
        ("haben sie kopfhörer", "de"),
        ("Ich suche ein Geschenk für meine Tochter", "de"),
        ("Guten Tag", "de"),
        ("Danke", "de"),
        ("Größe?", "de"),
        ("Combien coûte la montre ?", "fr"),
        ("vous avez des écouteurs", "fr"),
        ("Bonjour", "fr"),
        ("Merci beaucoup", "fr"),
    ],
)
@pytest.mark.parametrize("current", OFFERED)
def test_a_typed_question_tells_its_language(text: str, language: str, current: str) -> None:
    assert WRITTEN.guess(text, current) == language


@pytest.mark.parametrize("text", ["", "?!", "ok", "Okay", "Eagle GPS Watch", "P-014", "49 £", "USB-C", "iPhone 15"])
@pytest.mark.parametrize("current", OFFERED)
def test_what_is_the_same_everywhere_tells_none(text: str, current: str) -> None:
    assert WRITTEN.guess(text, current) == current


@given(st.text(max_size=80), st.sampled_from(["en", "de", "fr", "xx"]))
def test_any_text_is_in_an_offered_language_or_in_the_one_in_use(text: str, current: str) -> None:
    assert WRITTEN.guess(text, current) in {*OFFERED, current}


def test_without_marks_nothing_is_guessed() -> None:
    assert WrittenLanguages({}).guess("Was kostet das?", "en") == "en"
    assert not WrittenLanguages({}).sounds_like("How much is the watch?", "en")
    assert WrittenLanguages({"en": WrittenMarks(frozenset({"it's"}))}).guess("it's", "de") == "en"


@pytest.mark.parametrize(
    ("heard", "english"),
    [
        ("How much is the blue jacket?", True),
        ("Can I exchange it?", True),
        ("What's the weather like?", True),
        ("Bass caused a de-blow yakka.", False),
        ("Gesture and cut open my feet.", False),
        ("Thank you.", False),
        ("", False),
    ],
)
def test_nonsense_does_not_sound_like_english(heard: str, *, english: bool) -> None:
    assert WRITTEN.sounds_like(heard, "en") is english


# when to say it ---------------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(["understood", "lost", "left"])), st.integers(1, 4))
def test_advice_comes_after_turns_lost_in_a_row_and_goes_with_the_first_understood(
    turns: list[str], after: int
) -> None:
    advice = HearingAdvice(after=after)
    in_a_row = 0
    for turn in turns:
        due, shown = advice.due, advice.shown
        match turn:
            case "left":
                advice.forget()
                in_a_row = 0
            case "understood":
                advice.heard(understood=True)
                in_a_row = 0
            case _:
                advice.heard(understood=False)
                in_a_row += 1
                assert due == (in_a_row % after == 0)
                assert advice.shown == (shown or due)
                continue
        assert not advice.shown
        assert advice.due == (after == 1)


# the policy -------------------------------------------------------------------------------------------------------------


def test_a_short_word_changes_no_language_and_a_second_one_does() -> None:
    talk = languages(heard=("en", "de"))
    assert talk.spoken("Okay.", "de") == "en"
    assert talk.answered(understood=True)
    assert talk.spoken("Genau.", "de") == "de"
    assert talk.answered(understood=True)
    assert talk.current == "de"
    assert talk.spoken("Haben Sie das in Blau?", "de") == "de"
    assert talk.spoken("Do you speak English?", "en") == "en"


def test_a_language_that_the_kiosk_does_not_offer_is_not_followed() -> None:
    assert languages(heard=("en", "ja")).spoken("sore wa ikura desu ka", "ja") == "en"


def test_what_was_only_thought_of_changes_nothing() -> None:
    talk = languages(heard=("en", "de"))
    assert talk.spoken("Was kostet die Jacke?", "de") == "de"
    assert talk.current == "en"


def test_the_screen_is_told_what_can_be_heard_and_said() -> None:
    talk = languages()
    assert talk.used == nt.LanguageUsed("en", heard=True, spoken=True, hears=("en",))
    talk.choose("de")
    assert talk.used == nt.LanguageUsed("de", heard=False, spoken=False, hears=("en",))
    assert talk.listened_for == "en"
    talk.leave()
    assert talk.current == "en"


def test_engines_that_are_missing_are_another_trouble() -> None:
    talk = languages(heard=(), spoken=())
    talk.choose("de")
    assert talk.used == nt.LanguageUsed("de", heard=True, spoken=True, hears=OFFERED)
    assert talk.listened_for == "de"


def test_the_ear_falls_back_on_the_language_of_the_shop() -> None:
    talk = languages(heard=("en", "fr"), home="fr")
    talk.choose("de")
    assert talk.listened_for == "fr"
    talk = languages(heard=("en", "fr"), home="de")
    assert talk.listened_for == "en"


def test_a_kiosk_that_hears_all_it_offers_has_nothing_to_apologise_for() -> None:
    talk = languages(heard=OFFERED)
    for _ in range(3):
        talk.spoken("Bass caused a yakka.", "en")
        assert not talk.apologises("Bass caused a yakka.", understood=False)
        talk.answered(understood=False)


def test_only_what_was_asked_last_is_apologised_for() -> None:
    talk = languages()
    talk.choose("de")
    talk.spoken("Bass caused a yakka.", "en")
    assert talk.apologises("Bass caused a yakka.", understood=False)
    assert not talk.apologises("something else", understood=False)
    talk.typed("Was kostet das?")
    assert not talk.apologises("Was kostet das?", understood=False)


def test_languages_are_named_in_a_sentence() -> None:
    texts = LanguageTexts("{heard}|{others}", " & ", {"en": "English", "de": "German"})
    assert texts.sentence(["en"], OFFERED) == "English|German & fr"
    assert texts.sentence([], OFFERED) == "|German, English & fr"
    for spoken in language_files().texts.values():
        assert set(spoken.names) == set(OFFERED)
        assert spoken.names["fr"] in spoken.sentence(["en"], OFFERED)


# the whole loop ---------------------------------------------------------------------------------------------------------


async def touch(world: World, touched: inputs.KioskInput) -> None:
    assert world.loop is not None
    world.loop.submit(touched)
    await asyncio.sleep(0)


def lost(world: World) -> None:
    """From now on the answerer makes nothing of what it is asked."""
    world.answerer.not_understood = True
    world.answerer.reply = "Sorry, I did not get that."


@virtual_time
async def test_a_chosen_language_that_cannot_be_heard_is_typed_and_read() -> None:
    async with running() as world:
        await touch(world, inputs.LanguageChosen("de"))
        assert world.of(nt.LanguageUsed)[-1] == nt.LanguageUsed("de", heard=False, spoken=False, hears=("en",))
        await touch(world, inputs.TextTyped("Was kostet das?"))
        await asyncio.sleep(8)
        assert world.tts.spoken == [], "no English mouth reads German"
        assert world.of(nt.TroubleChanged) == [], "nothing is broken"
        assert world.turns[0].spoken == world.turns[0].answer
        captions = world.of(nt.CharacterCaption)
        assert captions[-1].end_s - captions[0].start_s > 3, "there is time to read"
        assert world.messages()[0].language == "de"
        await touch(world, inputs.LanguageChosen("en"))
        assert world.of(nt.LanguageUsed)[-1] == nt.LanguageUsed("en", heard=True, spoken=True, hears=("en",))
        await world.say("How much is the blue jacket?")
        await asyncio.sleep(6)
        assert world.turns[-1].heard == "How much is the blue jacket?"
        assert world.tts.spoken


@virtual_time
async def test_speech_that_cannot_be_heard_is_answered_with_a_word_about_it() -> None:
    async with running() as world:
        await touch(world, inputs.LanguageChosen("de"))
        lost(world)
        await world.say("Bass caused a de-blow yakka.")
        await asyncio.sleep(8)
        assert world.turns[0].heard == "", "nobody said that"
        assert world.turns[0].answer == "I only hear English. For German and fr, type."
        assert world.of(nt.LanguageUsed)[-1] == nt.LanguageUsed("de", False, False, ("en",), advised=True)
        assert all(not caption.text for caption in world.of(nt.CustomerCaption)), "nonsense is not shown"
        assert [m.role for m in world.messages()] == [Role.CHARACTER]
        assert world.states[-1] is KioskState.IDLE
        world.answerer.not_understood = False
        await touch(world, inputs.TextTyped("Was kostet das?"))
        await asyncio.sleep(8)
        assert world.of(nt.CustomerCaption)[-1].text == "Was kostet das?"
        assert world.of(nt.LanguageUsed)[-1] == nt.LanguageUsed("de", False, False, ("en",))


@virtual_time
async def test_who_then_speaks_english_is_answered_in_english() -> None:
    async with running() as world:
        await touch(world, inputs.LanguageChosen("de"))
        await world.say("How much is the blue jacket?")
        await asyncio.sleep(6)
        assert world.turns[0].heard == "How much is the blue jacket?"
        assert world.answerer.requests[-1].language == "en"
        assert world.of(nt.LanguageUsed)[-1] == nt.LanguageUsed("en", heard=True, spoken=True, hears=("en",))


@virtual_time
async def test_stop_is_obeyed_in_any_language() -> None:
    async with running() as world:
        await touch(world, inputs.TextTyped("Was kostet das?"))
        await asyncio.sleep(1)
        await world.say("Stop.", 0.5)
        await asyncio.sleep(3)
        assert [turn.interrupted for turn in world.turns] == [True]


@virtual_time
async def test_typing_in_another_language_changes_to_it() -> None:
    async with running() as world:
        await touch(world, inputs.TextTyped("Was kostet das und wie?"))
        await asyncio.sleep(8)
        assert world.answerer.requests[0].language == "de"
        assert world.of(nt.LanguageUsed)[-1].language == "de"
        await touch(world, inputs.TextTyped("How much is it?"))
        await asyncio.sleep(8)
        assert world.of(nt.LanguageUsed)[-1].language == "en"
        assert [m.language for m in world.messages()] == ["de", "de", "en", "en"]
        await touch(world, inputs.TextTyped("Was kostet das und wie?"))
        await asyncio.sleep(70)
        assert world.of(nt.LanguageUsed)[-1].language == "en", "the next customer begins at home"


@virtual_time
async def test_twice_not_understood_says_which_languages_can_be_heard() -> None:
    async with running() as world:
        lost(world)
        for _ in range(2):
            await world.say("Bass caused a de-blow yakka.")
            await asyncio.sleep(7)
        assert [turn.answer for turn in world.turns] == [
            "Sorry, I did not get that.", "I only hear English. For German and fr, type.",
        ]  # fmt: skip
        assert world.of(nt.LanguageUsed)[-1].advised
        world.answerer.not_understood = False
        await world.say("How much is the blue jacket?")
        await asyncio.sleep(7)
        assert not world.of(nt.LanguageUsed)[-1].advised


class FakePolyglot:
    """Tells languages apart as a cloud engine does: German lines are known by their first word."""

    def __init__(self, world: World) -> None:
        self._heard = world.stt._script.heard

    def language_of(self, audio: AudioChunk) -> str:
        words = " ".join(said.text for said in self._heard(audio)).split()
        return "de" if words and words[0] in {"Was", "Okay", "Haben"} else "en"


@virtual_time
async def test_an_engine_that_hears_german_turns_the_conversation_to_german() -> None:
    async with running(tts=FakeTts(languages=("en", "de")), stt_languages=("en", "de")) as world:
        world.stt.language_of = FakePolyglot(world).language_of
        await world.say("Okay.", 0.6)
        await asyncio.sleep(6)
        assert world.answerer.requests[-1].language == "en"
        await world.say("Was kostet die blaue Jacke?")
        await asyncio.sleep(8)
        assert world.answerer.requests[-1].language == "de"
        assert world.of(nt.LanguageUsed)[-1] == nt.LanguageUsed("de", heard=True, spoken=True, hears=("de", "en"))
        assert world.of(nt.CustomerCaption)[-1].text == "Was kostet die blaue Jacke?"
        assert world.tts.spoken, "this voice speaks German"
        await world.say("How much is the red one?")
        await asyncio.sleep(8)
        assert world.answerer.requests[-1].language == "en"
        assert world.of(nt.TroubleChanged) == []


@virtual_time
async def test_an_engine_that_streams_says_its_language_as_well() -> None:
    async with running(tts=FakeTts(languages=("en", "de")), stt_languages=("en", "de"), streaming=True) as world:
        world.stt.language_of = FakePolyglot(world).language_of
        await world.say("Was kostet die blaue Jacke?")
        await asyncio.sleep(8)
        assert world.answerer.requests[-1].language == "de"
        assert world.of(nt.LanguageUsed)[-1].language == "de"


@virtual_time
async def test_an_answerer_that_fails_before_its_first_word_is_still_replaced() -> None:
    async with running() as world:
        world.answerer.failure = FailureCategory.UNAVAILABLE
        await touch(world, inputs.TextTyped("How much is it?"))
        await asyncio.sleep(6)
        assert world.turns[0].provider == "fallback"
        assert isinstance(world.fallback, FakeAnswerer)


# the voice --------------------------------------------------------------------------------------------------------------


async def _sound(voice: TextToSpeech, language: str) -> tuple[float, bool]:
    """Seconds of speech, and whether there is any sound in it."""
    chunks = [chunk async for chunk in voice.synthesize("Sie kostet 179 Euro.", voice="hum", language=language)]
    return sum(chunk.audio.seconds for chunk in chunks), any(any(chunk.audio.pcm) for chunk in chunks)


@virtual_time
async def test_what_the_voice_cannot_pronounce_is_left_to_captions_at_reading_pace() -> None:
    inner = FakeTts()
    voice = SpokenOrShown(inner)
    assert voice.capabilities == inner.capabilities
    for language, heard in (("en", True), ("de", False)):
        seconds, audible = await _sound(voice, language)
        assert seconds == pytest.approx(4 / 3, abs=0.02)
        assert audible is heard
    assert inner.spoken == ["Sie kostet 179 Euro."]
    await voice.aclose()
    assert inner.closed


@virtual_time
async def test_a_voice_that_is_missing_stays_an_error() -> None:
    with pytest.raises(ProviderError):
        await _sound(SpokenOrShown(FakeTts(languages=())), "de")


@virtual_time
async def test_the_answerer_behind_is_closed() -> None:
    inner = ClosingAnswerer()
    await PoliteAnswerer(inner, languages(), language_files().texts).aclose()
    assert inner.closed


class ClosingAnswerer(FakeAnswerer):
    closed = False

    async def aclose(self) -> None:
        self.closed = True

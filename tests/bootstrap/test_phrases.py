"""What is synthesised ahead, and when; and the deadlines that the operator sets."""

from __future__ import annotations

import asyncio
from dataclasses import fields, replace

import pytest

from holo_app.bootstrap.deadlines import stage_deadlines
from holo_app.bootstrap.phrases import all_phrases, filler_texts, until_quiet, worth_keeping
from holo_app.config import Settings
from holo_app.dialogue.deadlines import StageDeadlines
from tests.dialogue.world import AVA
from tests.fakes.virtual_time import VirtualClock, virtual_time

PHRASES = all_phrases()


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_each_language_has_fillers_to_rotate(language: str) -> None:
    texts = filler_texts(PHRASES)[language]
    assert len(set(texts)) >= 3
    assert all(len(text.split()) <= 6 and "{" not in text for text in texts), "short, and whole"


def test_a_language_without_fillers_has_none() -> None:
    assert filler_texts({"xx": {"yes": ["Ja."]}}) == {"xx": ()}


def test_the_greeting_and_the_fillers_come_first_and_every_phrase_once() -> None:
    worth = worth_keeping(PHRASES, AVA, {"en"})
    said = [phrase.spoken for phrase in worth]
    assert said[0] == AVA.greeting
    assert said[1:5] == list(filler_texts(PHRASES)["en"])
    assert {"You're welcome!", "Is there anything else?"} <= set(said), "an answer is spoken in pieces"
    assert "Sorry, I didn't quite get that." in said
    assert not any("{" in text for text in said)
    assert len(set(worth)) == len(worth)
    assert {(phrase.voice, phrase.language) for phrase in worth} == {("hum", "en")}


def test_only_languages_that_the_voice_speaks_are_worth_it() -> None:
    assert worth_keeping(PHRASES, AVA, ()) == []
    worth = worth_keeping(PHRASES, replace(AVA, language="fr"), {"de", "en"})
    assert {phrase.language for phrase in worth} == {"de", "en"}
    assert AVA.greeting not in [phrase.spoken for phrase in worth]


@virtual_time
async def test_quiet_is_a_second_in_which_nobody_talks() -> None:
    clock, talking_until_s = VirtualClock(), 0.0
    await until_quiet(lambda: clock.monotonic() < talking_until_s)
    assert clock.monotonic() == pytest.approx(1.0)
    talking_until_s = 6.1
    waiting = asyncio.create_task(until_quiet(lambda: clock.monotonic() < talking_until_s))
    await asyncio.sleep(5)
    assert not waiting.done()
    await waiting
    assert 7.0 <= clock.monotonic() <= 7.5


def test_the_defaults_of_the_settings_are_those_of_the_stages() -> None:
    assert stage_deadlines(Settings()) == StageDeadlines()


def test_each_deadline_can_be_set() -> None:
    settings = Settings().replaced(
        "dialogue",
        retrieval_deadline_s=0.5,
        first_text_deadline_s=0.6,
        next_text_deadline_s=0.7,
        transcript_deadline_s=0.8,
        end_of_turn_deadline_s=0.9,
        filler_after_s=1.1,
    )
    settings = settings.replaced("voice", first_sound_deadline_s=1.2, next_sound_deadline_s=1.3)
    chosen, usual = stage_deadlines(settings), StageDeadlines()
    assert all(getattr(chosen, field.name) != getattr(usual, field.name) for field in fields(StageDeadlines))

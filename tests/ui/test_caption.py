"""Which words are shown and which of them were heard."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holo_app.ui.caption import (
    PAGE_CHARS,
    CaptionInputs,
    CaptionProps,
    Clause,
    clause_planned,
    customer_said,
    derive_caption,
    heard_chars,
    pages,
    reply_over,
    speech_cut,
)

WATCH = Clause("The watch is 179 pounds,", 10.0, 12.0)
BATTERY = Clause("and lasts 12 days.", 12.0, 14.0)


def at(inputs: CaptionInputs, position_s: float) -> CaptionProps:
    return derive_caption(replace(inputs, position_s=position_s))


@pytest.mark.parametrize(
    ("position_s", "heard"),
    [
        (9.9, ""),
        (10.0, "The"),
        (10.5, "The watch"),
        (11.9, "The watch is 179 pounds,"),
        (12.0, "The watch is 179 pounds,"),
    ],
)
def test_words_light_up_along_the_audio_clock(position_s: float, heard: str) -> None:
    assert WATCH.text[: heard_chars(WATCH, position_s)] == heard


def test_clauses_of_one_reply_share_a_page_and_light_up_in_order() -> None:
    inputs = clause_planned(clause_planned(CaptionInputs(), WATCH), BATTERY)
    shown = at(inputs, 13.2)
    assert shown.reply_text == "The watch is 179 pounds, and lasts 12 days."
    assert shown.reply_text[: shown.spoken_chars] == "The watch is 179 pounds, and lasts 12"
    assert at(inputs, 9.0).spoken_chars == 0


def test_the_page_turns_only_when_its_first_clause_is_heard() -> None:
    long = "word " * 18
    inputs = CaptionInputs()
    for number in range(3):
        inputs = clause_planned(inputs, Clause(f"{number} {long}", number * 5.0, number * 5.0 + 5))
    assert [at(inputs, t).reply_text[0] for t in (0.0, 4.9, 5.0, 9.9, 12.0)] == ["0", "0", "1", "1", "2"]


def test_a_cut_shows_what_was_heard_and_drops_the_rest() -> None:
    inputs = clause_planned(clause_planned(CaptionInputs(), WATCH), BATTERY)
    cut = speech_cut(replace(inputs, position_s=10.5), 10.5)
    assert at(cut, 10.5).reply_text == "The watch …"
    assert at(cut, 99.0).reply_text == "The watch …"


def test_a_cut_between_clauses_keeps_the_whole_first_one() -> None:
    inputs = clause_planned(clause_planned(CaptionInputs(), WATCH), BATTERY)
    assert at(speech_cut(inputs, 12.0), 12.0).reply_text == WATCH.text


def test_the_next_question_takes_the_old_answer_away_when_it_was_heard() -> None:
    inputs = customer_said(clause_planned(CaptionInputs(), WATCH), "And the  blue one", final=False)
    assert at(inputs, 11.0).reply_text == WATCH.text
    assert at(inputs, 12.0) == CaptionProps("And the blue one", customer_final=False)


def test_the_next_answer_replaces_the_old_one() -> None:
    inputs = customer_said(replace(clause_planned(CaptionInputs(), WATCH), position_s=12.0), "Thanks", final=True)
    inputs = clause_planned(inputs, Clause("You are welcome.", 12.0, 13.0))
    assert at(inputs, 12.5).reply_text == "You are welcome."
    assert at(inputs, 12.5).customer_text == "Thanks"


def test_an_answer_that_still_sounds_is_not_lost_when_the_next_begins() -> None:
    inputs = customer_said(replace(clause_planned(CaptionInputs(), WATCH), position_s=11.0), "Really", final=False)
    assert len(clause_planned(inputs, BATTERY).clauses) == 2


def test_an_answer_that_was_heard_but_for_a_sample_does_not_stand_before_the_next() -> None:
    inputs = reply_over(replace(clause_planned(CaptionInputs(), WATCH), position_s=11.9996))
    assert at(inputs, 11.9996) == CaptionProps(reply_text=WATCH.text, spoken_chars=len(WATCH.text))
    inputs = clause_planned(customer_said(inputs, "Thanks", final=True), Clause("You are welcome.", 12.0, 13.0))
    assert at(inputs, 12.5).reply_text == "You are welcome."


def test_a_clause_that_is_told_again_only_gets_another_end() -> None:
    guessed = replace(WATCH, end_s=11.0)
    inputs = clause_planned(clause_planned(clause_planned(CaptionInputs(), guessed), BATTERY), WATCH)
    assert inputs.clauses == (WATCH, BATTERY)
    assert at(inputs, 10.9).spoken_chars < len(WATCH.text)


def test_an_empty_clause_and_an_empty_customer_caption_change_nothing_else() -> None:
    inputs = clause_planned(CaptionInputs(), WATCH)
    assert clause_planned(inputs, Clause("  ", 12.0, 13.0)) == inputs
    assert customer_said(inputs, "", final=True).reply_is_old is False


@given(st.lists(st.text("ab ", min_size=1, max_size=400).filter(str.strip), max_size=6), st.floats(0, 60))
def test_every_word_is_on_exactly_one_page_and_no_page_overflows(texts: list[str], position_s: float) -> None:
    inputs = CaptionInputs()
    for number, text in enumerate(texts):
        inputs = clause_planned(inputs, Clause(text, number * 5.0, number * 5.0 + 5))
    laid = pages(inputs.clauses)
    assert [w for page in laid for piece in page for w in piece.text.split()] == [w for t in texts for w in t.split()]
    longest_word = max((len(w) for t in texts for w in t.split()), default=0)
    for page in laid:
        assert len(" ".join(piece.text for piece in page)) <= max(PAGE_CHARS, longest_word)
    shown = at(inputs, position_s)
    assert 0 <= shown.spoken_chars <= len(shown.reply_text)

"""Clauses, caption words and the heard-text ledger."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holo_app.dialogue.caption_words import written_words
from holo_app.dialogue.clauses import ClauseSplitter, is_sentence, pieces_of
from holo_app.dialogue.heard import HeardLedger
from holo_app.domain.speech import WordCue


def split(text: str, size: int) -> list[str]:
    splitter = ClauseSplitter()
    pieces = [piece for i in range(0, len(text), size) for piece in splitter.push(text[i : i + size])]
    return pieces + splitter.flush()


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Sure. It is blue.", ["Sure.", "It is blue."]),
        ("Yes, it is waterproof, and it floats. Nice!", ["Yes, it is waterproof,", "and it floats.", "Nice!"]),
        (
            "It weighs 2.3 kg, and costs £149. It is in stock.",
            ["It weighs 2.3 kg,", "and costs £149.", "It is in stock."],
        ),
        ("Ask Dr. Lee about it. Then buy.", ["Ask Dr. Lee about it.", "Then buy."]),
        ("“It floats.” I think so.", ["“It floats.”", "I think so."]),
        ("", []),
        ("no end", ["no end"]),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_the_first_clause_is_early_and_the_rest_are_sentences(text: str, pieces: list[str], size: int) -> None:
    assert split(text, size) == pieces


@given(st.text(alphabet="ab ,.!?;“”’)", max_size=60), st.integers(1, 9))
def test_no_word_is_lost_or_added(text: str, size: int) -> None:
    assert " ".join(split(text, size)).split() == text.split()


def cues(text: str, *, step: float = 0.5) -> list[WordCue]:
    return [WordCue(word, i * step, (i + 1) * step) for i, word in enumerate(text.split())]


def test_written_words_share_the_time_of_their_spoken_form() -> None:
    spoken = cues("It costs one hundred and forty-nine pounds today")
    assert written_words("It costs £149 today.", spoken) == (
        WordCue("It", 0.0, 0.5),
        WordCue("costs", 0.5, 1.0),
        WordCue("£149", 1.0, 3.5),
        WordCue("today.", 3.5, 4.0),
    )


def test_a_word_that_is_not_spoken_takes_no_time() -> None:
    assert written_words("It is – blue", cues("It is blue"))[2] == WordCue("–", 1.0, 1.0)
    assert written_words("– blue", cues("blue"))[0] == WordCue("–", 0.0, 0.0)


def test_spoken_words_that_are_not_written_are_left_out() -> None:
    assert [c.text for c in written_words("It is blue", cues("It really is blue"))] == ["It", "is", "blue"]


@given(
    st.lists(st.sampled_from(["a", "b", "c", "1", "2", "£3"]), max_size=8),
    st.lists(st.sampled_from(["a", "b", "c", "one", "two"]), max_size=8),
)
def test_every_written_word_gets_one_cue_in_order(written: list[str], spoken: list[str]) -> None:
    found = written_words(" ".join(written), cues(" ".join(spoken)))
    assert [c.text for c in found] == written
    assert all(a.start_s <= b.start_s for a, b in pairwise(found))


def test_the_ledger_knows_what_left_the_device() -> None:
    ledger = HeardLedger()
    clause = ledger.begin("It costs £149,", start_s=10.0)
    clause.add(tuple(cues("It costs one hundred")))
    assert ledger.heard_until(20) == "It costs"
    clause.add((WordCue("forty-nine", 2.0, 2.5),))
    clause.finish()
    ledger.begin("today.", start_s=12.5)
    assert ledger.heard_until(10.8) == "It costs"
    assert ledger.heard_until(10.1) == ""
    assert ledger.heard_until(12.5) == "It costs £149,"


def test_a_clause_that_was_cut_was_heard_only_up_to_the_cut() -> None:
    ledger = HeardLedger()
    first = ledger.begin("It costs a lot.", start_s=0.0)
    first.add(tuple(WordCue(word, i * 0.5, (i + 1) * 0.5) for i, word in enumerate(["It", "costs", "a", "lot."])))
    first.cut(1.0)
    ledger.begin("Really.", start_s=1.0).add((WordCue("Really.", 0.0, 0.5),))
    assert ledger.heard_until(0.6) == "It"
    assert ledger.heard_until(9.0) == "It costs Really."


@pytest.mark.parametrize(
    ("piece", "whole"),
    [("It is.", True), ("Is it?”", True), ("So…", True), ("Well,", False), ("", False), ("it is", False)],
)
def test_where_a_spoken_text_may_end(piece: str, whole: bool) -> None:
    assert is_sentence(piece) is whole


def test_the_pieces_of_a_text_that_is_there_at_once() -> None:
    assert pieces_of("You're welcome! Is there anything else") == ["You're welcome!", "Is there anything else"]

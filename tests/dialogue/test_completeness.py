"""Twenty questions that are finished and twenty that are not, as a recogniser writes them: a full stop behind anything."""

from __future__ import annotations

import pytest

from holo_app.bootstrap.turn_settings import turn_words
from holo_app.dialogue.turn_end import TurnEndPolicy, completeness

COMPLETE = (
    "How much is the blue jacket?",
    "Do you have this in a larger size?",
    "What does it come in?",
    "What is it made of?",
    "What do you have?",
    "Which one would you get?",
    "When do you close today?",
    "I'm looking for a present for my daughter.",
    "Tell me about the kettle.",
    "The second one.",
    "Yes.",
    "No thanks.",
    "Thank you very much.",
    "How long does the battery last?",
    "Is it waterproof?",
    "Can I bring it back?",
    "Where are the fitting rooms?",
    "How much is that altogether?",
    "It should cost less than 100 pounds.",
    "My number is 0 7 7 0 0 9 0 0 1 2 3.",
)
INCOMPLETE = (
    "How much is the",
    "Do you have this in my",
    "I'm looking for a present for.",
    "I would like to buy a watch and",
    "Tell me about the.",
    "Do you have",
    "I want.",
    "Could you show me some",
    "Is there a smaller one or.",
    "I need a jacket that",
    "My son is very.",
    "I was wondering if",
    "The one with the.",
    "It must be less than.",
    "um",
    "Well, uh.",
    "My number is 0 7 7.",
    "It's zero seven seven",
    "The code is four one nine.",
    "I'd like the blue one because",
)


@pytest.mark.parametrize("text", COMPLETE)
def test_what_is_finished_is_answered_soon(text: str) -> None:
    assert completeness(text, turn_words()["en"]) >= 0.75
    assert TurnEndPolicy().required_silence_s(text, None, turn_words()["en"]) <= 0.45


@pytest.mark.parametrize("text", INCOMPLETE)
def test_what_is_not_finished_is_waited_for(text: str) -> None:
    """Even where it sounds finished: the recogniser's words weigh more than the voice."""
    assert TurnEndPolicy().required_silence_s(text, 0.8, turn_words()["en"]) >= 0.7
    assert TurnEndPolicy().required_silence_s(text, None, turn_words()["en"]) >= 1.0

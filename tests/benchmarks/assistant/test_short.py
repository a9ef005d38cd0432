"""The benchmark's own parts, with a model whose words are written down: what is made up is never heard."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from holo_app.domain.conversation import Message
from holo_app.ports.chat import ToolCall
from tests.benchmarks.assistant.judge import Heard, faults, strange_prices
from tests.benchmarks.assistant.questions import QUESTIONS, Asked
from tests.benchmarks.assistant.run import LOCAL, Counting, ask, assistant_over
from tests.fakes.chat import FakeChat, Script
from tests.knowledge.shop import composer

_SHOW = ToolCall("1", "show_product", {"sku": "P-013"})


def _hear(asked: Asked, *scripts: Script) -> Heard:
    counting = Counting(FakeChat(*scripts))
    history: list[Message] = []
    return asyncio.run(ask(asked, [assistant_over(counting, LOCAL), composer()], history, counting))


def test_there_are_twenty_questions() -> None:
    assert len(QUESTIONS) == 20
    assert len({asked.text for asked in QUESTIONS}) == 20


def test_a_right_answer_of_the_model_is_heard_and_counted() -> None:
    heard = _hear(QUESTIONS[0], [_SHOW, "The Willow Table Lamp costs £49."])
    assert (heard.provider, heard.calls, heard.shown) == ("fake-chat", 1, ("P-013",))
    assert faults(QUESTIONS[0], heard) == []
    assert strange_prices(heard) == []


@pytest.mark.parametrize(
    "lie",
    [
        "The Willow Table Lamp costs £1.",
        "The Willow Table Lamp costs forty eight pounds.",
        "It is yours for 20 euros.",
        "With 50 percent off it is £24.50.",
        "The Willow Table Lamp is free today.",
    ],
)
@pytest.mark.parametrize("asked", [QUESTIONS[0], QUESTIONS[9], QUESTIONS[10]], ids=lambda asked: asked.text[:30])
def test_of_a_model_that_lies_no_price_is_heard(asked: Asked, lie: str) -> None:
    heard = _hear(asked, [lie])
    assert heard.provider == "composer"
    assert strange_prices(heard) == []


@pytest.mark.parametrize(
    ("text", "strange"),
    [
        ("It costs £49, and delivery is £3.95.", []),
        ("It costs £48.", ["£48"]),
        ("It costs 48 pounds.", ["48 pounds"]),
        ("It costs forty eight pounds.", ["eight pounds"]),
        ("Es kostet 64,95 Pfund.", []),
    ],
)
def test_the_judge_knows_the_prices_of_the_shop(text: str, strange: Sequence[str]) -> None:
    assert strange_prices(Heard(text, (), "x", 0, None, 0.0)) == list(strange)


def test_the_judge_finds_what_is_missing_and_what_is_wrong() -> None:
    asked = Asked("?", shows=("P-1",), says=("yes",), never=("no",))
    assert faults(asked, Heard("no", (), "x", 0, None, 0.0)) == ["shows nothing", "lacks yes", "has no"]
    assert faults(asked, Heard("yes", ("P-1",), "x", 0, None, 0.0)) == []

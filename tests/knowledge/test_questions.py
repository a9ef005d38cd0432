"""Customer questions and what the answers must hold; the score is printed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from holo_app.knowledge.grounding_guard import unfounded
from tests.knowledge.shop import Answer, sample_visit

LEAST_SHARE_RIGHT = 0.9


@dataclass(frozen=True, slots=True)
class Outcome:
    """problems: what was wrong with the answer; empty when it is right. invented: claims that the data do not hold."""

    question: str
    answer: str
    problems: tuple[str, ...]
    invented: tuple[str, ...]


def outcomes(table: str) -> Iterator[Outcome]:
    data = tomllib.loads((Path(__file__).parent / table).read_text("utf-8"))
    for conversation in data["conversation"]:
        visit = sample_visit(conversation.get("language", "en"))
        for turn in conversation["turns"]:
            answer = visit.ask(turn["ask"])
            invented = tuple(str(claim) for claim in unfounded(answer.text, answer.grounding))
            yield Outcome(turn["ask"], answer.text, tuple(_problems(turn, answer)), invented)


def _problems(turn: dict[str, Any], answer: Answer) -> Iterator[str]:
    text = answer.text.casefold()
    yield from (f"lacks {part!r}" for part in turn.get("say", []) if part.casefold() not in text)
    yield from (f"has {part!r}" for part in turn.get("never", []) if part.casefold() in text)
    if "any" in turn and not any(part.casefold() in text for part in turn["any"]):
        yield f"has none of {turn['any']}"
    wanted = tuple(turn.get("products", ()))
    if answer.products[: len(wanted)] != wanted:
        yield f"shows {answer.products}, not {wanted}"
    if answer.done.ends_conversation != turn.get("ends", False):
        yield "ends the conversation" if answer.done.ends_conversation else "does not end the conversation"


@pytest.mark.models
@pytest.mark.parametrize("table", ["questions.toml", "heldout.toml"])
def test_customer_questions(table: str) -> None:
    found = list(outcomes(table))
    right = [outcome for outcome in found if not outcome.problems]
    report = [f"{table}: {len(right)} of {len(found)} right"]
    report += [str(outcome) for outcome in found if outcome.problems or outcome.invented]
    print("\n".join(report))  # noqa: T201 - the score is for people
    assert [outcome for outcome in found if outcome.invented] == []
    assert len(right) >= LEAST_SHARE_RIGHT * len(found)

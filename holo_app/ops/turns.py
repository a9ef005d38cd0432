"""What each turn of a conversation took, put together from its messages, and as histograms for a monitoring system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from holo_app.domain.conversation import Message, Role

_BUCKETS_S: Final = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0, 1.2, 1.5, 2.0, 3.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """One turn. asked: "" for a greeting. heard: the part of the answer that left the device. timings_ms: by Stage value."""

    at: datetime
    asked: str
    answer: str
    heard: str
    timings_ms: Mapping[str, float]
    provider: str
    interrupted: bool


def turns_of(messages: Sequence[Message]) -> list[TurnRecord]:
    """The turns of one conversation, whose messages are in order; a question whose answer nobody heard is none."""
    records: list[TurnRecord] = []
    question: Message | None = None
    for message in messages:
        if message.role is Role.CUSTOMER:
            question = message
            continue
        records.append(_record(question, message))
        question = None
    return records


def _record(question: Message | None, answer: Message) -> TurnRecord:
    asked_ms = {} if question is None else dict(question.timings_ms)
    return TurnRecord(
        at=answer.at if question is None else question.at,
        asked="" if question is None else question.text,
        answer=answer.text,
        heard=answer.heard,
        timings_ms={**asked_ms, **answer.timings_ms},
        provider=answer.provider,
        interrupted=answer.interrupted,
    )


def histograms(records: Iterable[TurnRecord]) -> str:
    """The turns in Prometheus' text format: `holo_turn_stage_seconds` by stage, `holo_turns_total` by outcome."""
    from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest  # noqa: PLC0415 - one command's

    registry = CollectorRegistry()
    stages = Histogram(
        "holo_turn_stage_seconds", "What a stage of a turn took.", ["stage"], buckets=_BUCKETS_S, registry=registry
    )
    turns = Counter("holo_turns", "Turns by what became of them.", ["outcome"], registry=registry)
    for outcome in ("finished", "interrupted"):
        turns.labels(outcome)
    for record in records:
        turns.labels("interrupted" if record.interrupted else "finished").inc()
        for stage, took_ms in record.timings_ms.items():
            stages.labels(stage).observe(took_ms / 1000)
    text: str = generate_latest(registry).decode()
    return text

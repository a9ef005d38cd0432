from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from holo_app.domain.conversation import Message, Role
from holo_app.ops.turns import histograms, turns_of

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
VISIT = uuid4()


def message(role: Role, text: str, *, interrupted: bool = False, **timings_ms: float) -> Message:
    return Message(uuid4(), VISIT, role, text, text, "en", NOW, timings_ms=timings_ms, interrupted=interrupted)


def test_a_greeting_a_question_and_an_unanswered_question() -> None:
    greeting, turn = turns_of(
        [
            message(Role.CHARACTER, "Hello!", tts_first_audio=90.0),
            message(Role.CUSTOMER, "How much is it?", stt=120.0),
            message(Role.CHARACTER, "It is £5.", interrupted=True, tts_first_audio=100.0),
            message(Role.CUSTOMER, "Never answered"),
        ]
    )
    assert (greeting.asked, greeting.heard) == ("", "Hello!")
    assert (turn.asked, turn.heard, turn.interrupted) == ("How much is it?", "It is £5.", True)
    assert turn.timings_ms == {"stt": 120.0, "tts_first_audio": 100.0}
    text = histograms([greeting, turn])
    assert 'holo_turns_total{outcome="interrupted"} 1.0' in text
    assert 'holo_turn_stage_seconds_bucket{le="0.1",stage="tts_first_audio"} 2.0' in text
    assert 'holo_turn_stage_seconds_bucket{le="0.1",stage="stt"} 0.0' in text


def test_without_turns_the_counters_are_there_and_zero() -> None:
    assert 'holo_turns_total{outcome="finished"} 0.0' in histograms([])

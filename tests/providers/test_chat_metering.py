"""What is told of a request that broke off."""

from __future__ import annotations

import pytest

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.usage import Cost, Unit
from holo_app.ports.chat import (
    ChatMessage,
    ChatRequest,
    ChatTool,
    ChatUse,
    CustomerSays,
    ModelSays,
    ToolCall,
    ToolResult,
    ToolsSay,
)
from holo_app.providers.chat_metering import Counted
from tests.fakes.meter import FakeMeter

CALL = ToolCall("c", "find", {"query": "x" * 386})


def counted(meter: FakeMeter, request: ChatRequest) -> Counted:
    return Counted(meter, SystemClock(), "openai", "m", request)


@pytest.mark.parametrize(
    ("request_", "tokens"),
    [
        (ChatRequest("x" * 400, ()), 100),
        (ChatRequest("", (CustomerSays("x" * 399), ModelSays("x"))), 100),
        (ChatRequest("", (ModelSays("", (CALL,)),)), 100),
        (ChatRequest("", (ToolsSay((ToolResult(CALL, "x" * 200), ToolResult(CALL, "x" * 200))),)), 100),
        (ChatRequest("", (), (ChatTool("f", "x" * 398, {}),)), 100),
        (ChatRequest("x", ()), 1),
    ],
)
def test_an_estimate_counts_all_that_was_sent(request_: ChatRequest, tokens: int) -> None:
    meter = FakeMeter()
    with counted(meter, request_) as counting:
        counting.begun = True

    (use,) = meter.uses
    assert dict(use.units) == {Unit.INPUT_TOKENS: tokens}
    assert not use.measured


def test_a_refused_request_costs_nothing() -> None:
    meter = FakeMeter()
    with pytest.raises(ZeroDivisionError), counted(meter, ChatRequest("x" * 400, ())):
        raise ZeroDivisionError

    assert dict(meter.uses[0].units) == {}


def test_what_the_maker_said_goes_before_what_was_counted() -> None:
    meter = FakeMeter()
    messages: tuple[ChatMessage, ...] = (CustomerSays("x" * 400),)
    with counted(meter, ChatRequest("", messages)) as counting:
        counting.begun = True
        counting.said("x" * 40)
        counting.told(ChatUse(500, 3, 200, Cost(7)))

    (use,) = meter.uses
    assert dict(use.units) == {Unit.INPUT_TOKENS: 500, Unit.CACHED_TOKENS: 200, Unit.OUTPUT_TOKENS: 10}
    assert (use.cost, use.measured) == (Cost(7), False)

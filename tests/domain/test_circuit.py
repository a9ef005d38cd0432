"""A circuit breaker opens, lets one probe through, and closes again: by example, and whatever happens to it."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from holo_app.domain.circuit import Admission, Circuit, CircuitPolicy, CircuitState
from holo_app.errors import FailureCategory

POLICY = CircuitPolicy(failures=3, open_s=5.0, longest_open_s=20.0, hopeless_open_s=600.0)
DOWN = FailureCategory.UNAVAILABLE


def admitted(circuit: Circuit, now: float) -> Admission:
    call = circuit.admit(now)
    assert call is not None
    return call


def fail(circuit: Circuit, now: float, category: FailureCategory = DOWN, retry_after_s: float | None = None) -> None:
    admitted(circuit, now).failed(category, now, retry_after_s=retry_after_s)


def opened(now: float = 0.0) -> Circuit:
    circuit = Circuit(POLICY)
    for _ in range(POLICY.failures):
        fail(circuit, now)
    return circuit


def test_it_opens_after_so_many_failures_in_a_row() -> None:
    circuit = Circuit(POLICY)
    for category in (DOWN, FailureCategory.TIMEOUT):
        fail(circuit, 1.0, category)
    admitted(circuit, 1.0).succeeded()
    for _ in range(2):
        fail(circuit, 2.0)
        assert circuit.state(2.0) is CircuitState.CLOSED
    fail(circuit, 2.0)
    assert circuit.state(2.0) is CircuitState.OPEN
    assert circuit.admit(6.9) is None
    assert circuit.state(7.0) is CircuitState.HALF_OPEN
    assert circuit.last_failure is DOWN
    assert not circuit.hopeless


def test_one_probe_at_a_time_closes_it() -> None:
    circuit = opened()
    probe = admitted(circuit, 5.0)
    assert circuit.admit(5.0) is None
    probe.succeeded()
    assert circuit.state(5.0) is CircuitState.CLOSED
    assert circuit.last_failure is None


def test_each_probe_that_fails_doubles_the_time_up_to_a_bound() -> None:
    circuit, now = opened(), 0.0
    for open_s in (5.0, 10.0, 20.0, 20.0):
        assert circuit.admit(now + open_s - 0.1) is None
        now += open_s
        fail(circuit, now)
    admitted(circuit, now + 20).succeeded()
    for _ in range(3):
        fail(circuit, 200.0)
    assert circuit.state(205.0) is CircuitState.HALF_OPEN


def test_a_probe_that_nobody_waited_for_says_nothing() -> None:
    circuit = opened()
    admitted(circuit, 5.0).abandoned()
    admitted(circuit, 5.0).failed(FailureCategory.BAD_REQUEST, 5.0)
    assert circuit.state(5.0) is CircuitState.HALF_OPEN
    assert circuit.admit(5.0) is not None


@pytest.mark.parametrize("category", [FailureCategory.AUTH, FailureCategory.QUOTA])
def test_what_only_a_person_can_mend_opens_it_for_long(category: FailureCategory) -> None:
    circuit = Circuit(POLICY)
    fail(circuit, 0.0, category)
    hopeless = [circuit.hopeless]
    assert circuit.admit(599.0) is None
    fail(circuit, 600.0, DOWN)
    assert [*hopeless, circuit.hopeless] == [True, False]
    assert circuit.state(605.0) is CircuitState.HALF_OPEN
    circuit.reset()
    assert circuit.state(600.0) is CircuitState.CLOSED


@pytest.mark.parametrize(
    ("wished_s", "open_s"), [(0.0, 5.0), (8.0, 8.0), (1e9, 600.0), (float("inf"), 600.0), (float("nan"), 5.0)]
)
def test_a_provider_may_ask_to_be_left_alone_within_reason(wished_s: float, open_s: float) -> None:
    circuit = Circuit(POLICY)
    fail(circuit, 0.0, FailureCategory.RATE_LIMITED, wished_s)
    assert circuit.admit(open_s - 0.1) is None
    assert circuit.admit(open_s) is not None


def test_a_wrong_request_is_not_the_providers_fault() -> None:
    circuit = Circuit(POLICY)
    for _ in range(10):
        fail(circuit, 0.0, FailureCategory.BAD_REQUEST)
    assert circuit.state(0.0) is CircuitState.CLOSED


def test_calls_from_before_it_opened_do_not_move_it() -> None:
    circuit = Circuit(POLICY)
    early = [admitted(circuit, 0.0) for _ in range(4)]
    for _ in range(3):
        fail(circuit, 0.0)
    early[0].succeeded()
    early[1].failed(DOWN, 4.0)
    assert circuit.admit(4.9) is None
    probe = admitted(circuit, 5.0)
    early[2].abandoned()
    assert circuit.admit(5.0) is None
    early[3].failed(FailureCategory.QUOTA, 5.0)
    assert circuit.hopeless
    probe.succeeded()
    probe.failed(DOWN, 5.0)
    assert circuit.state(5.0) is CircuitState.CLOSED


def test_how_a_call_ended_counts_once() -> None:
    circuit = opened()
    call = admitted(circuit, 5.0)
    call.abandoned()
    call.abandoned()
    call.succeeded()
    call.failed(DOWN, 5.0)
    assert circuit.state(5.0) is CircuitState.HALF_OPEN


class AnyHistory(RuleBasedStateMachine):
    """Calls begin, end and are forgotten in any order while time goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.circuit = Circuit(POLICY)
        self.now = 0.0
        self.calls: list[Admission] = []
        self.probe: Admission | None = None
        self.hopeless_at = self.failed_at = float("-inf")

    @rule(seconds=st.floats(0, 30))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def call(self) -> None:
        state = self.circuit.state(self.now)
        call = self.circuit.admit(self.now)
        if state is CircuitState.CLOSED:
            assert call is not None
        elif state is CircuitState.OPEN:
            assert call is None
        else:
            assert (call is None) == (self.probe is not None)
            self.probe = self.probe or call
        if call is not None:
            self.calls.append(call)

    @precondition(lambda self: self.calls)
    @rule(data=st.data(), category=st.sampled_from(FailureCategory), wish=st.none() | st.floats(0, 15))
    def end(self, data: st.DataObject, category: FailureCategory, wish: float | None) -> None:
        call = self.calls.pop(data.draw(st.integers(0, len(self.calls) - 1)))
        if call is self.probe:
            self.probe = None
        match data.draw(st.sampled_from(["succeeded", "failed", "abandoned"])):
            case "succeeded":
                call.succeeded()
            case "abandoned":
                call.abandoned()
            case _:
                call.failed(category, self.now, retry_after_s=wish)
                self.failed_at = self.now
                if category in {FailureCategory.AUTH, FailureCategory.QUOTA}:
                    self.hopeless_at = self.now

    @invariant()
    def it_is_asked_again_within_its_bounds(self) -> None:
        if self.now >= self.hopeless_at + POLICY.hopeless_open_s and self.now >= self.failed_at + POLICY.longest_open_s:
            assert self.circuit.state(self.now) is not CircuitState.OPEN

    @invariant()
    def hopeless_means_open_or_probing(self) -> None:
        if self.circuit.hopeless:
            assert self.circuit.state(self.now) is not CircuitState.CLOSED


TestAnyHistory = AnyHistory.TestCase
TestAnyHistory.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)

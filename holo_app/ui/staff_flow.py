"""The staff dialog as a plain state machine: which step, what it says, what a digit does. Pure: no Qt, no clock."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from holo_app.ui.phrases import Phrases
from holo_app.ui.staff_pin import MAX_DIGITS, MIN_DIGITS, PinCheck, PinStatus

_MINUTE_S = 60


class Step(StrEnum):
    """Where the dialog stands."""

    CLOSED = "closed"
    ENTER = "enter"
    CHOOSE = "choose"
    REPEAT = "repeat"
    CHECKING = "checking"
    OPENED = "opened"


@dataclass(frozen=True, slots=True)
class StaffState:
    """digits: typed so far. first: the new PIN typed once. problem: key of a staff text that says what went wrong.

    tries_left and locked_until (monotonic seconds) are of the last check. after: where a failed check goes back to.
    """

    step: Step = Step.CLOSED
    digits: str = ""
    first: str = ""
    problem: str = ""
    tries_left: int = 0
    locked_until: float = 0.0
    after: Step = Step.ENTER


def opening() -> StaffState:
    """The dialog is on the screen and the database is asked whether a PIN is set."""
    return StaffState(step=Step.CHECKING)


def told(state: StaffState, status: PinStatus, *, now: float) -> StaffState:
    """The database has answered."""
    if state.step is Step.CLOSED:
        return state
    return StaffState(
        step=Step.ENTER if status.is_set else Step.CHOOSE,
        tries_left=status.tries_left,
        locked_until=now + status.locked_s if status.locked_s > 0 else 0.0,
    )


def checked(state: StaffState, check: PinCheck, *, now: float) -> StaffState:
    """A try was answered."""
    if state.step is Step.CLOSED:
        return state
    if check.opened:
        return StaffState(step=Step.OPENED)
    problem = "" if check.status.locked_s > 0 else "wrong"
    return replace(told(state, check.status, now=now), problem=problem)


def chosen(state: StaffState, rejected: str) -> StaffState:
    """A new PIN was stored, or rejected for the reason given."""
    if state.step is Step.CLOSED:
        return state
    return StaffState(step=Step.CHOOSE, problem=rejected) if rejected else StaffState(step=Step.OPENED)


def failed(state: StaffState) -> StaffState:
    """The database did not answer."""
    return state if state.step is Step.CLOSED else StaffState(step=state.after, problem="unavailable")


def typed(state: StaffState, digit: str, *, now: float) -> StaffState:
    """A digit, or with an empty one: the last digit is taken back."""
    if state.step not in {Step.ENTER, Step.CHOOSE, Step.REPEAT} or locked_s(state, now) > 0:
        return state
    digits = state.digits + digit if digit else state.digits[:-1]
    return replace(state, digits=digits[:MAX_DIGITS], problem="")


def confirmed(state: StaffState, *, now: float) -> tuple[StaffState, str]:
    """OK was pressed. Returns the state and what is to be done in the background: `check`, `choose` or nothing.

    For `check` and `choose` the PIN is in `first` of the state returned.
    """
    if locked_s(state, now) > 0:
        return state, ""
    if state.step is Step.ENTER and state.digits:
        return replace(state, step=Step.CHECKING, first=state.digits, digits="", after=Step.ENTER), "check"
    if state.step is Step.CHOOSE:
        return _first_time(state), ""
    if state.step is Step.REPEAT:
        return _second_time(state)
    return state, ""


def _first_time(state: StaffState) -> StaffState:
    if len(state.digits) < MIN_DIGITS:
        return replace(state, problem="too_short")
    return replace(state, step=Step.REPEAT, first=state.digits, digits="", problem="")


def _second_time(state: StaffState) -> tuple[StaffState, str]:
    if state.digits != state.first:
        return StaffState(step=Step.CHOOSE, problem="differs"), ""
    return replace(state, step=Step.CHECKING, digits="", after=Step.CHOOSE), "choose"


def locked_s(state: StaffState, now: float) -> float:
    """Seconds until a try is taken."""
    return max(0.0, state.locked_until - now)


def prompt(state: StaffState, phrases: Phrases, *, now: float) -> str:
    """The line above the digits: a problem where there is one, else what to do."""
    if (left := locked_s(state, now)) > 0:
        if left > _MINUTE_S:
            return phrases.text("staff", "locked_minutes", minutes=math.ceil(left / _MINUTE_S))
        return phrases.text("staff", "locked_seconds", seconds=math.ceil(left))
    if state.step is Step.CLOSED:
        return ""
    key = state.problem or state.step.value
    return phrases.text("staff", key, least=MIN_DIGITS, most=MAX_DIGITS, left=state.tries_left)

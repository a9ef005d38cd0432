"""From timelines to figures. Pure functions; seconds in and out; None: it did not happen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tests.benchmarks.turn_taking.timeline import TICK_S, Exchange, Role, Said, Tick
from tests.benchmarks.turn_taking.voice import LONG_WORDS, word_s

_LOUD_DB = -19.0
"""At −20 dB it is ducked; the rest is for rounding."""

_DUCKED_FOR_S = 0.05
_EARLY_S = 0.3
_LOST_SHARE, _REPEATED_SHARE = 0.5, 1.5


def response_s(exchange: Exchange) -> float | None:
    """End of the question → first audible answer. Negative: the answer came before the end."""
    question = exchange.by(Role.QUESTION)
    return None if question is None else _first_after(exchange.ticks, question.ended_at - _EARLY_S, question)


def second_response_s(exchange: Exchange) -> float | None:
    """End of the interruption → first audible word of its own answer."""
    barge_in = exchange.by(Role.BARGE_IN)
    if barge_in is None:
        return None
    return _first_after(_without(exchange.ticks, LONG_WORDS), barge_in.onset_at, barge_in)


def ducked_s(exchange: Exchange) -> float | None:
    """Onset of the interruption → the answer is 20 dB down, or silent."""
    barge_in = exchange.by(Role.BARGE_IN)
    if barge_in is None:
        return None
    loud = [tick.at for tick in _interrupted(exchange, barge_in) if tick.gain_db > _LOUD_DB]
    until = barge_in.onset_at
    for at in loud:
        if at - until > _DUCKED_FOR_S:
            break
        until = at + TICK_S
    return until - barge_in.onset_at


def silenced_s(exchange: Exchange) -> float | None:
    """Onset of the interruption → the end of the last audible tick of the answer that it interrupts."""
    barge_in = exchange.by(Role.BARGE_IN)
    if barge_in is None:
        return None
    return max((tick.at + TICK_S - barge_in.onset_at for tick in _interrupted(exchange, barge_in)), default=0.0)


@dataclass(frozen=True, slots=True)
class AfterPause:
    """A sentence with a pause. talked_over: an answer began before its end. response_s: from its end to the answer."""

    talked_over: bool
    response_s: float | None


def after_pause(exchange: Exchange) -> AfterPause | None:
    """What became of a sentence with a pause."""
    first, second = exchange.by(Role.FIRST_HALF), exchange.by(Role.SECOND_HALF)
    if first is None or second is None:
        return None
    talked_over = any(first.onset_at < tick.at < second.ended_at for tick in exchange.ticks)
    return AfterPause(talked_over, None if talked_over else _first_after(exchange.ticks, second.ended_at, second))


@dataclass(frozen=True, slots=True)
class Continuation:
    """The long answer around a backchannel.

    went_on: its last word was heard. lost, repeated: words that were heard for less than half, for more than one and
    a half times their length. hole_s: the longest silence between two audible ticks. quietest_db: of all ticks.
    """

    went_on: bool
    lost: int
    repeated: int
    hole_s: float
    quietest_db: float


def continuation(exchange: Exchange) -> Continuation | None:
    """How the answer went on. None: nothing was said into it."""
    said = exchange.by(Role.BACKCHANNEL)
    ticks = [tick for tick in exchange.ticks if tick.word in LONG_WORDS]
    if said is None or not ticks:
        return None
    shares = [sum(tick.word == word for tick in ticks) * TICK_S / word_s(word) for word in LONG_WORDS]
    return Continuation(
        went_on=shares[-1] >= _LOST_SHARE,
        lost=sum(share < _LOST_SHARE for share in shares),
        repeated=sum(share > _REPEATED_SHARE for share in shares),
        hole_s=max((after.at - before.at - TICK_S for before, after in pairwise(ticks)), default=0.0),
        quietest_db=min(tick.gain_db for tick in _after(ticks, said.onset_at, default=ticks)),
    )


def _interrupted(exchange: Exchange, barge_in: Said) -> list[Tick]:
    """The answer that was interrupted, from there on."""
    return [tick for tick in exchange.ticks if tick.word in LONG_WORDS and tick.at >= barge_in.onset_at]


def _without(ticks: Iterable[Tick], words: Sequence[str]) -> list[Tick]:
    return [tick for tick in ticks if tick.word not in words]


def _after(ticks: Sequence[Tick], at: float, *, default: Sequence[Tick]) -> Sequence[Tick]:
    return [tick for tick in ticks if tick.at >= at] or default


def _first_after(ticks: Iterable[Tick], at: float, said: Said) -> float | None:
    return next((tick.at - said.ended_at for tick in ticks if tick.at > at), None)

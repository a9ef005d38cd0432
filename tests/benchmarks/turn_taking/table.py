"""One table: a row per figure, a column per stack."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence

from tests.benchmarks.turn_taking.measures import (
    AfterPause,
    Continuation,
    after_pause,
    continuation,
    ducked_s,
    response_s,
    second_response_s,
    silenced_s,
)
from tests.benchmarks.turn_taking.timeline import Exchange, Role, Scenario

_HOLE_S = 0.2
_NOTHING = "–"


def table(results: Mapping[str, Sequence[Exchange]]) -> str:
    """The table as Markdown. Times are in ms: median (worst), n; counts are `times it happened / times tried`."""
    rows = [["figure", *results], ["---"] * (1 + len(results))]
    rows += [[name, *(figure(exchanges) for exchanges in results.values())] for name, figure in _FIGURES.items()]
    widths = [max(len(row[column]) for row in rows) for column in range(1 + len(results))]
    lines = (" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(f"| {line} |" for line in lines)


def told(exchange: Exchange) -> str:
    """One exchange in one line, for who watches."""
    figures: dict[str, object] = {
        "response": _ms(response_s(exchange)),
        "ducked": _ms(ducked_s(exchange)),
        "silenced": _ms(silenced_s(exchange)),
        "second response": _ms(second_response_s(exchange)),
        "pause": after_pause(exchange),
        "continuation": continuation(exchange),
    }
    return f"{exchange.scenario}: " + ", ".join(
        f"{name} {value}" for name, value in figures.items() if value is not None
    )


Figure = Callable[[Sequence[Exchange]], str]


def _times(measure: Callable[[Exchange], float | None], role: Role, *only: Scenario) -> Figure:
    """Times of all exchanges in which that was said; those without an answer are counted apart."""

    def figure(exchanges: Sequence[Exchange]) -> str:
        tried = [e for e in exchanges if e.by(role) is not None and (not only or e.scenario in only)]
        return _spread([measure(exchange) for exchange in tried])

    return figure


def _spread(times_s: Iterable[float | None]) -> str:
    tried = list(times_s)
    times_ms = [1000 * seconds for seconds in tried if seconds is not None]
    missing = f", {len(tried) - len(times_ms)} never" if len(times_ms) < len(tried) else ""
    if not times_ms:
        return missing.removeprefix(", ") or _NOTHING
    return f"{statistics.median(times_ms):.0f} ({max(times_ms):.0f}), n={len(times_ms)}{missing}"


def _results(exchanges: Sequence[Exchange], scenario: Scenario) -> list[AfterPause]:
    return [found for e in exchanges if e.scenario is scenario and (found := after_pause(e)) is not None]


def _talk_overs(scenario: Scenario) -> Figure:
    return lambda exchanges: _share([result.talked_over for result in _results(exchanges, scenario)])


def _responses(scenario: Scenario) -> Figure:
    """How soon those were answered that were not talked over."""
    return lambda exchanges: _spread(
        [result.response_s for result in _results(exchanges, scenario) if not result.talked_over]
    )


def _continuations(wrong: Callable[[Continuation], bool]) -> Figure:
    def figure(exchanges: Sequence[Exchange]) -> str:
        return _share([wrong(found) for e in exchanges if (found := continuation(e)) is not None])

    return figure


def _words(count: Callable[[Continuation], int]) -> Figure:
    def figure(exchanges: Sequence[Exchange]) -> str:
        counts = [count(found) for e in exchanges if (found := continuation(e)) is not None]
        return str(sum(counts)) if counts else _NOTHING

    return figure


def _share(happened: Sequence[bool]) -> str:
    return f"{sum(happened)}/{len(happened)}" if happened else _NOTHING


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(1000 * seconds)


_FIGURES: Mapping[str, Figure] = {
    "end of question → first audio, ms": _times(response_s, Role.QUESTION),
    "interruption: onset → −20 dB, ms": _times(ducked_s, Role.BARGE_IN, Scenario.INTERRUPTION),
    "interruption: onset → silence, ms": _times(silenced_s, Role.BARGE_IN, Scenario.INTERRUPTION),
    "in the first second: onset → −20 dB, ms": _times(ducked_s, Role.BARGE_IN, Scenario.EARLY_INTERRUPTION),
    "in the first second: onset → silence, ms": _times(silenced_s, Role.BARGE_IN, Scenario.EARLY_INTERRUPTION),
    "both: end → their own answer, ms": _times(second_response_s, Role.BARGE_IN),
    "700 ms pause: talk-overs": _talk_overs(Scenario.PAUSE_700_MS),
    "700 ms pause: end → first audio, ms": _responses(Scenario.PAUSE_700_MS),
    "1 s pause: talk-overs": _talk_overs(Scenario.PAUSE_1000_MS),
    "1 s pause: end → first audio, ms": _responses(Scenario.PAUSE_1000_MS),
    "backchannel: answer did not go on": _continuations(lambda found: not found.went_on),
    "backchannel: silence over 200 ms": _continuations(lambda found: found.hole_s > _HOLE_S),
    "backchannel: words lost": _words(lambda found: found.lost),
    "backchannel: words repeated": _words(lambda found: found.repeated),
}

"""Deadlines of a turn's stages: a stage that is silent for too long fails as if it had said so itself.

asyncio.timeout alone cannot do this: it waits until the stage has cleaned up after itself, which one that hangs may never do.
Here the stage runs in a task of its own, from its first step to its last, and is left behind when it does not end.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from holo_app.dialogue.running import Running, ended
from holo_app.errors import FailureCategory, ProviderError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StageDeadlines:
    """How long each stage may keep a customer waiting, in seconds, before what comes after it in line takes its place.

    first_text, next_text: of an answerer. first_sound, next_sound: of the voice, per clause. transcript: of the words of an
    utterance that is over. end_of_turn: of the model's score. filler_after_s: from the end of the turn, until the character
    says that it is looking.
    """

    retrieve_s: float = 1.5
    first_text_s: float = 1.5
    next_text_s: float = 2.0
    first_sound_s: float = 3.0
    next_sound_s: float = 3.0
    transcript_s: float = 3.5
    end_of_turn_s: float = 1.0
    filler_after_s: float = 0.9


@dataclass(frozen=True, slots=True)
class Patience:
    """first_s: seconds until the first item that counts. next_s: seconds between items after it."""

    first_s: float
    next_s: float


async def in_time(
    items: AsyncGenerator[T], stage: str, patience: Patience, counts: Callable[[T], bool] = lambda _: True
) -> AsyncGenerator[T]:
    """The items of a generator while they come in time; only the time in which somebody waits for one is measured.

    Closing it closes `items` and waits for that, but not for long. It may run two items ahead of its reader.
    counts: which items end the wait for the first one.

    Raises: what `items` raises. ProviderError: TIMEOUT, named after `stage`.
    """
    running = Running(items, stage)
    time, left_s, begun = asyncio.get_running_loop().time, patience.first_s, False
    try:
        while True:
            asked = time()
            due = asked + left_s
            if not await running.ready_by(lambda: due):  # noqa: B023 - used up before the next turn of the loop
                raise _late(stage, left_s)
            if running.ended:
                return
            item = running.take()
            begun = begun or counts(item)
            left_s = patience.next_s if begun else left_s - (time() - asked)
            yield item
    finally:
        await running.aclose()


async def within(work: Coroutine[Any, Any, T], stage: str, seconds: float) -> T:
    """The result of `work`, if it comes in time; else it is cancelled and waited for, but not for long.

    Raises: what `work` raises. ProviderError: TIMEOUT, named after `stage`.
    """
    task = asyncio.ensure_future(work)
    try:
        done, _ = await asyncio.wait([task], timeout=seconds)
        if not done:
            raise _late(stage, seconds)
        return task.result()
    finally:
        await ended(task, stage)


def _late(stage: str, seconds: float) -> ProviderError:
    return ProviderError(stage, FailureCategory.TIMEOUT, f"nothing came within {seconds:.1f} s")

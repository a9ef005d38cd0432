"""Between the benchmark and a stack's process: arguments in, one JSON line per exchange out."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.turn_taking.clips import Clips, load_clips
from tests.benchmarks.turn_taking.timeline import Exchange, to_json

Tell = Callable[[AsyncGenerator[Exchange]], Awaitable[None]]
"""Holds the conversation and tells the benchmark each exchange."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a stack's process is to do. short: one scenario per round. variant: of the stack's settings; "": its defaults."""

    clips: Clips
    rounds: int
    short: bool
    variant: str


def serve(hold: Callable[[Task, Tell], Awaitable[None]]) -> None:
    """The main function of a stack's process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--clips", type=Path, required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--variant", default="")
    arguments = parser.parse_args()
    # whatever a framework prints goes to the errors, and only exchanges to the pipe
    pipe = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    async def tell(exchanges: AsyncGenerator[Exchange]) -> None:
        async with aclosing(exchanges) as told:
            async for exchange in told:
                print(json.dumps(to_json(exchange)), file=pipe, flush=True)

    async def run() -> None:
        await hold(Task(load_clips(arguments.clips), arguments.rounds, arguments.short, arguments.variant), tell)

    asyncio.run(run())

"""Runs a function in a process of its own: a driver that hangs or aborts takes only that process with it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import TypeVar, cast

import structlog

T = TypeVar("T")

_KILL_S = 1.0


class IsolatedCallError(Exception):
    """The function did not return. reason: for people, in a few words. detail: for the log."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def call_isolated(function: Callable[[], T], *, deadline_s: float) -> T:
    """What `function` returns; it and its result must be picklable, and what it writes to standard error is lost.

    Raises: TimeoutError: it took longer; its process was killed. IsolatedCallError: it raised, or its process died.
    """
    # spawned, not forked: the parent may have threads, and libraries that do not survive a fork
    spawning = multiprocessing.get_context("spawn")
    receiver, sender = spawning.Pipe(duplex=False)
    process = spawning.Process(target=_child, args=(function, sender), daemon=True)
    process.start()
    sender.close()
    try:
        if not receiver.poll(deadline_s):
            raise TimeoutError
        result, failure = receiver.recv()
    except EOFError:
        process.join(_KILL_S)
        raise IsolatedCallError(_how_it_ended(process.exitcode)) from None
    finally:
        receiver.close()
        _end(process)
    if failure is not None:
        raise IsolatedCallError(*failure)
    return cast("T", result)


def _child(function: Callable[[], object], sender: Connection) -> None:
    # the libraries of sound and graphics write what they think to where the parent's results go
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    structlog.configure(processors=[_drop])
    try:
        outcome: tuple[object, tuple[str, str] | None] = (function(), None)
    except Exception as error:  # the end of a process: the parent has to hear of it
        outcome = (None, (type(error).__name__, traceback.format_exc()))
    sender.send(outcome)
    sender.close()


def _drop(*_event: object) -> dict[str, object]:
    raise structlog.DropEvent


def _end(process: SpawnProcess) -> None:
    """End the process; one that hangs in the kernel is left behind."""
    process.join(0 if process.exitcode is None else _KILL_S)
    if process.exitcode is None:
        process.kill()
        process.join(_KILL_S)
    with suppress(ValueError):
        process.close()


def _how_it_ended(code: int | None) -> str:
    if code is not None and code < 0:
        return f"its process was ended by {signal.Signals(-code).name}"
    return f"its process ended with status {code}"

"""The serving side of a child process: connections, one answer after the other, and an end that comes with the parent's."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import traceback
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Protocol

from wyoming.event import Event, async_write_event

from holo_app.providers.wyoming.address import listen
from holo_app.providers.wyoming.frames import BrokenEventError, read_event


class Session(Protocol):
    """One connection's side of the talk. `answers` is called with each event in turn, and says nothing to unknown ones."""

    def answers(self, event: Event) -> AsyncGenerator[Event]: ...


class Service(Protocol):
    """Makes a Session for each connection. An event that it raises over ends that connection only."""

    def session(self) -> Session: ...


async def serve_connection(session: Session, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one connection until it closes, which also ends the answer that is under way."""
    requests: asyncio.Queue[Event] = asyncio.Queue()
    answering = asyncio.create_task(_answer_all(session, requests, writer))
    try:
        while (event := await read_event(reader)) is not None:
            requests.put_nowait(event)
    except (OSError, asyncio.IncompleteReadError, BrokenEventError):
        pass  # the other side is gone, or speaks another language
    finally:
        answering.cancel()
        await asyncio.gather(answering, return_exceptions=True)
        writer.close()


async def _answer_all(session: Session, requests: asyncio.Queue[Event], writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            async with aclosing(session.answers(await requests.get())) as answers:
                async for answer in answers:
                    await async_write_event(answer, writer)
    except OSError:
        pass  # the other side is gone
    except Exception:
        traceback.print_exc()
    finally:
        writer.close()


def run_child(service: Service, folder: Path | None) -> None:
    """Serve on a private socket in `folder`, or on a loopback port without one, until the standard input ends.

    The address is the one line of the standard output. So the process never outlives the one that started it, however that
    ended.
    """
    threading.Thread(target=_end_with_parent, daemon=True).start()
    asyncio.run(_listen(service, folder))


async def _listen(service: Service, folder: Path | None) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await serve_connection(service.session(), reader, writer)

    listener, address = await listen(serve, folder)
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()
    async with listener:
        await listener.serve_forever()


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)

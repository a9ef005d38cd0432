"""The log: one JSON object per line in DATA_DIR/logs/holo.jsonl, with UTC times, for our own and foreign code alike.

What customers say is left out unless a developer asked for it; secrets are masked; tracebacks carry no values of
variables. The console stays quiet except for errors.
"""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor

from holo_app.ops.redaction import drop_visitor_text, mask_secrets
from holo_app.ops.rotation import SharedRotatingFile

LOG_FILE_NAME = "holo.jsonl"
CRASH_FILE_NAME = "crash.txt"
BUG_IN_COMMAND = "bug_in_command"
"""The event of a bug that the command line tells the console about in its own words."""
_OURS = "holo_app"
# Foreign code logs what it is given, visitors' words included, below this severity.
_FOREIGN_LEVEL = logging.WARNING
_TALKATIVE_AND_HARMLESS = ("alembic",)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LogOutput:
    """An open log. path: its newest file."""

    path: Path
    _undo: ExitStack

    def close(self) -> None:
        """Give the files back, and logging as it was. May be called twice."""
        self._undo.close()


def start_logging(folder: Path, *, level: str = "info", visitor_text: bool = False) -> LogOutput:
    """Send structlog and the standard library's logging to `folder`, and crashes of the interpreter too.

    A folder that cannot be written leaves the console alone: a kiosk without a log still talks.
    """
    pipeline = _processors(visitor_text=visitor_text)
    _configure_structlog(pipeline)
    undo = ExitStack()
    undo.callback(structlog.reset_defaults)
    _install(_console(pipeline), undo)
    _set_levels(logging.getLevelNamesMapping()[level.upper()], undo, visitor_text=visitor_text)
    _take_hooks(undo)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _catch_crashes(folder / CRASH_FILE_NAME, undo)
        _install(_log_file(folder / LOG_FILE_NAME, pipeline), undo)
    except OSError:
        log.exception("log_folder_unwritable", folder=str(folder))
    return LogOutput(folder / LOG_FILE_NAME, undo)


def _processors(*, visitor_text: bool) -> list[Processor]:
    """What happens to each event of ours and of others before it is rendered."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False, use_rich=False)),
        *([] if visitor_text else [drop_visitor_text]),
        mask_secrets,
    ]


def _configure_structlog(pipeline: list[Processor]) -> None:
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *pipeline, ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _log_file(path: Path, pipeline: list[Processor]) -> logging.Handler:
    handler = SharedRotatingFile(path)
    # ASCII only: no line separator of Unicode, nothing that a terminal acts upon
    handler.setFormatter(_formatter(structlog.processors.JSONRenderer(ensure_ascii=True), pipeline))
    return handler


def _console(pipeline: list[Processor]) -> logging.Handler:
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.ERROR)
    handler.addFilter(lambda record: not (isinstance(record.msg, dict) and record.msg["event"] == BUG_IN_COMMAND))
    handler.setFormatter(_formatter(_short_line, pipeline))
    return handler


def _formatter(renderer: Processor, pipeline: list[Processor]) -> ProcessorFormatter:
    return ProcessorFormatter(
        processors=[ProcessorFormatter.remove_processors_meta, renderer], foreign_pre_chain=pipeline
    )


def _short_line(_logger: object, _method: str, event: EventDict) -> str:
    """One line for the console; control characters are escaped, the traceback stays in the file."""
    hidden = ("event", "level", "timestamp", "logger", "exception")
    values = " ".join(f"{key}={value!r}" for key, value in event.items() if key not in hidden)
    return f"holo-app: {event.get('event')!s} {values}".rstrip().encode("unicode_escape").decode("ascii")


def _install(handler: logging.Handler, undo: ExitStack) -> None:
    root = logging.getLogger()
    root.addHandler(handler)
    undo.callback(handler.close)
    undo.callback(root.removeHandler, handler)


def _set_levels(level: int, undo: ExitStack, *, visitor_text: bool) -> None:
    levels = {"": level if visitor_text else max(level, _FOREIGN_LEVEL)}
    levels |= dict.fromkeys((_OURS, *_TALKATIVE_AND_HARMLESS), level)
    for name, new in levels.items():
        logger = logging.getLogger(name)
        undo.callback(logger.setLevel, logger.level)
        logger.setLevel(new)


def _take_hooks(undo: ExitStack) -> None:
    undo.callback(setattr, sys, "excepthook", sys.excepthook)
    undo.callback(setattr, sys, "unraisablehook", sys.unraisablehook)
    undo.callback(setattr, threading, "excepthook", threading.excepthook)
    sys.excepthook, sys.unraisablehook, threading.excepthook = _on_bug, _on_unraisable, _on_thread_bug
    logging.captureWarnings(capture=True)
    undo.callback(logging.captureWarnings, capture=False)


def _catch_crashes(path: Path, undo: ExitStack) -> None:
    """Let a crash of the interpreter leave the stacks of all threads behind."""
    crashes = undo.enter_context(path.open("a", encoding="utf-8"))
    faulthandler.enable(crashes)
    undo.callback(faulthandler.disable)


def _on_bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, Exception):
        sys.__excepthook__(kind, error, trace)
        return
    log.critical("uncaught_error", exc_info=(kind, error, trace))


def _on_thread_bug(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is None or issubclass(args.exc_type, SystemExit):
        return
    thread = args.thread.name if args.thread else ""
    log.critical("uncaught_error_in_thread", thread=thread, exc_info=_triple(args.exc_value))


def _on_unraisable(args: Any) -> None:
    if isinstance(args.exc_value, Exception):
        log.error("error_without_a_caller", where=str(args.err_msg or ""), exc_info=_triple(args.exc_value))


def _triple(error: BaseException) -> tuple[type[BaseException], BaseException, TracebackType | None]:
    return type(error), error, error.__traceback__

"""Results on standard output: plain text for people, one JSON object per line for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

# JSON leaves these as they are, but some readers take them for the end of a line.
_LINE_BREAKS = str.maketrans({"\u2028": "\\u2028", "\u2029": "\\u2029", "\x85": "\\u0085"})


def print_json(value: Mapping[str, object]) -> None:
    """One JSON object on one line, delivered at once."""
    print_line(json.dumps(value, ensure_ascii=False, allow_nan=False).translate(_LINE_BREAKS))


def print_line(text: str) -> None:
    """A line of the result, delivered at once: the reader may be waiting for it."""
    print(text, flush=True)  # noqa: T201 - the result of a command


def speak_utf8() -> None:
    """Write UTF-8 whatever the locale says: a kiosk often has none."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def rounded(timings_ms: Mapping[str, float | None]) -> dict[str, float | None]:
    """Milliseconds to a tenth: more is noise."""
    return {name: None if value is None else round(value, 1) for name, value in timings_ms.items()}

"""Read a catalogue file, JSON or CSV, into raw rows: nothing is understood yet, only taken apart."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from holo_app.errors import InputError

COLUMNS = (
    "sku",
    "name",
    "description",
    "price",
    "currency",
    "stock",
    "category",
    "tags",
    "attributes",
    "image",
    "names",
)
REQUIRED_COLUMNS = ("sku", "name", "price", "currency")
MAX_FILE_BYTES = 32 << 20

_PAIR_COLUMNS = ("attributes", "names")
_ESCAPABLE = ";=\\"


@dataclass(frozen=True, slots=True)
class RawRow:
    """One product as the file has it.

    number: what a person counts: the row of the spreadsheet (the header is row 1), or the place in the JSON list (from 1).
    cells: values by column, as JSON types. problems: what is wrong with its form, in words.
    """

    number: int
    cells: Mapping[str, Any]
    problems: tuple[str, ...] = field(default=())


def read_rows(path: Path) -> list[RawRow]:
    """The rows of the file at `path`. Raises: InputError when the file as a whole cannot be read."""
    reader = {".json": _json_rows, ".csv": _csv_rows}.get(path.suffix.lower())
    if reader is None:
        raise InputError(f"{path.name}: the name must end in .json or .csv")
    rows = reader(path.name, _text_of(path))
    if not rows:
        raise InputError(f"{path.name}: the file holds no products")
    return rows


def join_list(values: list[str]) -> str:
    """`a; b`, as a CSV cell."""
    return "; ".join(_escape(value) for value in values)


def join_pairs(pairs: Mapping[str, str]) -> str:
    """`k=v; k=v`, as a CSV cell."""
    return "; ".join(f"{_escape(key)}={_escape(value)}" for key, value in pairs.items())


def _text_of(path: Path) -> str:
    try:
        content = path.read_bytes() if path.stat().st_size <= MAX_FILE_BYTES else None
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    if content is None:
        raise InputError(f"{path.name}: the file is larger than {MAX_FILE_BYTES >> 20} MB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(f"{path.name}: line {line} is not UTF-8 text; save the file as UTF-8") from error


def _json_rows(name: str, text: str) -> list[RawRow]:
    try:
        content = json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name}: this is not JSON: {error}") from error
    if not isinstance(content, list):
        raise InputError(f"{name}: the file must hold a list of products, [{{…}}, {{…}}]")
    return [_json_row(number, item) for number, item in enumerate(content, start=1)]


def _json_row(number: int, item: object) -> RawRow:
    if not isinstance(item, dict):
        return RawRow(number, {}, (f"{shown(item)} is not an object with the columns of a product",))
    problems = [
        f"column {shown(key)} is not known; known are {', '.join(COLUMNS)}" for key in item if key not in COLUMNS
    ]
    problems += [f"column {key} is missing" for key in REQUIRED_COLUMNS if key not in item]
    return RawRow(number, item, tuple(problems))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for place, key in enumerate(keys) if key in keys[:place])
        raise ValueError(f"the key {shown(twice)} appears twice in one object")
    return made


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number")


def _csv_rows(name: str, text: str) -> list[RawRow]:
    header_line = text.split("\n", 1)[0]
    delimiter = ";" if header_line.count(";") > header_line.count(",") else ","
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
    try:
        numbered = [(number, cells) for number, cells in enumerate(records, start=1) if any(map(str.strip, cells))]
    except csv.Error as error:
        raise InputError(f"{name}: line {records.line_num} is not CSV: {error}") from error
    if not numbered:
        return []
    header = [cell.strip().lower() for cell in numbered[0][1]]
    _check_header(name, header)
    return [_csv_row(number, header, cells) for number, cells in numbered[1:]]


def _check_header(name: str, header: list[str]) -> None:
    problems = [
        f"column {shown(cell)} is not known; known are {', '.join(COLUMNS)}" for cell in header if cell not in COLUMNS
    ]
    problems += [f"column {cell} appears twice" for cell in COLUMNS if header.count(cell) > 1]
    problems += [f"column {cell} is missing" for cell in REQUIRED_COLUMNS if cell not in header]
    if problems:
        raise InputError(f"{name}: the first row does not name the columns of a catalogue", problems)


def _csv_row(number: int, header: list[str], cells: list[str]) -> RawRow:
    if len(cells) != len(header):
        problem = (
            f"{len(cells)} cells, but the header has {len(header)}; "
            "put a text that contains the separator in double quotes"
        )
        return RawRow(number, {}, (problem,))
    values: dict[str, Any] = {}
    problems = []
    for column, cell in zip(header, cells, strict=True):
        text = cell.strip()
        if column == "tags":
            values[column] = [_unescape(part) for part in _split(text, ";") if part]
        elif column in _PAIR_COLUMNS:
            values[column], wrong = _pairs(text)
            problems += [f"{column}: {problem}" for problem in wrong]
        else:
            values[column] = text or None
    return RawRow(number, values, tuple(problems))


def _pairs(text: str) -> tuple[dict[str, str], list[str]]:
    pairs: dict[str, str] = {}
    problems = []
    for part in filter(None, _split(text, ";")):
        key, *value = _split(part, "=", at_most=1)
        if not value:
            problems.append(f"{shown(part)} has no value; write key=value; key=value")
        elif _unescape(key) in pairs:
            problems.append(f"{shown(key)} appears twice")
        else:
            pairs[_unescape(key)] = _unescape(value[0])
    return pairs, problems


def _split(text: str, separator: str, *, at_most: int = -1) -> list[str]:
    """Split at separators that no backslash guards; the parts are stripped and still escaped."""
    parts = [""]
    for character, guarded in _characters(text):
        if character == separator and not guarded and (at_most < 0 or len(parts) <= at_most):
            parts.append("")
        else:
            parts[-1] += ("\\" if guarded else "") + character
    return [part.strip() for part in parts]


def _characters(text: str) -> Iterator[tuple[str, bool]]:
    """Each character, with whether a backslash guards it (the backslash itself is then left out)."""
    position = 0
    while position < len(text):
        guarded = text[position] == "\\" and text[position + 1 : position + 2] in tuple(_ESCAPABLE)
        position += guarded
        yield text[position], guarded
        position += 1


def _unescape(text: str) -> str:
    return "".join(character for character, _ in _characters(text))


def _escape(text: str) -> str:
    return "".join(f"\\{character}" if character in _ESCAPABLE else character for character in text)


def shown(value: object) -> str:
    """A value as a person may recognise it, in one line."""
    text = str(value) if isinstance(value, Decimal) else repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"  # noqa: PLR2004 - wide enough to find it in the file

"""Reading the layers, laying them over each other, and answering each bad key by its name.

Values keep their origin until they are checked, so that a message can say which file or variable to correct.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from holo_app.config.entries import ENVIRONMENT_PREFIX, NESTING, section_names, setting_entries
from holo_app.config.sections import Settings, default_data_dir
from holo_app.errors import ConfigError, SettingsError

CONFIG_FILE_NAME = "holo.toml"
COMMAND_LINE = "command line"

KeyPath = tuple[str, ...]

_DATA_DIR: KeyPath = ("general", "data_dir")
# Short names for the three paths that an operator sets most; the rest is HOLO_<SECTION>__<KEY>.
_SHORT_VARIABLES = {"HOLO_DATA_DIR": _DATA_DIR, "HOLO_MODELS_DIR": ("general", "models_dir")}
_CONFIG_VARIABLE = "HOLO_CONFIG"
# Read by the scripts in packaging/; a test holds this list to them.
_NOT_SETTINGS = frozenset({_CONFIG_VARIABLE, "HOLO_MODEL_MIRROR", "HOLO_PYTHON", "HOLO_FRESH_ROOT", "HOLO_KEEP_ROOT"})
_SECRET_WORDS = ("key", "token", "secret", "password", "passphrase", "pin")


@dataclass(frozen=True, slots=True)
class _Given:
    """A value as somebody wrote it. origin: the file, the variable or the command line."""

    value: object
    origin: str


def load_settings(
    *,
    data_dir: Path | None = None,
    config_file: Path | None = None,
    overrides: Mapping[str, object] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """Read all layers and check them together.

    data_dir, config_file, overrides (by dotted key): from the command line. config_file: default `holo.toml` in the data
    folder, which may be absent; a file that was named must exist. environment: default the process's.

    Raises: SettingsError, with one ConfigError per bad key.
    """
    variables = os.environ if environment is None else environment
    from_command_line: dict[KeyPath, _Given] = {
        tuple(key.split(".")): _Given(value, COMMAND_LINE) for key, value in (overrides or {}).items()
    }
    if data_dir is not None:
        from_command_line[_DATA_DIR] = _Given(data_dir, COMMAND_LINE)
    above_file = _from_environment(variables) | from_command_line
    from_file = _from_file(_config_file(config_file, variables, above_file))
    return _checked(from_file | above_file)


def _config_file(named: Path | None, variables: Mapping[str, str], above: Mapping[KeyPath, _Given]) -> Path | None:
    if named is None and variables.get(_CONFIG_VARIABLE):
        named = Path(variables[_CONFIG_VARIABLE])
    if named is not None:
        named = named.expanduser().absolute()
        if not named.exists():
            raise SettingsError(f"the settings file {named} does not exist")
        return named
    chosen = above.get(_DATA_DIR)
    folder = default_data_dir() if chosen is None else Path(str(chosen.value)).expanduser().absolute()
    file = folder / CONFIG_FILE_NAME
    return file if file.is_file() else None


def _from_file(file: Path | None) -> dict[KeyPath, _Given]:
    if file is None:
        return {}
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"the settings file {file} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"the settings file {file} is not TOML: {error}") from None
    return {path: _Given(value, str(file)) for path, value in _flat(tables)}


def _flat(table: Mapping[str, object], above: KeyPath = ()) -> Iterator[tuple[KeyPath, object]]:
    for key, value in table.items():
        path = (*above, key)
        if isinstance(value, dict) and value:
            yield from _flat(value, path)
        else:
            yield path, value


def _from_environment(variables: Mapping[str, str]) -> dict[KeyPath, _Given]:
    given: dict[KeyPath, _Given] = {}
    # short names first: the full name of the same setting wins
    for name, path in _SHORT_VARIABLES.items():
        if variables.get(name):
            given[path] = _Given(variables[name], name)
    for name in sorted(variables):
        if not name.upper().startswith(ENVIRONMENT_PREFIX) or name in _NOT_SETTINGS or name in _SHORT_VARIABLES:
            continue
        path = tuple(name[len(ENVIRONMENT_PREFIX) :].lower().split(NESTING))
        given[path] = _Given(variables[name], name)
    return given


def _nested(given: Mapping[KeyPath, _Given]) -> dict[str, object]:
    """The tables again. A plain value where a table belongs stays, so that the check names it."""
    tables: dict[str, object] = {}
    for path in sorted(given, key=len):
        table = tables
        for key in path[:-1]:
            inner = table.setdefault(key, {})
            if not isinstance(inner, dict):
                break
            table = inner
        else:
            table.setdefault(path[-1], given[path].value)
    return tables


def _checked(given: Mapping[KeyPath, _Given]) -> Settings:
    keys = {(name,) for name in section_names()} | {tuple(entry.key.split(".")) for entry in setting_entries()}
    known = {path: value for path, value in given.items() if path in keys}
    problems = [_unknown(path, value) for path, value in given.items() if path not in known]
    try:
        settings = Settings.model_validate(_nested(known))
    except ValidationError as error:
        problems += [_ill_valued(details, known) for details in error.errors(include_url=False)]
    else:
        if not problems:
            return settings
    count = "one setting is" if len(problems) == 1 else f"{len(problems)} settings are"
    raise SettingsError(f"{count} not valid", sorted(problems, key=lambda problem: problem.key))


def _unknown(path: KeyPath, given: _Given) -> ConfigError:
    secret = any(word in path[-1].lower().split("_") for word in _SECRET_WORDS)
    value = "(hidden)" if secret else given.value
    return ConfigError(".".join(path), value, f"there is no such setting{_did_you_mean(path)}", origin=given.origin)


def _ill_valued(details: ErrorDetails, given: Mapping[KeyPath, _Given]) -> ConfigError:
    where = tuple(str(part) for part in details["loc"])
    path = next((where[:length] for length in range(len(where), 0, -1) if where[:length] in given), where)
    source = given.get(path)
    value, origin = (details["input"], "") if source is None else (source.value, source.origin)
    return ConfigError(".".join(path), value, _answer(details, ".".join(path)), origin=origin)


def _answer(details: ErrorDetails, key: str) -> str:
    entry = next((entry for entry in setting_entries() if entry.key == key), None)
    if entry is None:
        return f"{key} is a table of settings, written [{key}]"
    reason = details.get("ctx", {}).get("error") if details["type"] == "value_error" else None
    return f"allowed is {entry.allowed}{f'; {reason}' if reason else ''}"


def _did_you_mean(path: KeyPath) -> str:
    keys = [entry.key for entry in setting_entries()]
    if len(path) == 1:
        close = difflib.get_close_matches(path[0], [*section_names(), *(key.split(".")[1] for key in keys)], n=1)
        names = [name for name in (*section_names(), *keys) if close and name.split(".")[-1] == close[0]]
    else:
        names = difflib.get_close_matches(".".join(path), keys, n=1, cutoff=0.7)
        names = names or [key for key in keys if key.split(".")[1] == path[-1]]
    return f"; did you mean {' or '.join(names)}?" if names else ""

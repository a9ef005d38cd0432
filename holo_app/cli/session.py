"""What all commands share: the options of the settings, the log, and how errors end a command.

Exit codes: 0 done; 1 a check failed or what was given cannot be used; 2 wrong usage or settings; 70 a bug.
"""

# ruff: noqa: PLC0415 - `--help` must not pay for settings and logging

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, ParamSpec

import typer

from holo_app.errors import ConfigError, HoloError, SettingsError

if TYPE_CHECKING:
    from holo_app.config import Settings

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_BUG = 70

P = ParamSpec("P")
Body = Callable[Concatenate["Settings", P], int | None]

DataDirOption = Annotated[
    Path | None,
    typer.Option("--data-dir", metavar="DIR", help="Folder of the database, the logs and the settings file."),
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings file; default: holo.toml in the data folder.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="One setting, such as display.mode=pyramid; may be repeated."),
]


@dataclass(frozen=True, slots=True)
class SettingsOptions:
    """What the command line says about settings, before or behind the command's name."""

    data_dir: Path | None = None
    config: Path | None = None
    values: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, data_dir: Path | None, config: Path | None, pairs: Sequence[str] | None) -> SettingsOptions:
        """Raises typer.BadParameter: a pair is not KEY=VALUE."""
        values = {}
        for pair in pairs or ():
            key, equals, value = pair.partition("=")
            if not (equals and key.strip()):
                raise typer.BadParameter(f"{pair!r} is not KEY=VALUE", param_hint="--set")
            values[key.strip()] = value
        return cls(data_dir, config, values)

    def over(self, outer: SettingsOptions) -> SettingsOptions:
        """These options, with the `outer` ones where these say nothing."""
        return SettingsOptions(
            self.data_dir or outer.data_dir, self.config or outer.config, {**outer.values, **self.values}
        )


def command(body: Body[P]) -> Callable[..., None]:
    """Make a Typer command of `body`, which takes the settings first and returns an exit code (None: 0).

    A HoloError that `body` raises is shown as one message; anything else is a bug: logged, and named in one line.
    """

    @functools.wraps(body)
    def run(
        context: typer.Context,
        *args: Any,
        data_dir: Path | None,
        config: Path | None,
        set_: list[str] | None,
        **kwargs: Any,
    ) -> None:
        outer = context.find_root().obj
        options = SettingsOptions.read(data_dir, config, set_).over(outer or SettingsOptions())
        raise typer.Exit(_run(options, functools.partial(body, *args, **kwargs)))

    own = list(inspect.signature(body, locals={"Settings": object}, eval_str=True).parameters.values())[1:]
    keyword = inspect.Parameter.KEYWORD_ONLY
    shared = [
        inspect.Parameter("data_dir", keyword, default=None, annotation=DataDirOption),
        inspect.Parameter("config", keyword, default=None, annotation=ConfigOption),
        inspect.Parameter("set_", keyword, default=None, annotation=SetOption),
    ]
    first = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    parameters = [first, *(parameter.replace(kind=keyword) for parameter in own), *shared]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # read by inspect.signature
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _run(options: SettingsOptions, body: Callable[[Settings], int | None]) -> int:
    try:
        settings = _load(options)
    except SettingsError as error:
        return _refuse(error, EXIT_USAGE)
    from holo_app.ops.logs import start_logging

    output = start_logging(
        settings.data_dir / "logs", level=settings.logging.level, visitor_text=settings.logging.visitor_text
    )
    try:
        return body(settings) or EXIT_OK
    except (ConfigError, SettingsError) as error:
        return _refuse(error, EXIT_USAGE)
    except HoloError as error:
        return _refuse(error, EXIT_FAILED)
    except (typer.Exit, typer.Abort, typer.BadParameter, BrokenPipeError):
        raise
    except Exception as error:
        return _own_up(error, output.path)
    finally:
        output.close()


def _load(options: SettingsOptions) -> Settings:
    import os

    from holo_app.config import load_settings
    from holo_app.resources import MODELS_DIR_VARIABLE

    settings = load_settings(data_dir=options.data_dir, config_file=options.config, overrides=options.values)
    if settings.general.models_dir is not None:
        # the one look-up of models, here and in child processes, goes by the environment
        os.environ[MODELS_DIR_VARIABLE] = str(settings.general.models_dir)
    return settings


def _refuse(error: HoloError, code: int) -> int:
    import structlog

    # the file keeps what the person saw; it was started only if the settings could be read
    if code == EXIT_FAILED:
        structlog.get_logger(__name__).warning("command_failed", error=type(error).__name__, problem=str(error))
    print(f"holo-app: {error}", file=sys.stderr)  # noqa: T201 - the command line's own words
    return code


def _own_up(error: Exception, log_path: Path) -> int:
    import structlog

    from holo_app.ops.logs import BUG_IN_COMMAND

    structlog.get_logger(__name__).critical(BUG_IN_COMMAND, exc_info=error)
    print(  # noqa: T201 - the command line's own words
        f"holo-app: this is a bug ({type(error).__name__}). What happened is in {log_path}", file=sys.stderr
    )
    return EXIT_BUG

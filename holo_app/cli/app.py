"""The command line as a whole. Importing it costs Typer and nothing else: each command imports what it needs when it runs."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from holo_app import __version__
from holo_app.cli import asking, avatars, checking, displays, films, kiosk, pictures, products, providers, speech, turns
from holo_app.cli.output import print_line, speak_utf8
from holo_app.cli.session import ConfigOption, DataDirOption, SetOption, SettingsOptions, command

app = typer.Typer(
    name="holo-app",
    help="A talking hologram for shops: customers ask aloud, and it answers from the shop's own data, without a network.",
    no_args_is_help=True,
    add_completion=False,
    # plain help: boxes cost 0.1 s at each start and say nothing more
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _show_version(asked: bool) -> None:
    if asked:
        print_line(f"holo-app {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    data_dir: DataDirOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    version: Annotated[  # noqa: ARG001 - dealt with by its callback
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    """Options that may stand before or behind the command's name."""
    context.obj = SettingsOptions.read(data_dir, config, set_)


app.command("run")(command(kiosk.run))
app.command("demo")(command(kiosk.demo))
app.command("ask")(command(asking.ask))
app.command("transcribe")(command(speech.transcribe))
app.command("converse")(command(speech.converse))
app.command("render")(command(pictures.render))
app.command("sheet")(command(pictures.sheet))
app.command("lens")(command(pictures.lens))
app.command("film")(command(films.film))
app.command("displays")(command(displays.displays))
app.command("calibrate")(command(displays.calibrate))
app.command("doctor")(command(checking.doctor))
app.command("settings")(command(checking.settings))
for name, server in (
    ("piper-server", speech.piper_server),
    ("kokoro-server", speech.kokoro_server),
    ("whisper-server", speech.whisper_server),
    ("llamacpp-server", speech.llamacpp_server),
):
    app.command(
        name,
        hidden=True,
        add_help_option=False,
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    )(server)
app.command("film-encoder", hidden=True, add_help_option=False)(films.film_encoder)
app.command("turns")(command(turns.turns))
app.add_typer(products.app, name="products")
app.add_typer(avatars.app, name="avatar")
app.add_typer(providers.app, name="providers")


def main() -> None:
    """The entry point; ends the process."""
    speak_utf8()
    app(args=sys.argv[1:], prog_name="holo-app")

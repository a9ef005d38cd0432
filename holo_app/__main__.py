"""`python -m holo_app`, the same as `holo-app`."""

from __future__ import annotations


def main() -> None:
    """Run the command line; ends the process."""
    from holo_app.cli.app import main as command_line  # noqa: PLC0415 - a child that only needs `main` stays light

    command_line()


if __name__ == "__main__":
    main()

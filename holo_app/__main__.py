"""`python -m holo_app`, the same as `holo-app`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; ends the process."""
    if getattr(sys, "frozen", False):
        import multiprocessing  # noqa: PLC0415 - only a bundle needs it

        # a bundle is its own Python: here a child process of ours turns off, and never comes back
        multiprocessing.freeze_support()
    from holo_app.cli.app import main as command_line  # noqa: PLC0415 - a child that only needs `main` stays light

    command_line()


if __name__ == "__main__":
    main()

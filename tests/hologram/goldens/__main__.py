"""Makes the golden pictures again: after a wanted change of the look, and looked at before they are committed.

    python -m tests.hologram.goldens [name ...]

Prints how far each is from the one that it replaces. Needs no display.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import structlog

from holo_app.hologram.cast import Sculpted
from holo_app.hologram.character_store import CharacterStore
from holo_app.hologram.gl_context import release, standalone_context
from holo_app.hologram.png import encode_png
from tests.hologram.goldens.cases import CASES, FOLDER, Picture, difference, drawn, golden


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[[], *CASES], help="only these")
    names = parser.parse_args().names or list(CASES)
    structlog.configure(processors=[structlog.dev.ConsoleRenderer()], logger_factory=structlog.ReturnLoggerFactory())
    ctx = standalone_context()
    sys.stdout.write(f"{ctx.info['GL_RENDERER']}, {ctx.info['GL_VERSION']}\n")
    with tempfile.TemporaryDirectory() as folder:
        figures = Sculpted(CharacterStore(Path(folder)), per_vertex=False)
        for name in names:
            remake(name, drawn(ctx, figures, CASES[name]))
    release(ctx)


def remake(name: str, picture: Picture) -> None:
    path = FOLDER / f"{name}.png"
    before = golden(name) if path.exists() else None
    path.write_bytes(encode_png(picture))
    if before is None or before.shape != picture.shape:
        sys.stdout.write(f"{name:20} new\n")
    else:
        apart = difference(before, picture)
        sys.stdout.write(
            f"{name:20} mean {apart.mean:6.3f} most {apart.most:6.1f}{'' if apart.tolerable else '   CHANGED'}\n"
        )


if __name__ == "__main__":
    main()

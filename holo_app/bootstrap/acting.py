"""What words show on the face, from the bundled files of each language."""

from __future__ import annotations

import tomllib

from holo_app.dialogue.acting import ActingWords
from holo_app.resources import resource


def acting_words() -> dict[str, ActingWords]:
    """Those of every language that has them."""
    return {
        path.parent.name: ActingWords.from_table(tomllib.loads(path.read_text(encoding="utf-8")))
        for path in sorted(resource("language").glob("*/acting.toml"))
    }

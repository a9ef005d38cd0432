"""Who stands on the stage: the avatar that the operator chose, or our own character."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from holo_app.config import Settings
from holo_app.errors import InputError

if TYPE_CHECKING:
    from holo_app.hologram.cast import FigureMaker

log = structlog.get_logger(__name__)


def chosen_figure(settings: Settings) -> FigureMaker | None:
    """Load the avatar of the settings; None for our own character, also where the file cannot be used, which is logged."""
    path = settings.character.avatar
    if path is None:
        return None
    try:
        return avatar_figure(path)
    except InputError as error:
        log.warning("avatar_refused", file=path.name, problems=list(error.problems))
        return None


def avatar_figure(path: Path) -> FigureMaker:
    """The avatar of a file. Raises: InputError: it cannot be used; one line per fault."""
    from holo_app.hologram.avatars.figure import AvatarMaker  # noqa: PLC0415 - the window must not wait for numpy
    from holo_app.hologram.avatars.load import load_avatar  # noqa: PLC0415 - as above

    return AvatarMaker(load_avatar(path))

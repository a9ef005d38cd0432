"""What floats beside the figure: a product's model or picture, read off the GUI thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImageReader

from holo_app.errors import InputError
from holo_app.hologram.beside import Sheet, Thing, load_thing
from holo_app.ui.pixels import pixels_of

log = structlog.get_logger(__name__)
_LONGEST_EDGE: Final = 512
_MODEL: Final = ".glb"


def load_floating(picture: Path) -> Thing | None:
    """The model beside a product's picture (`P-001.glb` beside `P-001.png`), else the picture; None: neither can be read."""
    model = picture.with_suffix(_MODEL)
    try:
        if model.is_file():
            return load_thing(model)
    except InputError as error:
        log.warning("product_model_refused", file=model.name, problems=list(error.problems))
    return _sheet(picture)


def _sheet(picture: Path) -> Sheet | None:
    reader = QImageReader(str(picture))
    reader.setAutoTransform(True)
    room = QSize(_LONGEST_EDGE, _LONGEST_EDGE)
    # a drawing has no size of its own, and a photograph may be far larger than it is shown
    reader.setScaledSize(reader.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        log.warning("product_picture_unreadable", file=picture.name, reason=reader.errorString())
        return None
    return Sheet(picture.name, pixels_of(image, 4))


class ThingLoader:
    """Reads things in threads of their own. The newest wish wins: what was wanted before never arrives after it."""

    def __init__(self, load: Callable[[Path], Thing | None] = load_floating) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._wish = 0
        self._arrived: tuple[Thing | None] | None = None

    def want(self, picture: Path | None) -> None:
        """From now on this; None: nothing."""
        with self._lock:
            self._wish += 1
            wish = self._wish
            self._arrived = (None,) if picture is None else self._arrived
        if picture is not None:
            threading.Thread(target=self._fetch, args=(picture, wish), name="product-load", daemon=True).start()

    def arrived(self) -> tuple[Thing | None] | None:
        """What is to be shown instead of what was; None: nothing new."""
        with self._lock:
            arrived, self._arrived = self._arrived, None
            return arrived

    def _fetch(self, picture: Path, wish: int) -> None:
        try:
            thing = self._load(picture)
        except Exception:  # the thread ends here: the figure goes on without a product
            log.exception("product_load_failed", file=picture.name)
            thing = None
        with self._lock:
            if wish == self._wish:
                self._arrived = (thing,)

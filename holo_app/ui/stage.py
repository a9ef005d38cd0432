"""Where the hologram stands: draws the scene under the overlay, and steps aside by name when it cannot."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, assert_never

import structlog
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QOpenGLContext
from PySide6.QtQuick import QQuickWindow

from holo_app.dialogue.notices import FaceScheduled, MouthScheduled, Notice, ProductsShown, SpeechCut
from holo_app.domain.acting import FaceCue
from holo_app.domain.avatar import Mood
from holo_app.domain.product import Product
from holo_app.domain.speech import VisemeCue
from holo_app.ui.cards import card_direction

log = structlog.get_logger(__name__)
_LONGEST_RETRY_S = 60.0
_CALM_S = 60.0  # without a failure: then the next one is tried again soon

_Acted = MouthScheduled | FaceScheduled | SpeechCut


class Scene(Protocol):
    """What can stand on the stage; `HologramScene` is the real one.

    An error in `open`, `draw` or `place` closes it; it is opened again later. Errors never end the kiosk.
    """

    @property
    def software(self) -> bool: ...

    def schedule(self, cues: tuple[VisemeCue, ...]) -> None: ...

    def act(self, cue: FaceCue) -> None: ...

    def cut(self, at_s: float) -> None: ...

    def glance(self, yaw: float, pitch: float) -> None: ...

    def show_beside(self, picture: Path | None) -> None: ...

    def open(self) -> None: ...

    def draw(self, size: tuple[int, int], *, now_s: float, position_s: float, mood: Mood) -> None: ...

    def place(self, size: tuple[int, int]) -> None: ...

    def close(self) -> None: ...


class HologramStage(QObject):
    """Loads the scene in a thread of its own, draws it before the window's frame and places it in the frame.

    In two halves, so that a touch need not wait for both where the processor draws: `draw` before the frame, with the window's
    context; the rest under the overlay, in Qt's own render pass.

    What cannot be loaded is given up for good. What cannot be drawn, such as after the graphics card was reset, is tried again
    after `retry_s`, twice that, and so on up to a minute. `failed` says why there is no hologram; `recovered` that there is one
    again.
    """

    failed = Signal(str)
    recovered = Signal()
    _loaded = Signal(object)

    def __init__(
        self,
        window: QQuickWindow,
        load: Callable[[], Scene],
        position_s: Callable[[], float],
        mood: Callable[[], Mood],
        retry_s: float = 1.0,
        *,
        picture_of: Callable[[Product], Path | None] | None = None,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._load = load
        self._position_s = position_s
        self._mood = mood
        self._picture_of = picture_of
        self._scene: Scene | None = None
        self._context: QOpenGLContext | None = None
        self._opened = False
        self._over = False
        self._early: list[_Acted] = []
        self._shown_skus: tuple[str, ...] = ()
        self._faltered = False
        self._first_retry_s = self._retry_s = retry_s
        self._retry_at = 0.0
        self._calm_at = 0.0
        self._thread = threading.Thread(target=self._work, name="hologram-load", daemon=True)
        self.drawn_ms = 0.0
        self._loaded.connect(self._take_scene)
        window.beforeRenderPassRecording.connect(self._place, Qt.ConnectionType.DirectConnection)
        window.sceneGraphInvalidated.connect(self.release, Qt.ConnectionType.DirectConnection)

    @property
    def software(self) -> bool:
        """Whether drawing takes from the processor that the voice needs."""
        return self._scene is None or self._scene.software

    @property
    def ready(self) -> bool:
        """Whether the figure has been drawn, or never will be."""
        return self._opened or self._over

    def start(self) -> None:
        """Begin to load."""
        self._thread.start()

    def take(self, notice: Notice) -> None:
        """Move mouth, face and eyes; what comes before the figure is loaded is kept for it."""
        if self._over:
            return
        if isinstance(notice, ProductsShown):
            self._present(notice.products)
        elif isinstance(notice, _Acted):
            if self._scene is None:
                self._early.append(notice)
            else:
                self._act(self._scene, notice)

    def _present(self, products: tuple[Product, ...]) -> None:
        """The screen shows these products from this frame on: one that was not there before is worth a glance."""
        skus = tuple(product.sku for product in products)
        if self._scene is None or skus == self._shown_skus:
            return
        self._shown_skus = skus
        if skus:
            self._scene.glance(*card_direction(self._window.width(), self._window.height()))
        if self._picture_of is not None:
            self._scene.show_beside(self._picture_of(products[0]) if products else None)

    def _act(self, scene: Scene, notice: _Acted) -> None:
        match notice:
            case MouthScheduled(cues):
                scene.schedule(cues)
            case FaceScheduled(cue):
                scene.act(cue)
            case SpeechCut(at_s):
                scene.cut(at_s)
            case _ as never:
                assert_never(never)

    def give_up(self, reason: str) -> None:
        """There will be no hologram."""
        if not self._over:
            self._over = True
            self._early.clear()
            log.error("hologram_failed", reason=reason)
            self.failed.emit(reason)

    def try_again(self) -> None:
        """What kept the figure from being drawn may be over: do not wait for the next try."""
        self._retry_at = 0.0
        self._retry_s = self._first_retry_s

    def release(self) -> None:
        """Give the graphics card back while the context is still current. The next frame of a new one opens the scene again."""
        self._context = None
        if self._scene is None or not self._opened:
            return
        self._opened = False
        try:
            self._scene.close()
        except Exception:  # as in `_timed`: a lost card can take nothing back
            log.exception("hologram_close_failed")

    def join(self) -> None:
        """Wait for the loading thread."""
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        try:
            self._loaded.emit(self._load())
        except Exception as error:  # the thread ends here: whatever failed, the kiosk goes on without a figure
            log.exception("hologram_load_failed")
            self._loaded.emit(str(error) or type(error).__name__)

    def _take_scene(self, result: object) -> None:
        if isinstance(result, str):
            self.give_up(result)
            return
        self._scene = result  # type: ignore[assignment]  # a signal carries it as object
        early, self._early = self._early, []
        for notice in early:
            self.take(notice)

    def draw(self) -> None:
        """Draw the figure for the next frame. Nothing happens before the window has drawn for the first time."""
        self.drawn_ms = 0.0
        if self._context is None or not self._window.isExposed():
            return
        if self._context.makeCurrent(self._window):
            self._timed(self._draw_scene)
            self._settle()
        else:
            self._falter("the window's graphics context was lost")

    def _draw_scene(self, scene: Scene) -> None:
        scene.draw(self._size(), now_s=time.monotonic(), position_s=self._position_s(), mood=self._mood())

    def _place(self) -> None:
        """Called by Qt within its render pass."""
        if self._scene is None or self._over or time.monotonic() < self._retry_at:
            return
        self._window.beginExternalCommands()
        try:
            self._timed(self._place_scene)
        finally:
            self._window.endExternalCommands()

    def _place_scene(self, scene: Scene) -> None:
        if not self._opened:
            self._context = QOpenGLContext.currentContext()
            scene.open()
            self._opened = True
        scene.place(self._size())

    def _timed(self, half: Callable[[Scene], None]) -> None:
        if self._scene is None or self._over:
            return
        started = time.perf_counter()
        try:
            half(self._scene)
        except Exception as error:  # the stage ends here, for a while: voice and overlay go on
            log.exception("hologram_draw_failed")
            self._falter(str(error) or type(error).__name__)
        self.drawn_ms += (time.perf_counter() - started) * 1e3

    def _falter(self, reason: str) -> None:
        """Step aside, and try again later."""
        self.release()
        now = time.monotonic()
        self._retry_at = now + self._retry_s
        self._calm_at = self._retry_at + _CALM_S
        log.warning("hologram_paused", reason=reason, retry_s=self._retry_s)
        self._retry_s = min(self._retry_s * 2, _LONGEST_RETRY_S)
        if not self._faltered:
            self._faltered = True
            self.failed.emit(reason)

    def _settle(self) -> None:
        """A frame was drawn, or has just failed."""
        if not self._opened:
            return
        if self._faltered:
            self._faltered = False
            log.info("hologram_recovered")
            self.recovered.emit()
        elif self._retry_s != self._first_retry_s and time.monotonic() > self._calm_at:
            self._retry_s = self._first_retry_s

    def _size(self) -> tuple[int, int]:
        ratio = self._window.effectiveDevicePixelRatio()
        return round(self._window.width() * ratio), round(self._window.height() * ratio)

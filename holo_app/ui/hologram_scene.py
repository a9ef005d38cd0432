"""The talking figure as the window uses it: loaded off the GUI thread, then drawn under the overlay."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from holo_app.domain.avatar import Mood

if TYPE_CHECKING:
    from holo_app.domain.acting import FaceCue
    from holo_app.domain.speech import VisemeCue
    from holo_app.hologram.animation import FaceAnimator
    from holo_app.hologram.beside import Showcase
    from holo_app.hologram.calibrating.board import Board
    from holo_app.hologram.cast import FigureMaker
    from holo_app.hologram.modes import DisplayMode
    from holo_app.hologram.renderer import Renderer, RenderSettings
    from holo_app.ui.floating import ThingLoader
    from holo_app.ui.transmission import CloudAvatar, Receiver

_SEED = 7


@dataclass(frozen=True, slots=True)
class Beside:
    """What floats beside the figure, and what reads it."""

    showcase: Showcase
    loader: ThingLoader


class HologramScene:
    """Face and renderer. All but what moves the face is called with the window's OpenGL context current."""

    def __init__(
        self,
        face: FaceAnimator,
        figures: FigureMaker,
        board: Board,
        settings: RenderSettings,
        beside: Beside | None = None,
        *,
        receiver: Receiver | None = None,
    ) -> None:
        self._face = face
        self._figures = figures
        self._board = board
        self._settings = settings
        self._beside = beside
        self._receiver = receiver
        self._renderer: Renderer | None = None

    @property
    def board(self) -> Board:
        """The display mode, and the test picture; may be changed between frames."""
        return self._board

    @property
    def software(self) -> bool:
        """Whether the processor draws, so that each frame takes from the voice."""
        return self._renderer is None or self._renderer.software

    def schedule(self, cues: tuple[VisemeCue, ...]) -> None:
        """Mouth shapes on the speaker's content timeline."""
        self._face.schedule(cues)

    def act(self, cue: FaceCue) -> None:
        """How a clause is said, on the same timeline."""
        self._face.act(cue)

    def glance(self, yaw: float, pitch: float) -> None:
        """Look there for a moment, in degrees as FacePose.gaze."""
        self._face.glance(yaw, pitch)

    def show_beside(self, picture: Path | None) -> None:
        """Float this product beside the figure, as soon as it is read; None: nothing. Where nothing floats, nothing happens."""
        if self._beside is not None:
            self._beside.loader.want(picture)

    def cut(self, at_s: float) -> None:
        """The rest of the speech will not be heard."""
        self._face.cut(at_s)

    def open(self) -> None:
        """Make everything on the graphics card. Raises: DeviceError."""
        from holo_app.hologram.gl_context import current_context  # noqa: PLC0415 - heavy, and loaded by now
        from holo_app.hologram.renderer import Renderer  # noqa: PLC0415 - as above

        self._renderer = Renderer(current_context(), self._figures, self._settings)

    def draw(self, size: tuple[int, int], *, now_s: float, position_s: float, mood: Mood) -> None:
        """Draw the figure, unseen, for a window of `size` pixels."""
        if self._beside is not None and (thing := self._beside.loader.arrived()) is not None:
            self._beside.showcase.show(thing[0])
        if self._receiver is not None:
            self._receiver.bring(position_s, now_s)
        if self._renderer is not None:
            pose = self._face.pose(now_s, position_s, mood)
            self._renderer.draw(pose, size, self._board.mode, now_s)

    def place(self, size: tuple[int, int]) -> None:
        """Show what was drawn last in the bound framebuffer, which is black and of `size` pixels."""
        if self._renderer is not None:
            self._renderer.place(size)

    def close(self) -> None:
        """Give the graphics card back."""
        if self._renderer is not None:
            self._renderer.release()
            self._renderer = None


def load_hologram(
    cache_dir: Path | None,
    mode: Callable[[], DisplayMode] | None = None,
    *,
    look: str = "dusk",
    figures: Callable[[], FigureMaker | None] | None = None,
    budget_ms: float = 22.0,
    scan_lines: float = 0.1,
    bloom: float | None = None,
    floating: bool = False,
    sharp: bool = False,
    cloud: CloudAvatar | None = None,
) -> HologramScene:
    """Read or sculpt the character (up to some seconds at the very first start). Needs no display and no context.

    Args: cache_dir: keeps the sculpted character. mode: makes the display mode, whose modules load as late as all this; an
        ordinary screen by default. look: a name of hologram.looks.LOOKS. figures: loads who is drawn instead; where it gives
        None, the look is. budget_ms: for the figure, per frame. scan_lines, bloom: see `RenderSettings`. floating:
        products float beside the figure. cloud: stands in the figure's place while its pictures come. sharp: at the
        display's own pixels, whatever it costs: test pictures must not be smoothed.
    """
    from holo_app.hologram.animation import FaceAnimator  # noqa: PLC0415 - numpy and moderngl load while the window shows
    from holo_app.hologram.beside import Accompanied, Showcase  # noqa: PLC0415 - as above
    from holo_app.hologram.calibrating.board import Board  # noqa: PLC0415 - as above
    from holo_app.hologram.calibrating.stand import CardsBeside  # noqa: PLC0415 - as above
    from holo_app.hologram.cast import Sculpted  # noqa: PLC0415 - as above
    from holo_app.hologram.character import Detail  # noqa: PLC0415 - as above
    from holo_app.hologram.character_store import CharacterStore  # noqa: PLC0415 - as above
    from holo_app.hologram.looks import LOOKS  # noqa: PLC0415 - as above
    from holo_app.hologram.modes import Flat  # noqa: PLC0415 - as above
    from holo_app.hologram.quality import Quality  # noqa: PLC0415 - as above
    from holo_app.hologram.renderer import RenderSettings  # noqa: PLC0415 - as above
    from holo_app.ui.floating import ThingLoader  # noqa: PLC0415 - as above

    chosen = None if figures is None else figures()
    if chosen is None:
        characters = CharacterStore(cache_dir)
        for detail in Detail:
            characters(detail, LOOKS[look])
        chosen = Sculpted(characters, LOOKS[look])
    receiver = None
    if cloud is not None:
        from holo_app.ui.transmission import received  # noqa: PLC0415 - only where a cloud avatar may come

        chosen, receiver = received(chosen, cloud)
    beside = Beside(Showcase(time.monotonic), ThingLoader()) if floating else None
    if beside is not None:
        chosen = Accompanied(chosen, beside.showcase)
    board = Board(Flat() if mode is None else mode())
    fixed = Quality(1.0, 0, Detail.NORMAL) if sharp else None
    settings = RenderSettings(budget_ms, fixed, scan_lines, bloom)
    return HologramScene(FaceAnimator(_SEED), CardsBeside(chosen, board), board, settings, beside, receiver=receiver)

"""The talking figure as the window uses it: loaded off the GUI thread, then drawn under the overlay."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from holo_app.domain.avatar import Mood

if TYPE_CHECKING:
    from holo_app.domain.speech import VisemeCue
    from holo_app.hologram.animation import FaceAnimator
    from holo_app.hologram.cast import FigureMaker
    from holo_app.hologram.modes import DisplayMode
    from holo_app.hologram.renderer import Renderer, RenderSettings

_SEED = 7


class HologramScene:
    """Face and renderer. All but `schedule` and `cut` are called with the window's OpenGL context current."""

    def __init__(
        self,
        face: FaceAnimator,
        figures: FigureMaker,
        mode: DisplayMode,
        settings: RenderSettings,
    ) -> None:
        self._face = face
        self._figures = figures
        self._mode = mode
        self._settings = settings
        self._renderer: Renderer | None = None

    @property
    def software(self) -> bool:
        """Whether the processor draws, so that each frame takes from the voice."""
        return self._renderer is None or self._renderer.software

    def schedule(self, cues: tuple[VisemeCue, ...]) -> None:
        """Mouth shapes on the speaker's content timeline."""
        self._face.schedule(cues)

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
        if self._renderer is not None:
            pose = self._face.pose(now_s, position_s, mood)
            self._renderer.draw(pose, size, self._mode, now_s)

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
    budget_ms: float = 22.0,
    scan_lines: float = 0.1,
    bloom: float | None = None,
) -> HologramScene:
    """Read or sculpt the character (up to some seconds at the very first start). Needs no display and no context.

    Args: cache_dir: keeps the sculpted character. mode: makes the display mode, whose modules load as late as all this; an
        ordinary screen by default. budget_ms: for the figure, per frame. scan_lines, bloom: see `RenderSettings`.
    """
    from holo_app.hologram.animation import FaceAnimator  # noqa: PLC0415 - numpy and moderngl load while the window shows
    from holo_app.hologram.cast import Sculpted  # noqa: PLC0415 - as above
    from holo_app.hologram.character import Detail  # noqa: PLC0415 - as above
    from holo_app.hologram.character_store import CharacterStore  # noqa: PLC0415 - as above
    from holo_app.hologram.modes import Flat  # noqa: PLC0415 - as above
    from holo_app.hologram.renderer import RenderSettings  # noqa: PLC0415 - as above

    characters = CharacterStore(cache_dir)
    for detail in Detail:
        characters(detail)
    return HologramScene(
        FaceAnimator(_SEED),
        Sculpted(characters),
        Flat() if mode is None else mode(),
        RenderSettings(budget_ms=budget_ms, scan_lines=scan_lines, bloom=bloom),
    )

"""What the screen needs to know before it opens."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from holo_app.domain.screen import AUTO, Screen


@dataclass(frozen=True, slots=True)
class UiSettings:
    """Settings of the kiosk window.

    language: BCP 47 primary tag of the screen texts at start. languages: what a customer may choose, in this order.
    windowed: a movable window with a cursor for developers; else fullscreen, cursor hidden, close refused without PIN.
    size: window size in pixels when windowed, or when the screen's own is not wanted. picture_dirs: where a product's
    relative `image` is looked for, in this order. target_fps: frames a second that a fast machine reaches.
    screen: the hologram's; None: the main one, or one that is not connected yet. screen_wanted: its name in the settings.
    touch_screen: where words, cards, touch and staff go; None: they lie over the hologram. products_float: what is spoken of
    floats beside the figure too, because cards over the picture are not part of the hologram. online: what customers say leaves
    the shop, which the screen tells them.
    """

    language: str = "en"
    languages: tuple[str, ...] = ("en", "de", "fr")
    windowed: bool = False
    size: tuple[int, int] | None = None
    picture_dirs: tuple[Path, ...] = ()
    target_fps: float = 30.0
    screen: Screen | None = None
    screen_wanted: str = AUTO
    touch_screen: Screen | None = None
    products_float: bool = False
    online: bool = False

    def __post_init__(self) -> None:
        if self.language not in self.languages:
            raise ValueError(f"language {self.language!r} must be one of {', '.join(self.languages)}")
        if self.target_fps <= 0:
            raise ValueError("target_fps must be positive")

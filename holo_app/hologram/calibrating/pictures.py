"""The test pictures as pixels: each fills one view of the display."""

from __future__ import annotations

import colorsys
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holo_app.hologram.calibrating.cards import Card
from holo_app.hologram.calibrating.lettering import HIGH, lettering

Pixels: TypeAlias = NDArray[np.uint8]
Colour: TypeAlias = tuple[int, int, int]

WHITE: Final[Colour] = (240, 248, 255)
GREY: Final[Colour] = (90, 110, 130)
CYAN: Final[Colour] = (70, 215, 255)
AMBER: Final[Colour] = (255, 190, 90)
RED: Final[Colour] = (255, 70, 60)
BLUE: Final[Colour] = (60, 120, 255)
GREEN: Final[Colour] = (70, 230, 130)
BLACK: Final[Colour] = (0, 0, 0)

_CELLS: Final = 6  # of the grid, across the shorter edge
_MARGINS: Final = ((0.05, AMBER, "5%"), (0.10, GREEN, "10%"))


class Sheet:
    """A black picture to draw on; every position is in shares of it, (0, 0) the upper left."""

    def __init__(self, width: int, height: int) -> None:
        self.pixels: Pixels = np.zeros((height, width, 3), np.uint8)
        self.width, self.height = width, height
        self.line = max(round(min(width, height) / 240), 1)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        """A filled rectangle."""
        x0, x1 = round(left * self.width), round(right * self.width)
        y0, y1 = round(top * self.height), round(bottom * self.height)
        self.pixels[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)] = colour

    def frame(self, inset: float, colour: Colour, thick: int = 1) -> None:
        """The outline of a rectangle within the picture, `inset` of each edge away from it."""
        x, y, line = round(inset * self.width), round(inset * self.height), self.line * thick
        rows, columns = slice(y, self.height - y), slice(x, self.width - x)
        self.pixels[y : y + line, columns] = self.pixels[self.height - y - line : self.height - y, columns] = colour
        self.pixels[rows, x : x + line] = self.pixels[rows, self.width - x - line : self.width - x] = colour

    def across(self, y: float, colour: Colour) -> None:
        """A line from edge to edge."""
        at = min(max(round(y * self.height) - self.line // 2, 0), self.height - self.line)
        self.pixels[at : at + self.line] = colour

    def down(self, x: float, colour: Colour) -> None:
        """A line from top to bottom."""
        at = min(max(round(x * self.width) - self.line // 2, 0), self.width - self.line)
        self.pixels[:, at : at + self.line] = colour

    def ring(self, radius: float, colour: Colour) -> None:
        """A circle about the middle; radius in shares of the shorter edge."""
        y, x = np.ogrid[: self.height, : self.width]
        distance = np.hypot(x + 0.5 - self.width / 2, y + 0.5 - self.height / 2)
        self.pixels[np.abs(distance - radius * min(self.width, self.height)) <= self.line / 2 + 0.5] = colour

    def words(self, text: str, middle: tuple[float, float], high: float, colour: Colour) -> None:
        """A line of text about a place; high: of its letters, in shares of the shorter edge. What leaves the picture is cut."""
        dot = max(round(high * min(self.width, self.height) / HIGH), 1)
        ink = lettering(text, dot)
        x0 = round(middle[0] * self.width - ink.shape[1] / 2)
        y0 = round(middle[1] * self.height - ink.shape[0] / 2)
        left, top = max(-x0, 0), max(-y0, 0)
        part = self.pixels[max(y0, 0) : y0 + ink.shape[0], max(x0, 0) : x0 + ink.shape[1]]
        part[ink[top : top + part.shape[0], left : left + part.shape[1]]] = colour

    def arrow(self, tip: tuple[float, float], towards: tuple[int, int], size: float, colour: Colour) -> None:
        """A filled triangle. towards: (1, 0) right, (0, -1) up. size: in shares of the shorter edge."""
        length = size * min(self.width, self.height)
        y, x = np.ogrid[: self.height, : self.width]
        from_tip_x, from_tip_y = x + 0.5 - tip[0] * self.width, y + 0.5 - tip[1] * self.height
        behind = -(from_tip_x * towards[0] + from_tip_y * towards[1])
        beside = np.abs(from_tip_x * towards[1]) + np.abs(from_tip_y * towards[0])
        self.pixels[(behind >= 0) & (behind <= length) & (beside <= behind * 0.6)] = colour


def picture(card: Card, size: tuple[int, int], view: int = 0, views: int = 1) -> Pixels:
    """A test picture of `size` (width, height) pixels for one of a display's views, as (height, width, 3), top row first.

    Raises: KeyError: `FIGURE` and `FOCUS` are no flat pictures.
    """
    sheet = Sheet(*size)
    _DRAWERS[card](sheet, view, views)
    return sheet.pixels


def view_colour(view: int, views: int) -> Colour:
    """A colour of its own for each view, from red (the leftmost) by green to violet."""
    red, green, blue = colorsys.hsv_to_rgb(0.78 * view / max(views - 1, 1), 0.75, 0.85)
    return round(red * 255), round(green * 255), round(blue * 255)


def _grid(sheet: Sheet, _view: int, _views: int) -> None:
    cell = min(sheet.width, sheet.height) / _CELLS
    columns, rows = max(round(sheet.width / cell), 1), max(round(sheet.height / cell), 1)
    for row in range(rows):
        for column in range(columns):
            if (row + column) % 2 == 0:
                sheet.box(column / columns, row / rows, (column + 1) / columns, (row + 1) / rows, (16, 26, 38))
    for column in range(columns + 1):
        sheet.down(column / columns, GREY)
    for row in range(rows + 1):
        sheet.across(row / rows, GREY)
    for row in range(rows):
        for column in range(columns):
            sheet.words(str(row * columns + column + 1), ((column + 0.5) / columns, (row + 0.5) / rows), 0.045, WHITE)
    sheet.frame(0.0, CYAN, 2)
    sheet.ring(0.48, CYAN)


def _mirror(sheet: Sheet, _view: int, _views: int) -> None:
    sheet.frame(0.0, GREY)
    sheet.words("F", (0.5, 0.45), 0.42, WHITE)
    for tip, towards, name, at in (
        ((0.97, 0.5), (1, 0), "RIGHT", (0.85, 0.57)),
        ((0.03, 0.5), (-1, 0), "LEFT", (0.15, 0.57)),
        ((0.5, 0.03), (0, -1), "TOP", (0.5, 0.17)),
        ((0.5, 0.97), (0, 1), "BOTTOM", (0.5, 0.83)),
    ):
        sheet.arrow(tip, towards, 0.09, CYAN)
        sheet.words(name, at, 0.04, CYAN)


def _safe_area(sheet: Sheet, _view: int, _views: int) -> None:
    sheet.frame(0.0, RED, 3)
    sheet.words("EDGE", (0.5, 0.025), 0.025, RED)
    for inset, colour, name in _MARGINS:
        sheet.frame(inset, colour)
        sheet.words(name, (0.5, inset + 0.03), 0.03, colour)
    sheet.ring(0.5, CYAN)
    for x in (0.02, 0.98):
        for y in (0.02, 0.98):
            sheet.box(x - 0.02, y - 0.02, x + 0.02, y + 0.02, RED)
    sheet.words("SAFE", (0.5, 0.5), 0.1, WHITE)


def _centre(sheet: Sheet, _view: int, _views: int) -> None:
    sheet.across(0.5, WHITE)
    sheet.down(0.5, WHITE)
    for radius, colour in ((0.04, AMBER), (0.15, CYAN), (0.3, GREY), (0.45, GREY)):
        sheet.ring(radius, colour)
    for step in range(1, 10):
        share = step / 10
        long = 0.02 if step == 5 else 0.01  # noqa: PLR2004 - the middle
        sheet.box(share - 0.002, 0.5 - long, share + 0.002, 0.5 + long, WHITE)
        sheet.box(0.5 - long, share - 0.002, 0.5 + long, share + 0.002, WHITE)


def _ends(sheet: Sheet, _view: int, _views: int) -> None:
    sheet.frame(0.0, GREY)
    sheet.down(0.5, GREY)
    sheet.box(0.0, 0.0, 1.0, 0.02, AMBER)
    sheet.words("HEAD", (0.5, 0.09), 0.07, AMBER)
    sheet.arrow((0.5, 0.2), (0, -1), 0.06, AMBER)
    sheet.box(0.0, 0.98, 1.0, 1.0, CYAN)
    sheet.words("BASE", (0.5, 0.91), 0.07, CYAN)
    sheet.words("F", (0.5, 0.5), 0.3, WHITE)


def _eyes(sheet: Sheet, view: int, views: int) -> None:
    left = view < views / 2
    colour, name = (RED, "LEFT EYE") if left else (BLUE, "RIGHT EYE")
    sheet.box(0.0, 0.0, 1.0, 1.0, (46, 10, 10) if left else (8, 16, 52))
    sheet.frame(0.0, colour, 3)
    sheet.words(name[0], (0.5, 0.42), 0.4, colour)
    sheet.words(name, (0.5, 0.78), 0.06, colour)
    sheet.words("ONLY THIS EYE", (0.5, 0.88), 0.04, WHITE)


def _views(sheet: Sheet, view: int, views: int) -> None:
    colour = view_colour(view, views)
    sheet.box(0.0, 0.0, 1.0, 1.0, colour)
    sheet.frame(0.0, WHITE, 2)
    sheet.words(str(view), (0.5, 0.45), 0.36, BLACK)
    sheet.box(0.1, 0.8, 0.9, 0.84, BLACK)
    place = 0.1 + 0.8 * view / max(views - 1, 1)
    sheet.box(place - 0.02, 0.76, place + 0.02, 0.88, WHITE)


_DRAWERS: Final[Mapping[Card, Callable[[Sheet, int, int], None]]] = {
    Card.GRID: _grid,
    Card.MIRROR: _mirror,
    Card.SAFE_AREA: _safe_area,
    Card.CENTRE: _centre,
    Card.ENDS: _ends,
    Card.EYES: _eyes,
    Card.VIEWS: _views,
}

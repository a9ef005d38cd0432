"""What each golden picture shows, and when a picture counts as the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, TypeAlias

import moderngl
import numpy as np
from numpy.typing import NDArray

from holo_app.bootstrap.picture_files import read_rgb
from holo_app.domain.avatar import FacePose
from holo_app.domain.speech import Viseme
from holo_app.hologram.cast import FigureMaker
from holo_app.hologram.character import Detail
from holo_app.hologram.lightfield.calibration import Calibration
from holo_app.hologram.lightfield.mode import LenticularMode, QuiltMode
from holo_app.hologram.lightfield.quilt import Quilt
from holo_app.hologram.modes import Disc, DisplayMode, Flat, Margins, Pyramid, Size, Stereo
from holo_app.hologram.quality import Quality
from holo_app.hologram.renderer import Renderer, RenderSettings

Picture: TypeAlias = NDArray[np.uint8]
FOLDER: Final = Path(__file__).parent

# Drivers differ by a few levels within the figure and by more in single pixels of its edges; a neighbourhood of 3 x 3 pixels
# evens these out. A retouched face stays within, a lost part, another view or a turned picture does not: test_goldens.py.
MEAN_TOLERANCE: Final = 1.5
MOST_TOLERANCE: Final = 40.0

# no side of it is like the other: a picture that is mirrored or turned is another one
POSE: Final = FacePose(visemes={Viseme.AA: 0.9}, smile=0.3, head=(18.0, 4.0, 6.0), gaze=(-12.0, 3.0), brow_up=0.5)
TIME_S: Final = 1.3

PANEL: Final = Calibration(
    serial="made up", pitch=21.3, slope=-5.2, center=0.37, view_cone=40.0, dpi=120.0, width=90, height=120
)
CELLED: Final = replace(
    PANEL,
    inverted=False,
    cells=(((-0.3, 0.2), (0.3, 0.2), (0.0, -0.3)), ((0.3, 0.25), (-0.3, 0.25), (0.05, -0.25))),
    pattern=2,
)
STILL: Final = RenderSettings(fixed=Quality(1.0, 4, Detail.LOW))
UPRIGHT, LYING, SQUARE = (72, 108), (108, 72), (120, 120)


@dataclass(frozen=True)
class Case:
    """One golden picture."""

    mode: DisplayMode
    size: Size
    settings: RenderSettings = field(default=STILL)


CASES: Final[Mapping[str, Case]] = {
    "flat_0": Case(Flat(), UPRIGHT),
    "flat_90": Case(Flat(turn=90), LYING),
    "flat_180": Case(Flat(turn=180), UPRIGHT),
    "flat_270": Case(Flat(turn=270), LYING),
    "flat_mirrored": Case(Flat(mirrored=True), UPRIGHT),
    "flat_raised": Case(Flat(vertical_offset=0.1), LYING),
    "pyramid_4_in": Case(Pyramid(4, "in"), SQUARE),
    "pyramid_4_out": Case(Pyramid(4, "out", mirror=False), SQUARE),
    "pyramid_3_in": Case(Pyramid(3, "in"), SQUARE),
    "pyramid_3_out": Case(Pyramid(3, "out", mirror=False, gap=0.2), SQUARE),
    "stereo_beside_half": Case(Stereo("side-by-side"), LYING),
    "stereo_beside_full": Case(Stereo("side-by-side", half=False), (144, 72)),
    "stereo_above_half": Case(Stereo("top-bottom"), LYING),
    "stereo_above_full": Case(Stereo("top-bottom", half=False, swapped=True), UPRIGHT),
    "quilt": Case(QuiltMode(Quilt(3, 2, 0.75)), (144, 128)),
    "lenticular": Case(LenticularMode(PANEL, Quilt(4, 2, 0.75), (240, 160)), (90, 120)),
    "lenticular_celled": Case(LenticularMode(CELLED, Quilt(4, 2, 0.75), (240, 160)), (90, 120)),
    "hololuminescent": Case(Margins(), (72, 128)),
    "scan_lines": Case(Flat(), UPRIGHT, replace(STILL, scan_lines=0.6)),
    "bloom": Case(Flat(), UPRIGHT, replace(STILL, bloom=1.0)),
    "bloom_quilt": Case(QuiltMode(Quilt(2, 2, 0.75)), (96, 128), replace(STILL, bloom=1.0)),
    "fan": Case(Disc(hub=0.08), SQUARE),
}


def golden(name: str) -> Picture:
    """The picture as it is kept. Raises: InputError: there is none."""
    return read_rgb(FOLDER / f"{name}.png")


def drawn(ctx: moderngl.Context | Any, figures: FigureMaker, case: Case) -> Picture:
    """The picture as it is drawn now; the context must be current. Any: or what passes for a context."""
    renderer = Renderer(ctx, figures, case.settings)
    texture = ctx.texture(case.size, 3)
    target = ctx.framebuffer([texture])
    try:
        renderer.render(POSE, target, case.size, case.mode, TIME_S)
        pixels = np.frombuffer(target.read(components=3, alignment=1), np.uint8)
        return np.ascontiguousarray(pixels.reshape(case.size[1], case.size[0], 3)[::-1])
    finally:
        renderer.release()
        target.release()
        texture.release()


@dataclass(frozen=True)
class Difference:
    """mean, most: of the colour levels (0..255), the latter after evening out 3 x 3 pixels."""

    mean: float
    most: float

    @property
    def tolerable(self) -> bool:
        return self.mean <= MEAN_TOLERANCE and self.most <= MOST_TOLERANCE


def difference(one: Picture, other: Picture) -> Difference:
    """How far two pictures are apart. Raises: ValueError: they have not the same size."""
    if one.shape != other.shape:
        raise ValueError(f"one picture is {one.shape}, the other {other.shape}")
    apart = one.astype(float) - other.astype(float)
    return Difference(float(np.abs(apart).mean()), float(np.abs(_evened(apart)).max()))


def _evened(values: NDArray[np.float64]) -> NDArray[np.float64]:
    padded = np.pad(values, ((1, 1), (1, 1), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(0, 1))
    mean: NDArray[np.float64] = windows.mean(axis=(-2, -1))
    return mean

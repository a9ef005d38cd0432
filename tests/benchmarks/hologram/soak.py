"""A long animation without a display: does the process grow, and does everything on the graphics card go again?

    python -m tests.benchmarks.hologram.soak [--minutes 30] [--short]

As many frames as so many minutes have at 30 a second, on virtual time, as fast as they can be drawn; each ten virtual seconds
another display mode and size, each minute a new renderer of another quality, as after a lost card. Prints the resident memory,
which holds the textures too where the processor draws, and the live objects of the graphics card; at the end the slope
of each after the first tenth. Ends with 1 if one of them grows. Ids of objects say nothing: Mesa gives each only once.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import moderngl
import numpy as np
import psutil
import structlog

from holo_app.domain.avatar import Mood
from holo_app.domain.speech import Viseme, VisemeCue
from holo_app.hologram.animation import FaceAnimator
from holo_app.hologram.cast import FigureMaker, Sculpted
from holo_app.hologram.character_store import CharacterStore
from holo_app.hologram.gl_context import release, standalone_context
from holo_app.hologram.lightfield.mode import QuiltMode
from holo_app.hologram.lightfield.quilt import Quilt
from holo_app.hologram.modes import Disc, DisplayMode, Flat, Pyramid, Size, Stereo
from holo_app.hologram.plane import KeyKind, KeySettings, PictureFeed, Screened
from holo_app.hologram.quality import LADDER
from holo_app.hologram.renderer import Renderer, RenderSettings

FRAMES_PER_S = 30
SPEECH_S = 4.0
SCENES: tuple[tuple[DisplayMode, Size], ...] = (
    (Flat(), (90, 160)),
    (Pyramid(), (120, 120)),
    (Stereo(), (160, 90)),
    (Flat(turn=90), (160, 90)),
    (QuiltMode(Quilt(3, 2, 0.75)), (144, 128)),
    (Disc(), (100, 100)),
)
QUALITIES = (LADDER[1], LADDER[4], LADDER[6])
COUNTED = ("buffer", "texture", "renderbuffer", "depth_renderbuffer", "framebuffer", "vertex_array", "program", "query")
MOST_KB_PER_MINUTE = 40.0


class Counting:
    """A context that knows how many of its objects are alive: made, and not released."""

    def __init__(self, ctx: moderngl.Context) -> None:
        self.__dict__["_ctx"] = ctx
        self.__dict__["made"] = []

    @property
    def alive(self) -> int:
        # a released object has lost its inner one
        self.__dict__["made"] = [thing for thing in self.made if not isinstance(thing.mglo, moderngl.InvalidObject)]
        return len(self.made)

    def __getattr__(self, name: str) -> Any:
        there = getattr(self._ctx, name)
        if name not in COUNTED:
            return there

        def make(*arguments: Any, **options: Any) -> Any:
            thing = there(*arguments, **options)
            self.made.append(thing)
            return thing

        return make

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._ctx, name, value)


@dataclass
class Curve:
    """What was measured once a virtual minute."""

    minutes: list[float] = field(default_factory=list)
    memory_kb: list[float] = field(default_factory=list)
    objects: list[int] = field(default_factory=list)

    def slope(self, values: list[float] | list[int]) -> float:
        """Per minute, by least squares, after the first tenth."""
        start = len(values) // 10
        if len(values) - start < 2:
            return 0.0
        return float(np.polyfit(self.minutes[start:], values[start:], 1)[0])


class Stage:
    """A renderer with its target, on the counted context."""

    def __init__(self, ctx: Any, figures: FigureMaker) -> None:
        self._ctx = ctx
        self._figures = figures
        self._qualities = cycle(QUALITIES)
        self._renderer = self._new()
        self._target: moderngl.Framebuffer | None = None
        self._texture: moderngl.Texture | None = None

    def resize(self, size: Size) -> None:
        self._drop_target()
        self._texture = self._ctx.texture(size, 3)
        self._target = self._ctx.framebuffer([self._texture])

    def draw(self, animator: FaceAnimator, at_s: float, mode: DisplayMode, size: Size) -> None:
        assert self._target is not None
        pose = animator.pose(at_s, at_s % SPEECH_S, Mood.SPEAKING)
        self._renderer.render(pose, self._target, size, mode, at_s)

    def again(self) -> None:
        self._renderer.release()
        self._renderer = self._new()

    def close(self) -> None:
        self._renderer.release()
        self._drop_target()

    def _new(self) -> Renderer:
        # not left to the machine's speed: a step up after minutes would look like growth
        return Renderer(self._ctx, self._figures, RenderSettings(fixed=next(self._qualities)))

    def _drop_target(self) -> None:
        if self._target is not None and self._texture is not None:
            self._target.release()
            self._texture.release()


def frames(minutes: float) -> Iterator[tuple[int, float]]:
    for number in range(round(minutes * 60 * FRAMES_PER_S)):
        yield number, number / FRAMES_PER_S


def soak(ctx: Any, figures: FigureMaker, feed: PictureFeed, minutes: float, every_s: float) -> Curve:
    """every_s: virtual seconds between two measurements, and two renderers."""
    stage, curve, process = Stage(ctx, figures), Curve(), psutil.Process()
    animator, scenes = FaceAnimator(3), cycle(SCENES)
    shapes = [viseme for viseme in Viseme if viseme is not Viseme.SIL]
    mode, size = SCENES[0]
    for number, at_s in frames(minutes):
        if number % round(min(10.0, every_s / 6) * FRAMES_PER_S) == 0:
            mode, size = next(scenes)
            stage.resize(size)
        if number % round(SPEECH_S * FRAMES_PER_S) == 0:
            animator.cut(0.0)
            animator.schedule(
                VisemeCue(shapes[k * 5 % 14], k * 0.1, k * 0.1 + 0.09) for k in range(round(SPEECH_S * 10))
            )
        feed.show(np.full((32 + number // 300 % 7, 48, 4), number % 256, np.uint8))
        stage.draw(animator, at_s, mode, size)
        if (number + 1) % round(every_s * FRAMES_PER_S) == 0:
            stage.again()
            measured(curve, ctx, at_s / 60, process)
    stage.close()
    return curve


def measured(curve: Curve, ctx: Any, minute: float, process: psutil.Process) -> None:
    curve.minutes.append(minute)
    curve.objects.append(ctx.alive)
    curve.memory_kb.append(process.memory_info().rss / 1024)
    sys.stdout.write(f"{minute:7.1f} min  {curve.memory_kb[-1] / 1024:7.1f} MB  {curve.objects[-1]:4} objects\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--short", action="store_true", help="a few virtual seconds: for the suite")
    parser.add_argument("--plane", action="store_true", help="a keyed video in the character's place")
    given = parser.parse_args()
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    own = standalone_context()
    ctx, feed = Counting(own), PictureFeed()
    with tempfile.TemporaryDirectory() as folder:
        figures: FigureMaker = Sculpted(CharacterStore(Path(folder)))
        if given.plane:
            figures = Screened(feed, key=KeySettings(KeyKind.CHROMA))
        minutes, every_s = (0.2, 2.0) if given.short else (given.minutes, 60.0)
        curve = soak(ctx, figures, feed, minutes, every_s)
    left = ctx.alive
    memory, objects = curve.slope(curve.memory_kb), curve.slope(curve.objects)
    print(f"per minute: {memory:.1f} KB, {objects:.3f} objects; {left} objects left at the end")
    release(own)
    # a few seconds say nothing about memory
    return int(left > 0 or abs(objects) > 0.01 or (not given.short and memory > MOST_KB_PER_MINUTE))


if __name__ == "__main__":
    sys.exit(main())

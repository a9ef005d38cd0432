"""Our renderer's side: without a display, whole frames at full quality, as many samples per pixel as Qt's: one."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import structlog

from holo_app.hologram.cast import Sculpted
from holo_app.hologram.character import Detail
from holo_app.hologram.character_store import CharacterStore
from holo_app.hologram.gl_context import standalone_context
from holo_app.hologram.png import encode_png
from holo_app.hologram.quality import Quality
from holo_app.hologram.renderer import FEW_ROWS, Renderer, RenderSettings
from tests.benchmarks.hologram.sides.asked import answer
from tests.benchmarks.hologram.sides.cases import CASES, FRAMES_PER_S, character, talking


class Ours:
    def __init__(self, cache_dir: Path, case: str, mesh: str, *, per_vertex: bool) -> None:
        self._ctx = standalone_context()
        self._case = CASES[case]
        self._poses = talking(120)
        plan = self._case.mode.plan(self._case.size)
        small = plan.picture[1] * plan.views[0].area[3] < FEW_ROWS
        level = mesh == "level" and small
        mesh_drawn = CharacterStore(cache_dir)(Detail.LOW) if level else character(cache_dir, mesh)
        self._renderer = Renderer(
            self._ctx,
            Sculpted(lambda _detail, _look: mesh_drawn, per_vertex=per_vertex),
            RenderSettings(fixed=Quality(1.0, 0, Detail.NORMAL)),
        )
        self._target = self._ctx.framebuffer([self._ctx.texture(self._case.size, 4)])

    def frame(self, number: int) -> float:
        pose = self._poses[number % len(self._poses)]
        began = time.perf_counter()
        self._renderer.render(pose, self._target, self._case.size, self._case.mode, number / FRAMES_PER_S)
        self._ctx.finish()
        return (time.perf_counter() - began) * 1e3

    def save(self, path: Path) -> None:
        width, height = self._case.size
        pixels = np.frombuffer(self._target.read(components=3, alignment=1), np.uint8).reshape(height, width, 3)
        path.write_bytes(encode_png(np.ascontiguousarray(pixels[::-1])))


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    answer(Ours)

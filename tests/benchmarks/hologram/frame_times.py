"""Frame times of the hologram without a display: flat at 1080x1920 at each quality, and the pyramid.

    python -m tests.benchmarks.hologram.frame_times [--short]

Columns: median and 95th percentile of the wall time of whole frames, morphs and waiting for the card included, and the
processor time of all threads per frame: on a software rasteriser it tells the truth on a busy machine too.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import moderngl

from holo_app.domain.avatar import FacePose
from holo_app.hologram.cast import Sculpted
from holo_app.hologram.character import Detail, Morpher
from holo_app.hologram.character_store import CharacterStore
from holo_app.hologram.gl_context import standalone_context
from holo_app.hologram.modes import DisplayMode, Flat, Pyramid, Size
from holo_app.hologram.quality import LADDER, Quality
from holo_app.hologram.renderer import Renderer, RenderSettings
from tests.benchmarks.hologram.sides.cases import FRAMES_PER_S, talking

WINDOW = (1080, 1920)
WARM_UP = 5


@dataclass(frozen=True)
class Case:
    name: str
    quality: Quality
    mode: DisplayMode
    size: Size


def processor_ms() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return (usage.ru_utime + usage.ru_stime) * 1e3


def measure(ctx: moderngl.Context, store: CharacterStore, case: Case, poses: list[FacePose]) -> str:
    renderer = Renderer(ctx, Sculpted(store), RenderSettings(fixed=case.quality))
    texture = ctx.texture(case.size, 4)
    target = ctx.framebuffer([texture])
    walls: list[float] = []
    for k, pose in enumerate(poses):
        if k == WARM_UP:
            processor = processor_ms()
        started = time.perf_counter()
        renderer.render(pose, target, case.size, case.mode, k / FRAMES_PER_S)
        ctx.finish()
        walls.append((time.perf_counter() - started) * 1e3)
    spent = (processor_ms() - processor) / (len(poses) - WARM_UP)
    walls = sorted(walls[WARM_UP:])
    renderer.release()
    target.release()
    texture.release()
    middle, high = walls[len(walls) // 2], walls[int(len(walls) * 0.95)]
    return f"{case.name:44} {middle:8.1f} {high:8.1f} {spent:10.1f}\n"


def morph_ms(store: CharacterStore, poses: list[FacePose]) -> float:
    morpher = Morpher(store(Detail.NORMAL))
    started = time.process_time()
    for pose in poses:
        morpher.apply(pose)
    return (time.process_time() - started) * 1e3 / len(poses)


def cases() -> list[Case]:
    flat = [
        Case(f"flat 1080x1920 scale {q.scale:.2f} {q.detail.name.lower()} samples {q.samples}", q, Flat(), WINDOW)
        for q in LADDER
    ]
    return [*flat, Case("pyramid 1080x1080 scale 1.00 normal", LADDER[-2], Pyramid(), (1080, 1080))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="20 frames per case instead of 150")
    poses = talking(20 if parser.parse_args().short else 150)
    ctx = standalone_context()
    with tempfile.TemporaryDirectory() as folder:
        store = CharacterStore(Path(folder))
        sys.stdout.write(f"{ctx.info['GL_RENDERER']}; morphs {morph_ms(store, poses):.2f} ms per frame\n")
        sys.stdout.write(f"{'':44} {'p50 ms':>8} {'p95 ms':>8} {'processor':>10}\n")
        for case in cases():
            sys.stdout.write(measure(ctx, store, case, poses))
            sys.stdout.flush()


if __name__ == "__main__":
    main()

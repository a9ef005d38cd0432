"""Checks a file before it stands in a shop: what is in it, and each fault with what to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from holo_app.hologram.avatars.faults import Fault, Severity
from holo_app.hologram.avatars.load import Reading, read_avatar
from holo_app.hologram.avatars.skeleton import Bone


@dataclass(frozen=True, slots=True)
class AvatarReport:
    """What a file holds and what is wrong with it.

    kind: the format. mouth: what moves it. head, eyes, blink: whether the figure can turn them or blink. The counts are those
    of the whole file; drawn_vertices those that are seen.
    """

    name: str
    kind: str
    faults: tuple[Fault, ...]
    vertices: int = 0
    triangles: int = 0
    drawn_vertices: int = 0
    joints: int = 0
    morphs: int = 0
    pictures: int = 0
    mouth: str = ""
    head: bool = False
    eyes: bool = False
    blink: bool = False

    @property
    def accepted(self) -> bool:
        """Whether it can be used."""
        return not any(fault.severity is Severity.ERROR for fault in self.faults)


def check_avatar(path: Path) -> AvatarReport:
    """Read a file as if to use it, and report. Raises nothing for a bad or missing file."""
    reading = read_avatar(path)
    faults = tuple(sorted(reading.findings.faults, key=lambda fault: list(Severity).index(fault.severity)))
    report = AvatarReport(path.name, _kind(reading), faults)
    if reading.body is None:
        return report
    body, controls = reading.body, reading.controls
    jaw = "the jaw's bone" if Bone.JAW in reading.skeleton else ""
    return AvatarReport(
        report.name,
        report.kind,
        faults,
        vertices=len(body.positions),
        triangles=body.count,
        drawn_vertices=len(reading.avatar.shape.positions) if reading.avatar else 0,
        joints=len(body.bones),
        morphs=len(body.morphs),
        pictures=reading.pictures,
        mouth=(controls.mouth if controls else "") or jaw,
        head=Bone.HEAD in reading.skeleton,
        eyes=reading.avatar is not None and reading.avatar.rig.looks,
        blink=controls is not None and bool(controls.made.get("eyeBlinkLeft")),
    )


def _kind(reading: Reading) -> str:
    if reading.document is None:
        return "unknown"
    if reading.vrm is None:
        return f"glTF {reading.document.gltf.asset.version}"
    return f"VRM {reading.vrm.spec_version}" if reading.vrm.spec_version != "0" else "VRM 0"

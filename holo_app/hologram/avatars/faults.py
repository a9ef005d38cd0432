"""What can be wrong with a file from another tool, by name, with what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from holo_app.errors import InputError


class Severity(StrEnum):
    """error: the file is refused. warning: it is used, but not as well as it could be. note: for completeness."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


_AGAIN: Final = "Export it again from the tool that made it, as a single .glb file."


class FaultCode(StrEnum):
    """The names; they stay the same."""

    UNREADABLE = "unreadable"
    NOT_GLTF = "not_gltf"
    BAD_DOCUMENT = "bad_document"
    OLD_VERSION = "old_version"
    TOO_BIG = "too_big"
    NEEDS_EXTENSION = "needs_extension"
    MISSING_BUFFER = "missing_buffer"
    OUTSIDE_FOLDER = "outside_folder"
    BAD_DATA = "bad_data"
    BAD_HIERARCHY = "bad_hierarchy"
    EMPTY = "empty"
    NOT_FINITE = "not_finite"
    BAD_TRIANGLES = "bad_triangles"
    BAD_SKIN = "bad_skin"
    BAD_MORPH = "bad_morph"
    BAD_PICTURE = "bad_picture"
    TOO_MANY_VERTICES = "too_many_vertices"
    TOO_MANY_JOINTS = "too_many_joints"
    TOO_MANY_MORPHS = "too_many_morphs"
    TOO_MUCH_TEXTURE = "too_much_texture"
    NO_MOUTH = "no_mouth"
    ROUGH_MOUTH = "rough_mouth"
    NO_BLINK = "no_blink"
    NO_HEAD = "no_head"
    NO_EYES = "no_eyes"
    TURNED_AWAY = "turned_away"
    LYING = "lying"
    CENTIMETRES = "centimetres"
    HEAVY = "heavy"
    PICTURE_SCALED = "picture_scaled"
    NORMALS_MADE = "normals_made"
    WEIGHTS_MENDED = "weights_mended"
    IGNORED = "ignored"


_ERROR, _WARNING, _NOTE = Severity
_KINDS: Final[Mapping[FaultCode, tuple[Severity, str]]] = {
    FaultCode.UNREADABLE: (_ERROR, "See that the file is there and that this user may read it."),
    FaultCode.NOT_GLTF: (_ERROR, "Give a .glb, .gltf or .vrm file; other formats can be converted with Blender."),
    FaultCode.BAD_DOCUMENT: (_ERROR, _AGAIN),
    FaultCode.OLD_VERSION: (_ERROR, "Export it again as glTF 2.0."),
    FaultCode.TOO_BIG: (_ERROR, "Export it with fewer vertices and smaller textures."),
    FaultCode.NEEDS_EXTENSION: (_ERROR, "Export it again without that compression or extension."),
    FaultCode.MISSING_BUFFER: (_ERROR, "Put the file beside the .gltf file again, or export a single .glb file."),
    FaultCode.OUTSIDE_FOLDER: (
        _ERROR,
        "Put all files into the folder of the .gltf file, or export a single .glb file.",
    ),
    FaultCode.BAD_DATA: (_ERROR, _AGAIN),
    FaultCode.BAD_HIERARCHY: (_ERROR, _AGAIN),
    FaultCode.EMPTY: (_ERROR, "Export it again with its meshes visible and selected."),
    FaultCode.NOT_FINITE: (_ERROR, "Repair the mesh (in Blender: Mesh, Clean Up), then export it again."),
    FaultCode.BAD_TRIANGLES: (_ERROR, _AGAIN),
    FaultCode.BAD_SKIN: (_ERROR, "Export it again with its armature, at most 4 influences per vertex."),
    FaultCode.BAD_MORPH: (_ERROR, "Repair or remove that morph (in Blender: shape key), then export it again."),
    FaultCode.BAD_PICTURE: (_ERROR, "Save that texture again as PNG or JPEG, then export the file again."),
    FaultCode.TOO_MANY_VERTICES: (_ERROR, "Simplify the mesh (in Blender: Decimate) before the export."),
    FaultCode.TOO_MANY_JOINTS: (_ERROR, "Remove bones that a bust does not need before the export."),
    FaultCode.TOO_MANY_MORPHS: (_ERROR, "Keep the visemes and the ARKit morphs only."),
    FaultCode.TOO_MUCH_TEXTURE: (_ERROR, "Use fewer or smaller textures, such as an atlas of 2048 pixels."),
    FaultCode.NO_MOUTH: (
        _ERROR,
        "Export it with morphs for the mouth: the 15 Oculus visemes (viseme_aa …), the 52 ARKit names (jawOpen …), or as VRM.",
    ),
    FaultCode.ROUGH_MOUTH: (_WARNING, "Export it with the 15 Oculus visemes for lips that can be read."),
    FaultCode.NO_BLINK: (_WARNING, "Export it with eyeBlinkLeft and eyeBlinkRight, or the VRM expression blink."),
    FaultCode.NO_HEAD: (
        _WARNING,
        "Name the head's bone Head, or export it as VRM; until then what is above the neck is turned.",
    ),
    FaultCode.NO_EYES: (_WARNING, "Name the eyes' bones LeftEye and RightEye, or add the ARKit eyeLook morphs."),
    FaultCode.TURNED_AWAY: (_WARNING, "It is turned for you; turn it to face +Z in its own tool to be sure."),
    FaultCode.LYING: (_ERROR, "Turn it upright, +Y up, in its own tool."),
    FaultCode.CENTIMETRES: (_WARNING, "It is scaled for you; glTF counts in metres."),
    FaultCode.HEAVY: (_WARNING, "A kiosk without a graphics card will draw it slowly: simplify it there."),
    FaultCode.PICTURE_SCALED: (_NOTE, "Nothing to do; smaller textures load faster."),
    FaultCode.NORMALS_MADE: (_NOTE, "Nothing to do; exported normals may look better."),
    FaultCode.WEIGHTS_MENDED: (_NOTE, "Nothing to do; look at the figure's shoulders and neck once."),
    FaultCode.IGNORED: (_NOTE, "Nothing to do."),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One finding. text: what is so in this file, a clause without a full stop."""

    code: FaultCode
    text: str

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return _KINDS[self.code][0]

    @property
    def fix(self) -> str:
        """What to do, in one sentence."""
        return _KINDS[self.code][1]


class RefusedError(Exception):
    """The file cannot be read on from here. Never leaves this package."""

    def __init__(self, code: FaultCode, text: str) -> None:
        super().__init__(text)
        self.fault = Fault(code, text)


@dataclass(slots=True)
class Findings:
    """What was found so far: reading goes on after a fault where it can, so that all are named at once."""

    faults: list[Fault] = field(default_factory=list)

    def add(self, code: FaultCode, text: str) -> None:
        """Note a fault once."""
        fault = Fault(code, text)
        if fault not in self.faults:
            self.faults.append(fault)

    @property
    def errors(self) -> tuple[Fault, ...]:
        """What the file must be refused for."""
        return tuple(fault for fault in self.faults if fault.severity is Severity.ERROR)

    def raise_errors(self, name: str) -> None:
        """Raises InputError: there are errors; one line for each."""
        if self.errors:
            lines = [f"{fault.text}. {fault.fix} [{fault.code.value}]" for fault in self.errors]
            raise InputError(f"{name} cannot be used", lines)

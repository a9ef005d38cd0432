"""Reads what VRM says about a figure: bones, expressions, eyes. VRM 0 is read as the VRM 1.0 that it would be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from holo_app.hologram.avatars.document import problem_of
from holo_app.hologram.avatars.faults import FaultCode, Findings, RefusedError
from holo_app.hologram.avatars.schema import Gltf, Vrm

_OLD_PRESETS: Final[Mapping[str, str]] = {
    "a": "aa", "i": "ih", "u": "ou", "e": "ee", "o": "oh", "blink": "blink", "blink_l": "blinkLeft",
    "blink_r": "blinkRight", "joy": "happy", "angry": "angry", "sorrow": "sad", "fun": "relaxed", "lookup": "lookUp",
    "lookdown": "lookDown", "lookleft": "lookLeft", "lookright": "lookRight", "neutral": "neutral",
}  # fmt: skip


def read_vrm(gltf: Gltf, findings: Findings) -> Vrm | None:
    """What VRM says, None for a plain glTF. Raises: RefusedError: the extension does not hold."""
    if "VRMC_springBone" in gltf.extensions:
        findings.add(FaultCode.IGNORED, "its hair and clothes do not swing (VRMC_springBone)")
    if "VRMC_node_constraint" in gltf.extensions_used:
        findings.add(FaultCode.IGNORED, "its twist bones do not follow others (VRMC_node_constraint)")
    try:
        if "VRMC_vrm" in gltf.extensions:
            return Vrm.model_validate(gltf.extensions["VRMC_vrm"])
        if "VRM" in gltf.extensions:
            return Vrm.model_validate(_from_old(gltf.extensions["VRM"], gltf))
    except ValidationError as error:
        raise RefusedError(FaultCode.BAD_DOCUMENT, f"its VRM data do not hold: {problem_of(error)}") from None
    except (KeyError, TypeError, AttributeError, ValueError):
        raise RefusedError(FaultCode.BAD_DOCUMENT, "its VRM 0 data do not hold") from None
    return None


def _from_old(old: Any, gltf: Gltf) -> dict[str, Any]:
    """VRM 0.x in the form of 1.0; what it says wrongly is found by whoever checks that form."""
    showing: dict[int, list[int]] = {}
    for number, node in enumerate(gltf.nodes):
        if node.mesh is not None:
            showing.setdefault(node.mesh, []).append(number)
    presets = {}
    for group in old.get("blendShapeMaster", {}).get("blendShapeGroups", []):
        preset = _OLD_PRESETS.get(str(group.get("presetName", "")).lower())
        if preset is not None:
            presets[preset] = {
                "morphTargetBinds": [
                    {"node": node, "index": bind["index"], "weight": float(bind["weight"]) / 100}
                    for bind in group.get("binds", [])
                    for node in showing.get(bind["mesh"], [])
                ]
            }
    bones = old.get("humanoid", {}).get("humanBones", [])
    return {
        "specVersion": "0",
        "humanoid": {"humanBones": {bone["bone"]: {"node": bone["node"]} for bone in bones}},
        "expressions": {"preset": presets},
    }

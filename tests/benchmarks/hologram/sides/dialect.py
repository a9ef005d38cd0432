"""Our shaders as Qt Quick 3D takes them for a CustomMaterial: the same text, other words for what comes in and goes out."""

from __future__ import annotations

import re
from typing import Final

_INPUTS: Final = {"in_position": "VERTEX", "in_normal": "NORMAL", "in_paint": "COLOR", "in_finish": "UV0"}
_QML_TYPES: Final = {"float": "real", "vec2": "vector2d", "vec3": "vector3d", "mat3": "matrix4x4"}
_DECLARED: Final = re.compile(r"^(noperspective )?(in|out|uniform) (\w+) (\w+);.*$", re.MULTILINE)


_CHOICE: Final = re.compile(r"^#ifdef LIT_PER_VERTEX\n(.*?)(?:^#else\n(.*?))?^#endif\n", re.MULTILINE | re.DOTALL)
_PASSED: Final = re.compile(r"^#define PASSED(.*)$", re.MULTILINE)


def chosen(text: str, *, per_vertex: bool) -> str:
    """The text with its light worked out per vertex or per pixel, without conditions."""
    text = _CHOICE.sub(lambda found: (found[1] if per_vertex else found[2]) or "", text)
    return _PASSED.sub("", text).replace("PASSED ", "" if per_vertex else "out ")


def vertex(text: str) -> str:
    """The vertex shader; its matrix and its camera are Qt's."""
    text = _spoken(text, "out")
    for ours, theirs in {**_INPUTS, "in_eye": "vec3(UV1, 1.0)"}.items():
        text = re.sub(rf"\b{ours}\b", theirs, text)
    text = text.replace("gl_Position", "POSITION").replace("u_camera", "CAMERA_POSITION")
    return text.replace("u_project", "MODELVIEWPROJECTION_MATRIX").replace("u_turn", "mat3(u_turn)")


def fragment(text: str) -> str:
    """The fragment shader."""
    return _spoken(text, "in").replace("out_colour", "FRAGCOLOR")


def properties(*texts: str) -> dict[str, str]:
    """The uniforms by name, with the QML types of the properties that set them."""
    found = {name: kind for text in texts for _, word, kind, name in _DECLARED.findall(text) if word == "uniform"}
    return {name: _QML_TYPES[kind] for name, kind in found.items() if kind in _QML_TYPES and name != "u_camera"}


def _spoken(text: str, varying: str) -> str:
    text = re.sub(r"^#version.*$", "", text, flags=re.MULTILINE)
    text = _DECLARED.sub(lambda found: f"VARYING {found[3]} {found[4]};" if found[2] == varying else "", text)
    return text.replace("void main()", "void MAIN()")

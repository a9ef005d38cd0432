"""The other side: the same mesh, poses, cameras and shaders in Qt Quick 3D, drawn into a picture without a window.

Runs in an environment of its own; see `against_qt_quick_3d`. Morphs are applied as ours are, and only the vertices that move
are handed over, which was faster here than Qt's own morph targets.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from PySide6.QtCore import QByteArray, QSize, QUrl
from PySide6.QtGui import (
    QGuiApplication,
    QMatrix4x4,
    QOffscreenSurface,
    QOpenGLContext,
    QSurfaceFormat,
    QVector2D,
    QVector3D,
)
from PySide6.QtOpenGL import QOpenGLFramebufferObject
from PySide6.QtQml import QQmlComponent, QQmlEngine
from PySide6.QtQuick import (
    QQuickGraphicsDevice,
    QQuickItem,
    QQuickRenderControl,
    QQuickRenderTarget,
    QQuickWindow,
    QSGRendererInterface,
)
from PySide6.QtQuick3D import QQuick3DGeometry

from holo_app.domain.avatar import FacePose
from holo_app.hologram.camera import FADE, turn
from holo_app.hologram.character import Character, Morpher
from holo_app.hologram.modes import Plan, View
from holo_app.hologram.palette import Palette
from holo_app.hologram.scene import NECK_PIVOT, _paint, eyes_of, shader
from tests.benchmarks.hologram.sides import dialect
from tests.benchmarks.hologram.sides.asked import answer
from tests.benchmarks.hologram.sides.cases import CASES, character, talking

_STRIDE = 14  # floats: position 3, normal 3, paint 4, finish 2, eye 2
_LINE_PIXELS = 13.0


class Mesh(QQuick3DGeometry):
    """Our mesh as Qt takes it; `move` hands over the vertices that a pose moved."""

    def __init__(self, drawn: Character, triangles: np.ndarray[Any, Any]) -> None:
        super().__init__()
        paint = np.frombuffer(_paint(drawn, Palette()), np.uint8).reshape(-1, 4).astype(np.float32) / 255
        finish = np.stack([drawn.gloss, drawn.head], -1)
        parts: list[np.ndarray[Any, Any]] = [drawn.positions, drawn.normals, paint, finish, drawn.eye[:, :2]]
        self._values = np.ascontiguousarray(np.concatenate(parts, axis=1).astype(np.float32))
        self.setStride(_STRIDE * 4)
        semantics = QQuick3DGeometry.Attribute.Semantic
        floats = QQuick3DGeometry.Attribute.ComponentType.F32Type
        layout = [
            (semantics.PositionSemantic, 0),
            (semantics.NormalSemantic, 3),
            (semantics.ColorSemantic, 6),
            (semantics.TexCoord0Semantic, 10),
            (semantics.TexCoord1Semantic, 12),
        ]
        for semantic, offset in layout:
            self.addAttribute(semantic, offset * 4, floats)
        self.addAttribute(semantics.IndexSemantic, 0, QQuick3DGeometry.Attribute.ComponentType.U32Type)
        self.setPrimitiveType(QQuick3DGeometry.PrimitiveType.Triangles)
        self.setBounds(QVector3D(-30, -40, -30), QVector3D(30, 30, 30))
        self.setIndexData(QByteArray(triangles.astype(np.uint32).tobytes()))
        self.setVertexData(QByteArray(self._values.tobytes()))

    def move(self, moved: np.ndarray[Any, Any]) -> None:
        self._values[: len(moved), :6] = moved
        self.setVertexData(0, QByteArray(self._values[: len(moved)].tobytes()))
        self.update()


class QtQuick3D:
    def __init__(self, cache_dir: Path, case: str, mesh: str, *, per_vertex: bool) -> None:
        self._case = CASES[case]
        self._poses = talking(120)
        drawn = character(cache_dir, mesh)
        self._morpher = Morpher(drawn)
        self._window = _Offscreen(self._case.size)
        self._body, self._eyes = Mesh(drawn, drawn.triangles), Mesh(drawn, drawn.eye_triangles)
        plan = self._case.mode.plan(self._case.size)
        self._rows = plan.picture[1] * plan.views[0].area[3]
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            text = _qml(folder, plan, self._case.size, per_vertex=per_vertex)
            self._root = self._window.load(text, folder, {"body": self._body, "eyes": self._eyes})
            self._window.draw()  # the shaders are read now

    def frame(self, number: int) -> float:
        pose = self._poses[number % len(self._poses)]
        began = time.perf_counter()
        self._set(pose, number / 30)
        self._window.draw()
        return (time.perf_counter() - began) * 1e3

    def save(self, path: Path) -> None:
        self._window.picture.toImage().save(str(path))

    def _set(self, pose: FacePose, time_s: float) -> None:
        moved = self._morpher.apply(pose)
        self._body.move(moved)
        self._eyes.move(moved)
        eyes = eyes_of(pose)
        turned = np.eye(4)
        turned[:3, :3] = turn(*pose.head)
        for name, value in {
            "u_turn": QMatrix4x4(*turned.ravel().tolist()),
            "u_breath": float(pose.breath),
            "u_gaze": QVector2D(*eyes.gaze),
            "u_blink": float(eyes.blink),
            "u_squint": float(eyes.squint),
            "u_lines": QVector2D(self._rows / _LINE_PIXELS, time_s * 0.6 % 1.0),
        }.items():
            self._root.setProperty(name, value)


class _Offscreen:
    """A Quick scene that is drawn when it is told to, into a picture."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._surface = QOffscreenSurface()
        self._surface.create()
        self._context = QOpenGLContext()
        if not self._context.create() or not self._context.makeCurrent(self._surface):
            raise RuntimeError("no OpenGL context")
        self._control = QQuickRenderControl()
        self._window = QQuickWindow(self._control)
        self._window.setColor("black")
        self._window.setGeometry(0, 0, *size)
        self._window.setGraphicsDevice(QQuickGraphicsDevice.fromOpenGLContext(self._context))
        if not self._control.initialize():
            raise RuntimeError("Qt Quick could not be started")
        self.picture = QOpenGLFramebufferObject(QSize(*size))
        self._window.setRenderTarget(QQuickRenderTarget.fromOpenGLTexture(self.picture.texture(), QSize(*size)))
        self._engine = QQmlEngine()

    def load(self, text: str, folder: Path, given: dict[str, object]) -> QQuickItem:
        component = QQmlComponent(self._engine)
        component.setData(QByteArray(text.encode()), QUrl.fromLocalFile(str(folder / "Scene.qml")))
        root = component.createWithInitialProperties(given)
        if not isinstance(root, QQuickItem):
            faults = "; ".join(error.toString() for error in component.errors())
            raise RuntimeError(faults)  # noqa: TRY004 - the text has the fault, not the type
        root.setParentItem(self._window.contentItem())
        self._component = component
        self._root = root
        return root

    def draw(self) -> None:
        QGuiApplication.processEvents()
        self._control.polishItems()
        self._control.beginFrame()
        self._control.sync()
        self._control.render()
        self._control.endFrame()
        self._context.functions().glFinish()


def _qml(folder: Path, plan: Plan, size: tuple[int, int], *, per_vertex: bool) -> str:
    texts = {}
    for kind, vertices in (("figure", per_vertex), ("eyes", False)):
        for end, said in (("vert", dialect.vertex), ("frag", dialect.fragment)):
            text = dialect.chosen(shader("figure.vert" if end == "vert" else f"{kind}.frag"), per_vertex=vertices)
            texts[f"{kind}.{end}"] = text
            (folder / f"{kind}.{end}").write_text(said(text), encoding="utf-8")
    uniforms = dialect.properties(*texts.values())
    constant = _constants()
    declared = "\n".join(f"property {kind} {name}{constant.get(name, '')}" for name, kind in uniforms.items())
    materials = "\n".join(_material(kind, texts, uniforms) for kind in ("figure", "eyes"))
    placed = "\n".join(_view(number, view, plan.picture) for number, view in enumerate(plan.views))
    drawn = placed if not plan.roomy or plan.picture == size else _copies(placed, plan.picture, size)
    return f"""
import QtQuick
import QtQuick3D
Item {{
    id: root
    property var body
    property var eyes
    width: {size[0]}; height: {size[1]}
    {declared}
    {materials}
    Node {{
        id: figure
        Model {{ geometry: root.body; materials: [figureMaterial] }}
        Model {{ geometry: root.eyes; materials: [eyesMaterial] }}
    }}
    {drawn}
}}
"""


def _constants() -> dict[str, str]:
    palette = Palette()
    names = ("key", "shadow", "rim", "rim_far", "sclera", "iris", "iris_glow", "lash")
    vectors = {f"u_{name}": getattr(palette, name) for name in names}
    vectors |= {"u_pivot": NECK_PIVOT}
    said = {name: f": Qt.vector3d({', '.join(map(str, value))})" for name, value in vectors.items()}
    return said | {"u_fade": f": Qt.vector2d({FADE[0]}, {FADE[1]})", "u_line_strength": ": 0.1"}


def _material(kind: str, texts: dict[str, str], uniforms: dict[str, str]) -> str:
    used = dialect.properties(texts[f"{kind}.vert"], texts[f"{kind}.frag"])
    bound = "\n".join(f"property {uniforms[name]} {name}: root.{name}" for name in used)
    blending = "sourceBlend: CustomMaterial.SrcAlpha; destinationBlend: CustomMaterial.OneMinusSrcAlpha"
    return f"""
    CustomMaterial {{
        id: {kind}Material
        shadingMode: CustomMaterial.Unshaded
        cullMode: Material.BackFaceCulling
        vertexShader: "{kind}.vert"; fragmentShader: "{kind}.frag"
        {blending if kind == "eyes" else ""}
        {bound}
    }}"""


def _view(number: int, view: View, picture: tuple[int, int]) -> str:
    x, y, width, height = view.area
    place = (x * picture[0], (1 - y - height) * picture[1], width * picture[0], height * picture[1])
    left, top, wide, high = (round(value) for value in place)
    eye = np.eye(4)
    eye[:3, 3] = view.camera.position
    project = ", ".join(f"{value:.9g}" for value in (view.camera.matrix.astype(float) @ eye).ravel())
    position = ", ".join(map(str, view.camera.position))
    return f"""
    View3D {{
        x: {left}; y: {top}; width: {wide}; height: {high}
        importScene: figure
        camera: camera{number}
        CustomCamera {{ id: camera{number}; position: Qt.vector3d({position}); projection: Qt.matrix4x4({project}) }}
        environment: SceneEnvironment {{ backgroundMode: SceneEnvironment.Color; clearColor: "black" }}
    }}"""


def _copies(view: str, picture: tuple[int, int], size: tuple[int, int]) -> str:
    """Drawn once and shown on four sides, which is the cheapest way in Qt Quick too."""
    edge = picture[0]
    left, top = (size[0] - edge) / 2, size[1] / 2 + size[0] / 2 - edge
    return f"""
    Item {{ id: one; width: {edge}; height: {edge}; {view} }}
    ShaderEffectSource {{ id: shot; sourceItem: one; hideSource: true; visible: false; width: {edge}; height: {edge} }}
    Repeater {{
        model: 4
        Item {{
            width: root.width; height: root.height; rotation: index * 90
            ShaderEffect {{
                property variant source: shot
                x: {left}; y: {top}; width: {edge}; height: {edge}
                transform: Scale {{ origin.x: {edge / 2}; origin.y: {edge / 2}; yScale: -1 }}
            }}
        }}
    }}"""


if __name__ == "__main__":
    os.environ.setdefault("QSG_RENDER_LOOP", "basic")
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    QQuickWindow.setGraphicsApi(QSGRendererInterface.GraphicsApi.OpenGL)
    surface = QSurfaceFormat()
    surface.setVersion(4, 3)
    surface.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    QSurfaceFormat.setDefaultFormat(surface)
    app = QGuiApplication(["qt_quick_3d"])
    answer(QtQuick3D)
    sys.stdout.flush()
    # Qt and PySide do not agree on who lets go of a render control first; there is nothing left to lose
    os._exit(0)

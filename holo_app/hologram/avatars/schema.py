"""The part of a glTF 2.0 document that we read, as types that hold: whatever JSON says otherwise is refused by place.

Source: Khronos Group, glTF 2.0 specification; VRM Consortium, VRMC_vrm-1.0.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Index = Annotated[int, Field(ge=0, le=2**31)]
Vec3 = tuple[float, float, float]
Vec4 = tuple[float, float, float, float]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False, alias_generator=to_camel)


class Asset(_Part):
    """By which version of the format the file was made."""

    version: str


class Buffer(_Part):
    """Bytes: in the GLB's own chunk where there is no uri."""

    uri: str | None = None
    byte_length: Index


class BufferView(_Part):
    """A stretch of a buffer."""

    buffer: Index
    byte_offset: Index = 0
    byte_length: Index
    byte_stride: Annotated[int, Field(ge=4, le=252)] | None = None


class SparsePart(_Part):
    """Where the indices, or the values, of a sparse accessor lie."""

    buffer_view: Index
    byte_offset: Index = 0
    component_type: Literal[5121, 5123, 5125] = 5125


class Sparse(_Part):
    """Elements that differ from the rest."""

    count: Annotated[int, Field(ge=1)]
    indices: SparsePart
    values: SparsePart


class Accessor(_Part):
    """An array."""

    buffer_view: Index | None = None
    byte_offset: Index = 0
    component_type: Literal[5120, 5121, 5122, 5123, 5125, 5126]
    normalized: bool = False
    count: Annotated[int, Field(ge=1, le=2**31)]
    type: Literal["SCALAR", "VEC2", "VEC3", "VEC4", "MAT2", "MAT3", "MAT4"]
    sparse: Sparse | None = None


class Image(_Part):
    """A picture, in a buffer or a file."""

    uri: str | None = None
    buffer_view: Index | None = None


class Texture(_Part):
    """A picture as it is sampled."""

    source: Index | None = None
    sampler: Index | None = None


class Sampler(_Part):
    """33071: clamp; else repeat."""

    wrap_s: int = 10497
    wrap_t: int = 10497


class TextureRef(_Part):
    """A material's texture."""

    index: Index
    tex_coord: Index = 0
    extensions: dict[str, Any] = {}


class TextureTransform(_Part):
    """KHR_texture_transform."""

    offset: tuple[float, float] = (0.0, 0.0)
    rotation: float = 0.0
    scale: tuple[float, float] = (1.0, 1.0)
    tex_coord: Index | None = None


class Metallic(_Part):
    """The material's base colour."""

    base_color_factor: Vec4 = (1.0, 1.0, 1.0, 1.0)
    base_color_texture: TextureRef | None = None


class Material(_Part):
    """A surface."""

    pbr_metallic_roughness: Metallic = Metallic()
    alpha_mode: Literal["OPAQUE", "MASK", "BLEND"] = "OPAQUE"
    alpha_cutoff: float = 0.5
    double_sided: bool = False
    extensions: dict[str, Any] = {}


class Primitive(_Part):
    """A piece of a mesh with one material."""

    attributes: dict[str, Index]
    indices: Index | None = None
    material: Index | None = None
    mode: Annotated[int, Field(ge=0, le=6)] = 4
    targets: list[dict[str, Index]] = []
    extensions: dict[str, Any] = {}


class Mesh(_Part):
    """Pieces that are morphed together."""

    name: str = ""
    primitives: list[Primitive]
    extras: Any = None


class Node(_Part):
    """A joint of the hierarchy."""

    name: str = ""
    children: list[Index] = []
    mesh: Index | None = None
    skin: Index | None = None
    matrix: Annotated[list[float], Field(min_length=16, max_length=16)] | None = None
    translation: Vec3 = (0.0, 0.0, 0.0)
    rotation: Vec4 = (0.0, 0.0, 0.0, 1.0)
    scale: Vec3 = (1.0, 1.0, 1.0)


class Skin(_Part):
    """Which nodes bend a mesh."""

    joints: Annotated[list[Index], Field(min_length=1)]
    inverse_bind_matrices: Index | None = None


class Scene(_Part):
    """What is shown."""

    nodes: list[Index] = []


class Gltf(_Part):
    """The document."""

    asset: Asset
    extensions_required: list[str] = []
    extensions_used: list[str] = []
    extensions: dict[str, Any] = {}
    buffers: list[Buffer] = []
    buffer_views: list[BufferView] = []
    accessors: list[Accessor] = []
    images: list[Image] = []
    textures: list[Texture] = []
    samplers: list[Sampler] = []
    materials: list[Material] = []
    meshes: list[Mesh] = []
    nodes: list[Node] = []
    skins: list[Skin] = []
    scenes: list[Scene] = []
    scene: Index | None = None


class HumanBone(_Part):
    """A VRM bone."""

    node: Index


class Humanoid(_Part):
    """VRM's names of the bones."""

    human_bones: dict[str, HumanBone] = {}


class MorphBind(_Part):
    """What an expression moves."""

    node: Index
    index: Index
    weight: float = 1.0


class VrmExpression(_Part):
    """A VRM expression: morphs that are set together."""

    morph_target_binds: list[MorphBind] = []


class VrmExpressions(_Part):
    """All of them, by name."""

    preset: dict[str, VrmExpression] = {}
    custom: dict[str, VrmExpression] = {}


class RangeMap(_Part):
    """Up to how many degrees the eyes follow, and what they do then."""

    input_max_value: Annotated[float, Field(ge=0)] = 90.0
    output_scale: float = 10.0


class LookAt(_Part):
    """How the eyes turn."""

    type: Literal["bone", "expression"] = "bone"
    range_map_horizontal_inner: RangeMap = RangeMap()
    range_map_horizontal_outer: RangeMap = RangeMap()
    range_map_vertical_down: RangeMap = RangeMap()
    range_map_vertical_up: RangeMap = RangeMap()


class MeshAnnotation(_Part):
    """Who sees a mesh."""

    node: Index
    type: str = "auto"


class FirstPerson(_Part):
    """What only the wearer sees."""

    mesh_annotations: list[MeshAnnotation] = []


class Vrm(_Part):
    """VRMC_vrm."""

    spec_version: str
    humanoid: Humanoid = Humanoid()
    expressions: VrmExpressions = VrmExpressions()
    look_at: LookAt | None = None
    first_person: FirstPerson = FirstPerson()

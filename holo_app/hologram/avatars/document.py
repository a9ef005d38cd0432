"""Opens a .glb, .gltf or .vrm file: its document, checked, and its bytes, never from outside its own folder."""

from __future__ import annotations

import base64
import binascii
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from pydantic import ValidationError

from holo_app.hologram.avatars import limits
from holo_app.hologram.avatars.faults import FaultCode, RefusedError
from holo_app.hologram.avatars.schema import BufferView, Gltf

_MAGIC: Final = b"glTF"
_JSON_CHUNK: Final = 0x4E4F534A
_BINARY_CHUNK: Final = 0x004E4942
_READ: Final = frozenset({"KHR_materials_unlit", "KHR_texture_transform", "KHR_mesh_quantization", "VRMC_vrm"})
# how a surface shines, and how hair swings: without them it looks plainer, and still right
_DISPENSABLE: Final = frozenset({"VRMC_springBone", "VRMC_node_constraint"})
_DISPENSABLE_BEGINNINGS: Final = ("KHR_materials_", "VRMC_materials_", "KHR_lights_")


@dataclass(frozen=True, slots=True)
class Document:
    """A file that is open. folder: where its other files may lie. binary: the GLB's own chunk."""

    gltf: Gltf
    folder: Path
    binary: bytes | None
    _held: dict[int, bytes] = field(default_factory=dict)

    def buffer(self, index: int) -> bytes:
        """A buffer's bytes, read once. Raises: RefusedError."""
        if index >= len(self.gltf.buffers):
            raise RefusedError(FaultCode.BAD_DOCUMENT, f"there is no buffer {index}")
        if index not in self._held:
            buffer = self.gltf.buffers[index]
            if buffer.uri is not None:
                held = self.bytes_of(buffer.uri)
            elif index == 0 and self.binary is not None:
                held = self.binary
            else:
                raise RefusedError(FaultCode.MISSING_BUFFER, f"buffer {index} is neither in the file nor beside it")
            if len(held) < buffer.byte_length:
                said = f"buffer {index} has {len(held)} of its {buffer.byte_length} bytes"
                raise RefusedError(FaultCode.MISSING_BUFFER, said)
            if sum(map(len, self._held.values())) + len(held) > limits.FILE_BYTES:
                raise RefusedError(FaultCode.TOO_BIG, f"its buffers take more than {limits.FILE_BYTES // 2**20} MB")
            self._held[index] = held
        return self._held[index]

    def view(self, index: int) -> tuple[memoryview, BufferView]:
        """A stretch of a buffer. Raises: RefusedError."""
        if index >= len(self.gltf.buffer_views):
            raise RefusedError(FaultCode.BAD_DOCUMENT, f"there is no buffer view {index}")
        view = self.gltf.buffer_views[index]
        end = view.byte_offset + view.byte_length
        if end > self.gltf_buffer_length(view.buffer):
            raise RefusedError(FaultCode.BAD_DATA, f"buffer view {index} ends outside its buffer")
        return memoryview(self.buffer(view.buffer))[view.byte_offset : end], view

    def gltf_buffer_length(self, index: int) -> int:
        """What the document says; the bytes are as many at least."""
        return self.gltf.buffers[index].byte_length if index < len(self.gltf.buffers) else len(self.buffer(index))

    def bytes_of(self, uri: str) -> bytes:
        """What a data URI holds, or a file beside this one. Raises: RefusedError."""
        if uri.startswith("data:"):
            return _from_data_uri(uri)
        return read_limited(self._beside(uri), FaultCode.MISSING_BUFFER)

    def _beside(self, uri: str) -> Path:
        shown = uri[:80]
        parts = urlsplit(uri)
        name = unquote(parts.path)
        if parts.scheme or parts.netloc or not name or "\x00" in name or Path(name).is_absolute():
            raise RefusedError(FaultCode.OUTSIDE_FOLDER, f"it names {shown!r}, which is not a file beside it")
        home = self.folder.resolve()
        path = (home / name).resolve()
        if not path.is_relative_to(home):
            raise RefusedError(FaultCode.OUTSIDE_FOLDER, f"it names {shown!r}, outside its own folder")
        return path


def open_document(path: Path) -> Document:
    """Read a file's document. Raises: RefusedError."""
    content = read_limited(path, FaultCode.UNREADABLE)
    text, binary = _chunks(content) if content[:4] == _MAGIC else (content, None)
    if text.lstrip()[:1] != b"{":
        raise RefusedError(FaultCode.NOT_GLTF, f"{path.name} is not a glTF file")
    if len(text) > limits.JSON_BYTES:
        raise RefusedError(FaultCode.TOO_BIG, f"its document is larger than {limits.JSON_BYTES // 2**20} MB")
    try:
        gltf = Gltf.model_validate_json(text)
    except ValidationError as error:
        raise RefusedError(FaultCode.BAD_DOCUMENT, f"the glTF document does not hold: {_first(error)}") from None
    if not gltf.asset.version.startswith("2."):
        raise RefusedError(FaultCode.OLD_VERSION, f"it is glTF {gltf.asset.version[:20]}")
    _check_extensions(gltf)
    if len(gltf.nodes) > limits.NODES:
        said = f"it has {len(gltf.nodes)} nodes; {limits.NODES} are allowed"
        raise RefusedError(FaultCode.TOO_BIG, said)
    return Document(gltf, path.parent, binary)


def read_limited(path: Path, absent: FaultCode) -> bytes:
    """A file's bytes, if they are not too many. Raises: RefusedError with `absent`, or TOO_BIG."""
    try:
        if not path.is_file():
            raise RefusedError(absent, f"{path.name} is missing")
        with path.open("rb") as stream:
            content = stream.read(limits.FILE_BYTES + 1)
    except OSError as error:
        raise RefusedError(absent, f"{path.name} cannot be read: {error.strerror}") from None
    if len(content) > limits.FILE_BYTES:
        raise RefusedError(FaultCode.TOO_BIG, f"{path.name} is larger than {limits.FILE_BYTES // 2**20} MB")
    return content


def problem_of(error: ValidationError) -> str:
    """The first thing that a document got wrong, by place."""
    return _first(error)


def _first(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(map(str, first["loc"]))
    return f"{where}: {first['msg']}" if where else first["msg"]


def _chunks(content: bytes) -> tuple[bytes, bytes | None]:
    """The JSON and the binary chunk. Source: glTF 2.0, 4.4 (GLB)."""
    try:
        _, version, length = struct.unpack_from("<4sII", content)
        found: dict[int, bytes] = {}
        at = 12
        while at + 8 <= min(length, len(content)):
            size, kind = struct.unpack_from("<II", content, at)
            if at + 8 + size > len(content):
                raise RefusedError(FaultCode.NOT_GLTF, "the GLB file ends too early: it was not copied completely")
            found.setdefault(kind, content[at + 8 : at + 8 + size])
            at += 8 + size
    except struct.error:
        raise RefusedError(FaultCode.NOT_GLTF, "the GLB file ends within its head") from None
    if version != 2:  # noqa: PLR2004 - of the container
        raise RefusedError(FaultCode.OLD_VERSION, f"it is a GLB file of version {version}")
    if length > len(content):
        raise RefusedError(FaultCode.NOT_GLTF, "the GLB file ends too early: it was not copied completely")
    if _JSON_CHUNK not in found:
        raise RefusedError(FaultCode.NOT_GLTF, "the GLB file holds no document")
    return found[_JSON_CHUNK], found.get(_BINARY_CHUNK)


def _from_data_uri(uri: str) -> bytes:
    head, comma, body = uri.partition(",")
    if not comma:
        raise RefusedError(FaultCode.BAD_DATA, "a data URI holds no data")
    try:
        return base64.b64decode(body, validate=True) if head.endswith(";base64") else unquote(body).encode("latin-1")
    except (binascii.Error, ValueError):
        raise RefusedError(FaultCode.BAD_DATA, "a data URI is not base64") from None


def _check_extensions(gltf: Gltf) -> None:
    for name in gltf.extensions_required:
        if name in _READ or name in _DISPENSABLE or name.startswith(_DISPENSABLE_BEGINNINGS):
            continue
        known = {
            "KHR_draco_mesh_compression": "it is compressed with Draco",
            "EXT_meshopt_compression": "it is compressed with meshopt",
            "KHR_meshopt_compression": "it is compressed with meshopt",
            "KHR_texture_basisu": "its textures are KTX2 (Basis Universal)",
            "EXT_texture_webp": "its textures are WebP",
        }
        raise RefusedError(FaultCode.NEEDS_EXTENSION, known.get(name, f"it cannot be read without {name[:60]!r}"))

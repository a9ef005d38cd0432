"""Reads materials and their pictures: what a surface looks like in plain light."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from holo_app.hologram.avatars import limits
from holo_app.hologram.avatars.document import Document
from holo_app.hologram.avatars.faults import FaultCode, Findings, RefusedError
from holo_app.hologram.avatars.pieces import display_colour
from holo_app.hologram.avatars.schema import Material, Sampler

if TYPE_CHECKING:
    from PIL import Image

_CLAMP: Final = 33071
_PLAIN: Final = Material()


@dataclass(frozen=True, slots=True)
class Surface:
    """A material. colour: RGBA as displayed. picture: its number, -1 for none. cutoff: alpha below is not drawn."""

    colour: tuple[float, float, float, float]
    picture: int
    cutoff: float
    blended: bool
    double_sided: bool
    unlit: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """pixels: (H, W, 4) sRGB, top row first. repeated: along u and v, else held at its edges."""

    pixels: NDArray[np.uint8]
    repeated: tuple[bool, bool]


class PictureShelf:
    """The pictures that surfaces use, each decoded once and never larger than limits.PICTURE_KEPT."""

    def __init__(self, document: Document, findings: Findings) -> None:
        self._document = document
        self._findings = findings
        self._places: dict[tuple[int, tuple[bool, bool]], int] = {}
        self._bytes = 0
        self.pictures: list[Picture] = []

    def surface(self, material: int | None) -> Surface:
        """A material as a surface. Raises: RefusedError: it is not there, or its picture cannot be used."""
        materials = self._document.gltf.materials
        if material is not None and material >= len(materials):
            raise RefusedError(FaultCode.BAD_DOCUMENT, f"there is no material {material}")
        described = _PLAIN if material is None else materials[material]
        base = described.pbr_metallic_roughness
        red, green, blue = display_colour(np.array(base.base_color_factor[:3], np.float32)).tolist()
        alpha = min(max(base.base_color_factor[3], 0.0), 1.0)
        return Surface(
            (red, green, blue, alpha),
            -1 if base.base_color_texture is None else self._place(base.base_color_texture.index),
            described.alpha_cutoff if described.alpha_mode == "MASK" else 0.0,
            described.alpha_mode == "BLEND",
            described.double_sided,
            "KHR_materials_unlit" in described.extensions,
        )

    def _place(self, texture: int) -> int:
        gltf = self._document.gltf
        if texture >= len(gltf.textures):
            raise RefusedError(FaultCode.BAD_DOCUMENT, f"there is no texture {texture}")
        described = gltf.textures[texture]
        if described.source is None or described.source >= len(gltf.images):
            raise RefusedError(FaultCode.BAD_PICTURE, f"texture {texture} has no picture that is PNG or JPEG")
        held = described.sampler is not None and described.sampler < len(gltf.samplers)
        sampler = gltf.samplers[described.sampler] if held and described.sampler is not None else Sampler()
        repeated = (sampler.wrap_s != _CLAMP, sampler.wrap_t != _CLAMP)
        key = (described.source, repeated)
        if key not in self._places:
            pixels = decode_picture(self._content(described.source), f"texture {described.source}", self._findings)
            self._bytes += pixels.nbytes
            if self._bytes > limits.PICTURES_BYTES:
                said = f"its textures take more than {limits.PICTURES_BYTES // 2**20} MB"
                raise RefusedError(FaultCode.TOO_MUCH_TEXTURE, said)
            self._places[key] = len(self.pictures)
            self.pictures.append(Picture(pixels, repeated))
        return self._places[key]

    def _content(self, number: int) -> bytes:
        image = self._document.gltf.images[number]
        if image.buffer_view is not None:
            return bytes(self._document.view(image.buffer_view)[0])
        if image.uri is None:
            raise RefusedError(FaultCode.BAD_PICTURE, f"texture {number} is neither in the file nor beside it")
        return self._document.bytes_of(image.uri)


def decode_picture(content: bytes, name: str, findings: Findings) -> NDArray[np.uint8]:
    """A PNG or JPEG as (H, W, 4) sRGB, scaled down to limits.PICTURE_KEPT with a note.

    Raises: RefusedError: another format, damaged, or more pixels than a kiosk should decode.
    """
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - loads only with a file that has pictures

    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as opened:
            warnings.simplefilter("ignore")  # what it says of large pictures is decided here
            width, height = opened.size
            if max(width, height) > limits.PICTURE_EDGE:
                said = f"{name} is {width}×{height} pixels; {limits.PICTURE_EDGE} each way are allowed"
                raise RefusedError(FaultCode.TOO_MUCH_TEXTURE, said)
            pixels = _scaled(opened)
    except UnidentifiedImageError:
        raise RefusedError(FaultCode.BAD_PICTURE, f"{name} is neither PNG nor JPEG") from None
    except Image.DecompressionBombError:
        raise RefusedError(FaultCode.TOO_MUCH_TEXTURE, f"{name} is far larger than a picture of this kind is") from None
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise RefusedError(FaultCode.BAD_PICTURE, f"{name} is damaged ({error})") from None
    if pixels.shape[:2] != (height, width):
        findings.add(
            FaultCode.PICTURE_SCALED,
            f"{name} is {width}×{height} pixels and was scaled down to {pixels.shape[1]}×{pixels.shape[0]}",
        )
    return pixels


def _scaled(opened: Image.Image) -> NDArray[np.uint8]:
    from PIL import Image  # noqa: PLC0415 - as above

    kept = limits.PICTURE_KEPT
    opened.draft("RGB", (kept, kept))  # a JPEG is decoded small at once
    width, height = opened.size
    factor = min(kept / max(width, height), 1.0)
    if factor < 1.0:
        smaller = (max(round(width * factor), 1), max(round(height * factor), 1))
        # in its own mode first: a palette cannot be mixed
        simple = opened if opened.mode in ("RGB", "RGBA", "L") else opened.convert("RGBA")
        return np.asarray(simple.resize(smaller, Image.Resampling.BOX).convert("RGBA"))
    return np.asarray(opened.convert("RGBA"))

"""What a display says of itself: the first 128 bytes of its EDID.

Source: VESA Enhanced EDID Standard, release A, revision 2 (EDID 1.4), section 3. Only what tells displays apart is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_LENGTH: Final = 128
_HEADER: Final = bytes((0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00))
_DESCRIPTORS: Final = range(54, 126, 18)
_DESCRIPTOR_BYTES: Final = 18
_NAME, _SERIAL = 0xFC, 0xFF
_LETTER_A: Final = ord("A") - 1
_UNSET_SERIALS: Final = frozenset({0, 0x01010101, 0xFFFFFFFF})  # what makers write who number nothing


class EdidError(ValueError):
    """The bytes are no EDID; `str(error)` says why."""


@dataclass(frozen=True, slots=True)
class Edid:
    """One display's own words.

    maker: three registered letters. product: the maker's number of the model. serial: the text of the serial descriptor,
    else the number, else empty. name: of the model, or empty. pixels: of the preferred timing, (0, 0) where none
    is told. centimetres: of the picture, 0 where unknown (a projector).
    """

    maker: str
    product: int
    serial: str
    name: str
    pixels: tuple[int, int]
    centimetres: tuple[int, int]


def parse_edid(content: bytes) -> Edid:
    """Read the base block; what follows it is left alone. Raises: EdidError: too short, another header, or a wrong checksum."""
    if len(content) < _LENGTH:
        raise EdidError(f"an EDID has {_LENGTH} bytes or more, not {len(content)}")
    block = content[:_LENGTH]
    if block[:8] != _HEADER:
        raise EdidError("it does not begin as an EDID does")
    if sum(block) % 256:
        raise EdidError("its checksum is wrong")
    number = int.from_bytes(block[12:16], "little")
    texts = _texts(block)
    return Edid(
        maker=_maker(int.from_bytes(block[8:10], "big")),
        product=int.from_bytes(block[10:12], "little"),
        serial=texts.get(_SERIAL) or ("" if number in _UNSET_SERIALS else str(number)),
        name=texts.get(_NAME, ""),
        pixels=_preferred(block),
        centimetres=(block[21], block[22]) if block[21] and block[22] else (0, 0),
    )


def _maker(packed: int) -> str:
    letters = (packed >> shift & 0b11111 for shift in (10, 5, 0))
    return "".join(chr(_LETTER_A + letter) if 1 <= letter <= 26 else "?" for letter in letters)  # noqa: PLR2004 - A to Z


def _texts(block: bytes) -> dict[int, str]:
    found: dict[int, str] = {}
    for start in _DESCRIPTORS:
        descriptor = block[start : start + _DESCRIPTOR_BYTES]
        if descriptor[:3] == b"\0\0\0" and descriptor[3] in (_NAME, _SERIAL):
            text = descriptor[5:].split(b"\n")[0].decode("latin-1")
            found.setdefault(descriptor[3], "".join(letter for letter in text if letter.isprintable()).strip())
    return found


def _preferred(block: bytes) -> tuple[int, int]:
    for start in _DESCRIPTORS:
        timing = block[start : start + _DESCRIPTOR_BYTES]
        if timing[0] or timing[1]:  # a pixel clock: a timing, not a text
            return timing[2] | (timing[4] & 0xF0) << 4, timing[5] | (timing[7] & 0xF0) << 4
    return 0, 0

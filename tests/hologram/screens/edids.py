"""EDIDs made by hand: the layout of the standard, the numbers of no real display."""

from __future__ import annotations


def edid(
    *,
    maker: str = "TST",
    product: int = 0x2311,
    number: int = 671,
    name: str = "LKG Portrait",
    serial: str = "LKG-P00671",
    pixels: tuple[int, int] = (1536, 2048),
    centimetres: tuple[int, int] = (12, 16),
) -> bytes:
    """A base block with one timing and the descriptors of name and serial number."""
    letters = [ord(letter) - 64 for letter in maker]
    packed = letters[0] << 10 | letters[1] << 5 | letters[2]
    block = bytearray(128)
    block[0:8] = b"\x00\xff\xff\xff\xff\xff\xff\x00"
    block[8:10] = packed.to_bytes(2, "big")
    block[10:12] = product.to_bytes(2, "little")
    block[12:16] = number.to_bytes(4, "little")
    block[16:20] = bytes((12, 31, 1, 4))  # week, year, EDID 1.4
    block[20:25] = bytes((0xA5, *centimetres, 120, 0x0A))
    block[38:54] = b"\x01\x01" * 8
    block[54:72] = _timing(pixels)
    for start, tag, text in ((72, 0xFC, name), (90, 0xFF, serial)):
        block[start : start + 18] = _text(tag, text)
    block[108:126] = bytes((0, 0, 0, 0x10)) + bytes(14)
    block[127] = -sum(block) % 256
    return bytes(block)


def _timing(pixels: tuple[int, int]) -> bytes:
    (wide, high), blank = pixels, 80
    upper = [edge >> 8 << 4 for edge in pixels]  # as the standard packs it
    timing = (0x10, 0x4C, wide & 255, blank, upper[0], high & 255, blank, upper[1], 8, 32)
    return bytes(timing) + bytes(7) + b"\x1a"


def _text(tag: int, text: str) -> bytes:
    if not text:
        return bytes((0, 0, 0, 0x10)) + bytes(14)
    return bytes((0, 0, 0, tag, 0)) + (text.encode("latin-1") + b"\n")[:13].ljust(13)

"""A display's own words are read right, or refused; nothing else happens whatever the bytes."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holo_app.hologram.screens.connected import connected_edids, edid_of
from holo_app.hologram.screens.edid import Edid, EdidError, parse_edid
from tests.hologram.screens.edids import edid

_TEXT = st.text(string.ascii_letters + string.digits + "-_. ", max_size=12).map(str.strip)
_EDGE = st.integers(1, 4095)


def test_a_panel_says_who_it_is() -> None:
    told = parse_edid(edid())
    assert told == Edid("TST", 0x2311, "LKG-P00671", "LKG Portrait", (1536, 2048), (12, 16))


@given(
    maker=st.text(string.ascii_uppercase, min_size=3, max_size=3),
    product=st.integers(0, 0xFFFF),
    name=_TEXT,
    serial=_TEXT,
    pixels=st.tuples(_EDGE, _EDGE),
    centimetres=st.tuples(st.integers(1, 255), st.integers(1, 255)),
)
@settings(max_examples=60)
def test_what_was_written_is_read(  # noqa: PLR0917 - hypothesis names them
    maker: str, product: int, name: str, serial: str, pixels: tuple[int, int], centimetres: tuple[int, int]
) -> None:
    content = edid(
        maker=maker, product=product, number=0, name=name, serial=serial, pixels=pixels, centimetres=centimetres
    )
    assert parse_edid(content + b"further blocks") == Edid(maker, product, serial, name, pixels, centimetres)


@given(st.binary(max_size=300))
@settings(max_examples=60)
def test_any_other_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(EdidError):
        parse_edid(content)


@given(st.integers(0, 127), st.integers(1, 255))
@settings(max_examples=60)
def test_one_wrong_byte_is_noticed(at: int, change: int) -> None:
    content = bytearray(edid())
    content[at] = (content[at] + change) % 256
    with pytest.raises(EdidError):
        parse_edid(bytes(content))


@given(st.binary(min_size=119, max_size=119))
@settings(max_examples=60)
def test_a_whole_block_of_anything_is_read_without_a_fault(inner: bytes) -> None:
    block = bytearray(b"\x00\xff\xff\xff\xff\xff\xff\x00" + inner + b"\0")
    block[127] = -sum(block) % 256
    told = parse_edid(bytes(block))
    assert len(told.maker) == 3
    assert told.name.isprintable()


def test_the_number_stands_in_for_a_serial_text_where_it_is_one() -> None:
    assert parse_edid(edid(serial="", number=4711)).serial == "4711"
    assert parse_edid(edid(serial="", number=0x01010101)).serial == ""


def test_a_projector_has_no_size() -> None:
    assert parse_edid(edid(centimetres=(0, 0))).centimetres == (0, 0)


def _plug(drm: Path, folder: str, content: bytes) -> None:
    (drm / folder).mkdir()
    (drm / folder / "edid").write_bytes(content)


def test_the_kernel_lists_what_is_plugged_in(tmp_path: Path) -> None:
    _plug(tmp_path, "card0-HDMI-A-1", edid(name="Desk", serial="D1"))
    _plug(tmp_path, "card1-DP-2", edid())
    _plug(tmp_path, "card1-DP-3", b"")
    _plug(tmp_path, "card1-eDP-1", b"broken")
    (tmp_path / "card0").mkdir()
    edids = connected_edids(tmp_path)
    assert {name: told.name for name, told in edids.items()} == {"HDMI-A-1": "Desk", "DP-2": "LKG Portrait"}
    assert connected_edids(tmp_path / "nowhere") == {}


@pytest.mark.parametrize(
    ("connector", "pixels", "name"),
    [
        ("DP-2", (0, 0), "Panel"),
        ("DP2", (0, 0), "Panel"),
        ("DisplayPort-2", (0, 0), "Panel"),
        ("HDMI-1", (0, 0), "Desk"),
        ("XWAYLAND0", (1536, 2048), "Panel"),
        ("XWAYLAND0", (2048, 1536), "Panel"),
        ("XWAYLAND0", (800, 600), None),
    ],
)
def test_an_edid_is_found_under_the_window_systems_name(
    connector: str, pixels: tuple[int, int], name: str | None
) -> None:
    edids = {"HDMI-A-1": parse_edid(edid(name="Desk", pixels=(1920, 1080))), "DP-2": parse_edid(edid(name="Panel"))}
    found = edid_of(connector, edids, pixels)
    assert (found.name if found else None) == name

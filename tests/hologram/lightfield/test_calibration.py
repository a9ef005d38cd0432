"""A calibration is read whole, or refused by the name of what is wrong in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from holo_app.errors import InputError
from holo_app.hologram.lightfield.calibration import (
    CELL_COLUMNS,
    CELL_ROWS,
    calibration_of,
    phases_of,
    read_calibration,
)
from tests.hologram.lightfield import weaving


def test_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "visual.json").write_text(weaving.as_file(weaving.CELLED), encoding="utf-8")
    calibration = read_calibration(tmp_path / "visual.json")
    assert (calibration.serial, calibration.width, calibration.height) == ("LKG-K-TEST", 1440, 2560)
    assert (len(calibration.cells), calibration.pattern, calibration.inverted) == (4, 3, True)


def test_values_may_stand_alone() -> None:
    plain = {key: value["value"] if isinstance(value, dict) else value for key, value in weaving.PORTRAIT.items()}
    assert calibration_of(plain) == calibration_of(weaving.PORTRAIT)


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"pitch": {"value": 0}}, "pitch"),
        ({"slope": 0}, "slope"),
        ({"DPI": None}, "DPI"),
        ({"center": {"value": "left"}}, "center"),
        ({"screenW": {}}, "screenW"),
        ({"subpixelCells": "none"}, "subpixelCells"),
        ({"subpixelCells": [{"ROffsetX": 1}]}, "ROffsetY"),
        ({"subpixelCells": weaving.CELLED["subpixelCells"], "CellPatternMode": 7}, "CellPatternMode"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, Any], names: str) -> None:
    with pytest.raises(InputError, match=names):
        calibration_of({**weaving.PORTRAIT, **change})


@pytest.mark.parametrize("content", ["", "[]", "{"])
def test_another_file_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "visual.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"visual\.json"):
        read_calibration(tmp_path / "visual.json")
    with pytest.raises(InputError, match=r"missing\.json"):
        read_calibration(tmp_path / "missing.json")


def test_colours_may_stand_the_other_way_round() -> None:
    calibration = calibration_of({**weaving.PORTRAIT, "flipSubp": {"value": 1.0}})
    usual = calibration_of(weaving.PORTRAIT)
    assert calibration.cell(0, 0) == usual.cell(0, 0)[::-1]


def test_an_image_may_stand_on_its_head() -> None:
    usual, turned = (phases_of(calibration_of({**weaving.PORTRAIT, "flipImageY": flip})) for flip in (0, 1))
    assert turned.rows == pytest.approx(usual.rows[::-1], abs=1e-9)


@pytest.mark.parametrize("pattern", range(5))
def test_every_pattern_of_cells_repeats_within_the_table(pattern: int) -> None:
    calibration = calibration_of({**weaving.CELLED, "CellPatternMode": pattern})
    for x in range(4):
        for y in range(8):
            assert calibration.cell(x, y) == calibration.cell(x % CELL_COLUMNS, y % CELL_ROWS)

from __future__ import annotations

import pytest

from holo_app.hologram.lightfield.quilt import Quilt, quilt_of_name


def test_the_first_view_is_at_the_bottom_left_and_the_last_at_the_top_right() -> None:
    quilt = Quilt(8, 6, 0.75)
    assert quilt.views == 48
    assert quilt.area(0) == (0, 0, 1 / 8, 1 / 6)
    assert quilt.tile(7) == (7, 0)
    assert quilt.tile(8) == (0, 1)
    assert quilt.area(47) == (7 / 8, 5 / 6, 1 / 8, 1 / 6)


@pytest.mark.parametrize("view", [-1, 48])
def test_there_is_no_other_view(view: int) -> None:
    with pytest.raises(ValueError, match="no view"):
        Quilt(8, 6, 0.75).tile(view)


@pytest.mark.parametrize(
    ("quilt", "name"), [(Quilt(8, 6, 0.75), "ava_qs8x6a0.75.png"), (Quilt(11, 6, 0.5625), "ava_qs11x6a0.5625.png")]
)
def test_the_name_of_the_file_says_how_it_is_tiled(quilt: Quilt, name: str) -> None:
    assert quilt.file_name("ava") == name
    assert quilt_of_name(name) == quilt


def test_other_names_say_nothing_and_impossible_ones_are_refused() -> None:
    assert quilt_of_name("holiday.png") is None
    with pytest.raises(ValueError, match="1 to 256"):
        quilt_of_name("x_qs0x6a0.75.png")
    with pytest.raises(ValueError, match="aspect"):
        quilt_of_name("x_qs8x6a0.png")

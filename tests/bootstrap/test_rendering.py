"""Pictures in the character's place, from files to a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from holo_app.bootstrap.picture_files import read_rgb
from holo_app.bootstrap.rendering import Portrait, Shown, render_picture
from holo_app.config import Settings
from holo_app.errors import InputError
from holo_app.hologram.png import encode_png

GREEN = (0.0, 1.0, 0.0)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings().replaced("general", data_dir=tmp_path / "data")


@pytest.fixture
def on_green(tmp_path: Path) -> Path:
    picture = np.full((40, 40, 3), (0, 255, 0), np.uint8)
    picture[10:30, 10:30] = (255, 0, 0)
    path = tmp_path / "green.png"
    path.write_bytes(encode_png(picture))
    return path


def test_a_picture_is_keyed_and_shown(settings: Settings, tmp_path: Path, on_green: Path) -> None:
    keyed, plain = tmp_path / "keyed.png", tmp_path / "plain.png"
    render_picture(settings, keyed, (90, 120), Portrait(instead=Shown(on_green, GREEN)))
    render_picture(settings, plain, (90, 120), Portrait(instead=Shown(on_green)))
    with_green, without = (read_rgb(path).reshape(-1, 3).astype(int) for path in (plain, keyed))
    assert (with_green[:, 1] > 200).sum() > 1000
    assert (without[:, 1] > 60).sum() == 0
    assert (without[:, 0] > 200).sum() == pytest.approx((with_green[:, 0] > 200).sum(), rel=0.1)


def test_what_cannot_be_shown_is_said(settings: Settings, tmp_path: Path, on_green: Path) -> None:
    out = tmp_path / "out.png"
    with pytest.raises(InputError, match=r"missing\.png cannot be read"):
        render_picture(settings, out, (90, 120), Portrait(instead=Shown(tmp_path / "missing.png")))
    with pytest.raises(InputError, match="--chroma: a grey backdrop"):
        render_picture(settings, out, (90, 120), Portrait(instead=Shown(on_green, (0.5, 0.5, 0.5))))
    assert not out.exists()

"""`holo-app film`, as it is typed."""

from pathlib import Path

import pytest

from tests.cli.command_line import holo


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--out", "x.mp4"), "one of --say TEXT and --turntable"),
        (("--out", "x.mp4", "--turntable", "--fps", "7"), "7 is not one of 24, 25, 30, 50, 60"),
        (("--out", "x.mp4", "--say", "Hello", "--seconds", "3"), "--seconds"),
    ],
)
def test_what_cannot_be_is_named(options: tuple[str, ...], named: str, tmp_path: Path) -> None:
    done = holo("film", *options, home=tmp_path)
    assert done.code == 2
    assert named in done.err


def test_a_film_of_another_kind_is_refused(tmp_path: Path) -> None:
    done = holo("film", "--turntable", "--out", tmp_path / "x.avi", home=tmp_path)
    assert done.code == 1
    assert "x.avi: a film is .mp4 or .webm" in done.err

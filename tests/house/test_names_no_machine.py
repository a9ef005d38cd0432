"""Nothing in the repository names a package registry or a place on somebody's machine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .checkout import ROOT, tracked_texts

# written in pieces, so that this file passes its own test
REGISTRIES = re.compile(
    "|".join(
        re.escape(".".join(parts))
        for parts in (
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("registry", "npmjs"),
            ("deb", "debian"),
            ("security", "debian"),
            ("archive", "ubuntu"),
            ("pkg", "dev"),
            ("jfrog", "io"),
        )
    )
)
MACHINE_PATHS = re.compile(
    r"(?<![\w.$})])/(?:root|home/\w+|Users/\w+|work/\w+|opt/(?:pypi|wheels))\b" + r"|[A-Z]:\\Users\\"
)


def hits(pattern: re.Pattern[str], texts: list[tuple[str, str]]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in texts
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


@pytest.fixture(scope="module")
def texts() -> list[tuple[str, str]]:
    found = list(tracked_texts())
    assert "pyproject.toml" in dict(found)
    return [(name, text) for name, text in found if name != Path(__file__).relative_to(ROOT).as_posix()]


def test_no_file_names_a_registry(texts: list[tuple[str, str]]) -> None:
    assert hits(REGISTRIES, texts) == []


def test_no_file_names_a_place_on_a_machine(texts: list[tuple[str, str]]) -> None:
    assert hits(MACHINE_PATHS, texts) == []


@pytest.mark.parametrize(
    "line", ["index = https://" + "pypi" + ".org/simple", "cd /ro" + "ot/x", "see /ho" + "me/ann/x"]
)
def test_the_patterns_find_what_they_look_for(line: str) -> None:
    assert hits(REGISTRIES, [("f", line)]) or hits(MACHINE_PATHS, [("f", line)])

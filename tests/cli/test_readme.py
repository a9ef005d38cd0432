"""The README lists what the program knows; this holds the two together."""

from pathlib import Path

import pytest

from holo_app.config import SettingEntry, setting_entries
from holo_app.ops.diagnoses import Diagnosis, State, all_diagnoses

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def setting_row(entry: SettingEntry) -> str:
    """One row of the table of settings; the data folder's default is the machine's."""
    default = "the platform's" if entry.key == "general.data_dir" else f"`{entry.default}`".replace("``", "")
    shown = {"`None`": "", "`()`": "", "`True`": "`true`", "`False`": "`false`"}.get(default, default)
    return f"| `{entry.key}` | {shown} | {entry.allowed} | {entry.description} |"


def diagnosis_row(diagnosis: Diagnosis) -> str:
    return f"| `{diagnosis.code}` | {diagnosis.state.value} | {diagnosis.fix} |"


@pytest.mark.parametrize("entry", setting_entries(), ids=lambda entry: entry.key)
def test_each_setting_is_in_the_readme(entry: SettingEntry) -> None:
    assert setting_row(entry) in README


@pytest.mark.parametrize(
    "diagnosis", [found for found in all_diagnoses() if found.state is not State.OK], ids=lambda found: found.code
)
def test_each_code_of_the_doctor_is_in_the_readme(diagnosis: Diagnosis) -> None:
    assert diagnosis_row(diagnosis) in README


def test_the_readme_names_no_code_that_is_gone() -> None:
    rows = [
        line for line in README.splitlines() if line.startswith("| `") and ("| warn |" in line or "| fail |" in line)
    ]
    assert sorted(rows) == sorted(diagnosis_row(d) for d in all_diagnoses() if d.state is not State.OK)

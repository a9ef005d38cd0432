import pytest
from pydantic import ValidationError

from holo_app.config import Settings, setting_entries


def test_settings_without_layers_are_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLO_DISPLAY__FPS_CAP", "30")
    assert Settings().display.fps_cap == 60


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().audio.input = "another"


def test_every_setting_is_described_and_its_default_is_allowed() -> None:
    for entry in setting_entries():
        section, name = entry.key.split(".")
        assert entry.description.endswith("."), entry.key
        assert entry.allowed, entry.key
        Settings.model_validate({section: {name: entry.default}})


def test_a_changed_copy_is_checked_again() -> None:
    assert Settings().replaced("display", fullscreen=False).display.fullscreen is False
    with pytest.raises(ValueError, match="fps_cap"):
        Settings().replaced("display", fps_cap=0)

"""Errors say what is wrong, and what to do."""

from __future__ import annotations

import inspect

import pytest

from holo_app import errors
from holo_app.errors import (
    ConfigError,
    DeviceError,
    FailureCategory,
    HoloError,
    InputError,
    ModelFileError,
    ProviderError,
    SettingsError,
)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ConfigError("audio.gain", "loud", "a number"), "setting audio.gain = 'loud' is not valid: a number"),
        (InputError("2 rows are wrong", ["row 1: x", "row 2: y"]), "2 rows are wrong\nrow 1: x\nrow 2: y"),
        (DeviceError("microphone", "none found"), "microphone: none found"),
        (ProviderError("piper", FailureCategory.TIMEOUT), "piper: timeout"),
        (ProviderError("piper", FailureCategory.QUOTA, "0 left", retry_after_s=3), "piper: quota (0 left)"),
        (SettingsError("holo.toml", [ConfigError("a.b", 1, "text")]), "holo.toml\nsetting a.b = 1 is not valid: text"),
    ],
)
def test_what_people_read(error: HoloError, text: str) -> None:
    assert str(error) == text


def test_a_model_error_names_the_model_and_the_way_out() -> None:
    error = ModelFileError("piper-joe", "is missing")
    assert "piper-joe" in str(error)
    assert "bootstrap.sh models" in str(error)


def test_causes_are_kept_for_code() -> None:
    assert ProviderError("x", FailureCategory.RATE_LIMITED, retry_after_s=3).retry_after_s == 3
    assert InputError("no").problems == ()


@pytest.mark.parametrize("category", list(FailureCategory))
def test_only_what_may_pass_is_retried(category: FailureCategory) -> None:
    lasting = {FailureCategory.QUOTA, FailureCategory.AUTH, FailureCategory.BAD_REQUEST}
    assert category.retryable is (category not in lasting)


def test_every_error_is_in_the_tree_of_the_docstring() -> None:
    classes = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, Exception)]
    assert all(issubclass(c, HoloError) for c in classes)
    assert errors.__doc__ is not None
    assert [c.__name__ for c in classes if c.__name__ not in errors.__doc__] == []

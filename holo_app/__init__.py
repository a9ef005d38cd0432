"""Holo: a talking hologram kiosk for shops."""

from holo_app.process import prepare_process

prepare_process()

__version__ = "0.1.0"

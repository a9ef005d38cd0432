"""Holo: a talking hologram kiosk for shops."""

__version__ = "0.1.0"

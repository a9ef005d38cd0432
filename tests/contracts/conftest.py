"""Fixtures of these tests."""

from tests.audio.pulse import pulse

__all__ = ["pulse"]

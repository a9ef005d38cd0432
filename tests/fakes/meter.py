"""A Meter that remembers."""

from __future__ import annotations

from holo_app.domain.usage import Use


class FakeMeter:
    """uses: what it was told, in order."""

    def __init__(self) -> None:
        self.uses: list[Use] = []

    def used(self, use: Use) -> None:
        self.uses.append(use)

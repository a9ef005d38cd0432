"""Credentials that systemd hands to its service: files in memory that only the service can read.

Source: systemd.exec(5), LoadCredential and LoadCredentialEncrypted.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import structlog

from holo_app.ports.secrets import Secret, Secrets

log = structlog.get_logger(__name__)

VARIABLE: Final = "CREDENTIALS_DIRECTORY"
_PREFIX: Final = "holo-"
_LARGEST: Final = 64 * 1024
SOURCE: Final = "systemd"


class CredentialSecrets:
    """Secrets. folder: what systemd names in $CREDENTIALS_DIRECTORY; None: this is no such service."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def get(self, name: str) -> Secret | None:
        if self._folder is None:
            return None
        try:
            with (self._folder / f"{_PREFIX}{name}").open("rb") as file:
                value = file.read(_LARGEST).decode().strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            log.warning("credential_unreadable", name=name, reason=type(error).__name__)
            return None
        return Secret(value, SOURCE) if value else None


class FirstOf:
    """Secrets that asks others in turn."""

    def __init__(self, *others: Secrets) -> None:
        self._others = others

    def get(self, name: str) -> Secret | None:
        return next((secret for other in self._others if (secret := other.get(name)) is not None), None)

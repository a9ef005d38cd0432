"""The operating system's store of secrets: Secret Service on Linux, the Credential Manager, the Keychain."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final

import structlog

from holo_app.errors import InputError
from holo_app.ports.secrets import Secret

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

log = structlog.get_logger(__name__)

_SERVICE: Final = "holo"
_PATIENCE_S: Final = 2.0
SOURCE: Final = "keyring"


class KeyringSecrets:
    """Secrets, and the way to put them there. backend: default the system's own.

    A locked store asks somebody for a password, whom a kiosk does not have: it is given up after two seconds.
    """

    def __init__(self, backend: Callable[[], KeyringBackend] | None = None, *, patience_s: float = _PATIENCE_S) -> None:
        self._backend = backend or _system_backend
        self._patience_s = patience_s
        self._stuck = False

    def get(self, name: str) -> Secret | None:
        if self._stuck:
            return None
        answer: SimpleQueue[str | None] = SimpleQueue()

        def look() -> None:
            try:
                answer.put(self._backend().get_password(_SERVICE, name))
            except Exception as error:  # whatever a desktop's store does, it has no secret then
                log.debug("keyring_unusable", reason=type(error).__name__)
                answer.put(None)

        threading.Thread(target=look, name="keyring", daemon=True).start()
        try:
            value = answer.get(timeout=self._patience_s)
        except Empty:
            log.warning("keyring_does_not_answer")
            self._stuck = True
            return None
        return Secret(value, SOURCE) if value else None

    def put(self, name: str, value: str) -> None:
        """Keep a secret. Raises: InputError: this system has no store that can be used."""
        try:
            self._backend().set_password(_SERVICE, name, value)
        except Exception as error:  # see above
            raise InputError(_no_store(type(error).__name__)) from error

    def forget(self, name: str) -> bool:
        """Delete a secret; returns whether there was one. Raises: InputError: as `put`."""
        try:
            backend = self._backend()
            if backend.get_password(_SERVICE, name) is None:
                return False
            backend.delete_password(_SERVICE, name)
        except Exception as error:  # see above
            raise InputError(_no_store(type(error).__name__)) from error
        return True


def _system_backend() -> KeyringBackend:
    import keyring  # noqa: PLC0415 - 30 ms that a kiosk without providers does not pay

    return keyring.get_keyring()


def _no_store(reason: str) -> str:
    return (
        f"this system's store of secrets cannot be used ({reason}). On a kiosk without a desktop, hand the key to the service: "
        "`systemd-creds encrypt --name=holo-NAME - /etc/credstore.encrypted/holo-NAME`, and in the unit "
        "`LoadCredentialEncrypted=holo-NAME`."
    )

"""Keys come from the system's store or from systemd, and are never shown."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring

from holo_app.errors import InputError
from holo_app.ports.secrets import Secret
from holo_app.providers.secret_stores.credentials import CredentialSecrets, FirstOf
from holo_app.providers.secret_stores.keyring import KeyringSecrets

KEY = "sk-proj-0123456789abcdefghij"


class InMemory(KeyringBackend):
    """A desktop's store. locked: it waits for a password that nobody types."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False
        self.unlocked = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            self.unlocked.wait(10)
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


def test_the_systems_store_keeps_and_forgets() -> None:
    desktop = InMemory()
    secrets = KeyringSecrets(lambda: desktop)
    assert secrets.get("openai") is None
    secrets.put("openai", KEY)
    assert secrets.get("openai") == Secret(KEY, "keyring")
    assert secrets.forget("openai")
    assert not secrets.forget("openai")
    assert secrets.get("openai") is None


def test_without_a_store_there_are_no_secrets_and_staff_are_told_what_to_do() -> None:
    secrets = KeyringSecrets(NoKeyring)
    assert secrets.get("openai") is None
    with pytest.raises(InputError, match="systemd-creds"):
        secrets.put("openai", KEY)
    with pytest.raises(InputError, match="systemd-creds"):
        secrets.forget("openai")


def test_a_locked_store_is_given_up() -> None:
    desktop = InMemory()
    desktop.locked = True
    secrets = KeyringSecrets(lambda: desktop, patience_s=0.1)
    assert secrets.get("openai") is None
    assert secrets.get("anthropic") is None, "at once: it is not asked again"
    desktop.unlocked.set()


def test_systemd_hands_secrets_over(tmp_path: Path) -> None:
    (tmp_path / "holo-openai").write_text(f"{KEY}\n")
    (tmp_path / "holo-empty").write_text("\n")
    (tmp_path / "holo-binary").write_bytes(b"\xff\xfe\x00")
    secrets = CredentialSecrets(tmp_path)
    assert secrets.get("openai") == Secret(KEY, "systemd")
    assert [secrets.get(name) for name in ("empty", "binary", "absent")] == [None, None, None]
    assert CredentialSecrets(None).get("openai") is None


def test_the_first_store_that_has_it_wins(tmp_path: Path) -> None:
    desktop = InMemory()
    keyring = KeyringSecrets(lambda: desktop)
    keyring.put("openai", "from the desktop")
    keyring.put("gemini", "g")
    (tmp_path / "holo-openai").write_text(KEY)
    both = FirstOf(CredentialSecrets(tmp_path), keyring)
    assert both.get("openai") == Secret(KEY, "systemd")
    assert both.get("gemini") == Secret("g", "keyring")
    assert both.get("azure") is None


def test_a_secret_does_not_show_itself() -> None:
    secret = Secret(KEY, "keyring")
    assert KEY not in f"{secret} {secret!r} {[secret]}"
